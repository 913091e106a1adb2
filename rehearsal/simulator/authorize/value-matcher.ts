import type { RequestContext } from "./context.js";
import { parseTemplate, plainTokens, resolveTemplate, variableKeys, type PlainToken } from "./template.js";
import type { TextTest } from "./wildcard.js";

/** `unresolved`: the policy's value holds a variable that the request gives no value. */
export type ValueAnswer = "yes" | "no" | "unresolved" | "unknown";

/** One value of a policy, ready to be compared with values of requests. */
export interface ValueMatcher {
  readonly matches: (value: string, context: RequestContext) => ValueAnswer;
  /** Lower-case condition keys that the value uses as variables. */
  readonly variables: readonly string[];
}

/** Compiles tokens without variables; undefined if their form is not what the comparison takes. */
export type TokenCompiler = (tokens: readonly PlainToken[]) => TextTest | undefined;

/**
 * Builds the matcher of a text that may hold variables. Without one it is compiled here, once.
 * @returns undefined if the text is not valid for this comparison
 */
export function templateMatcher(
  text: string,
  variables: boolean,
  compile: TokenCompiler,
): ValueMatcher | undefined {
  const template = parseTemplate(text, variables);
  if (template === undefined) return undefined;
  const plain = plainTokens(template);
  if (plain !== undefined) {
    const test = compile(plain);
    return test && plainMatcher(test);
  }
  return {
    variables: variableKeys(template),
    matches: (value, context) => {
      const resolved = resolveTemplate(template, context);
      if (typeof resolved === "string") return resolved;
      const test = compile(resolved);
      if (test === undefined) return "unknown";
      return test(value) ? "yes" : "no";
    },
  };
}

/** Matcher of a value without variables. */
export function plainMatcher(test: TextTest): ValueMatcher {
  return { variables: [], matches: (value) => (test(value) ? "yes" : "no") };
}
