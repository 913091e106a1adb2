import { lookUp, type RequestContext } from "./context.js";

/** A piece of a policy text. `*` and `?` are pieces of their own, so that an escaped one stays a character. */
export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any-characters" }
  | { readonly kind: "one-character" }
  | VariableToken;

export interface VariableToken {
  readonly kind: "variable";
  /** Lower-case condition key. */
  readonly key: string;
  readonly otherwise: string | undefined;
}

/** A token that stands for itself: what a template is made of once its variables have values. */
export type PlainToken = Exclude<Token, VariableToken>;

const escapes: Readonly<Record<string, string>> = { "*": "*", "?": "?", $: "$" };
const pieces = /\$\{(?<variable>[^}]*)\}|(?<wildcard>[*?])|(?<text>[^*?$]+|\$)/gsu;
const variableForm = /^(?<key>[^\s,'"{}$*?]+)(?:,\s*'(?<otherwise>[^']*)')?$/su;

/**
 * Reads wildcards and policy variables. Variables exist since Version 2012-10-17; in an older document `${…}` is
 * text, and its wildcards are wildcards.
 * @returns undefined if a variable is not written as AWS wants it
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function parseTemplate(text: string, variables: boolean): readonly Token[] | undefined {
  if (variables && /\$\{[^}]*$/su.test(text)) return undefined;
  const tokens: Token[] = [];
  for (const { groups = {} } of text.matchAll(variables ? pieces : /(?<wildcard>[*?])|(?<text>[^*?]+)/gsu)) {
    const { variable, wildcard, text: plain } = groups;
    if (variable !== undefined) {
      const token = parseVariable(variable);
      if (token === undefined) return undefined;
      tokens.push(token);
    } else if (wildcard !== undefined) {
      tokens.push({ kind: wildcard === "*" ? "any-characters" : "one-character" });
    } else if (plain !== undefined) {
      tokens.push({ kind: "text", text: plain });
    }
  }
  return tokens;
}

function parseVariable(written: string): Token | undefined {
  const escaped = escapes[written];
  if (escaped !== undefined) return { kind: "text", text: escaped };
  const { key, otherwise } = variableForm.exec(written)?.groups ?? {};
  return key === undefined ? undefined : { kind: "variable", key: key.toLowerCase(), otherwise };
}

/** `unresolved`: the request has no value for a variable; `unknown`: the simulator cannot say what value it has. */
export type Resolution = readonly PlainToken[] | "unresolved" | "unknown";

/**
 * Puts values in the place of variables. A value is text: a `*` in it is a character. A multi-valued key cannot
 * be a variable (IAM, "Policy variables with no value").
 */
export function resolveTemplate(tokens: readonly Token[], context: RequestContext): Resolution {
  const resolved: PlainToken[] = [];
  for (const token of tokens) {
    if (token.kind !== "variable") {
      resolved.push(token);
      continue;
    }
    const fact = lookUp(context, token.key);
    if (fact === undefined || fact.kind === "many") return "unknown";
    const value = fact.kind === "one" ? fact.value : token.otherwise;
    if (value === undefined) return "unresolved";
    resolved.push({ kind: "text", text: value });
  }
  return resolved;
}

/** @returns the tokens if they hold no variable, so that they need to be compiled only once */
export function plainTokens(tokens: readonly Token[]): readonly PlainToken[] | undefined {
  const plain = tokens.filter((token) => token.kind !== "variable");
  return plain.length === tokens.length ? plain : undefined;
}

export function variableKeys(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token) => (token.kind === "variable" ? [token.key] : []));
}
