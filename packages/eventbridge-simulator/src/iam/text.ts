import { lookUp, type RequestContext } from "./request.js";

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
function resolveTemplate(tokens: readonly Token[], context: RequestContext): Resolution {
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

function variableKeys(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token) => (token.kind === "variable" ? [token.key] : []));
}

export type TextTest = (value: string) => boolean;

/** Compiles text with wildcards: `*` stands for any characters, also none, `?` for exactly one. */
export function compileWildcards(tokens: readonly PlainToken[]): TextTest {
  const first = tokens.findIndex((token) => token.kind !== "text");
  if (first === -1) {
    const text = literal(tokens);
    return (value) => value === text;
  }
  if (first === tokens.length - 1 && tokens[first]?.kind === "any-characters") {
    const prefix = literal(tokens);
    return (value) => value.startsWith(prefix);
  }
  const expression = new RegExp(`^${tokens.map(toExpression).join("")}$`, "su");
  return (value) => expression.test(value);
}

function literal(tokens: readonly PlainToken[]): string {
  return tokens.map((token) => (token.kind === "text" ? token.text : "")).join("");
}

function toExpression(token: PlainToken): string {
  if (token.kind === "any-characters") return ".*";
  if (token.kind === "one-character") return ".";
  return token.text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}

const partCount = 6;

/**
 * Compiles an ARN with wildcards. Each of the six parts between colons is matched on its own, so a wildcard does
 * not reach into the next part; only the last part may hold colons.
 * @returns undefined if the text has fewer than six parts
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function compileArnPattern(tokens: readonly PlainToken[]): TextTest | undefined {
  const parts = splitTokens(tokens);
  if (parts.length !== partCount) return undefined;
  if (tokens.every((token) => token.kind === "text")) return compileWildcards(tokens);
  const tests = parts.map(compileWildcards);
  return (value) => {
    const values = splitText(value);
    return values.length === partCount && tests.every((test, index) => test(values[index] ?? ""));
  };
}

function splitTokens(tokens: readonly PlainToken[]): readonly (readonly PlainToken[])[] {
  const parts: PlainToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind !== "text") {
      parts.at(-1)?.push(token);
      continue;
    }
    const [head = "", ...more] = splitText(token.text, partCount - parts.length + 1);
    parts.at(-1)?.push({ kind: "text", text: head });
    parts.push(...more.map((text): PlainToken[] => [{ kind: "text", text }]));
  }
  return parts;
}

function splitText(text: string, most = partCount): readonly string[] {
  const all = text.split(":");
  return all.length <= most ? all : [...all.slice(0, most - 1), all.slice(most - 1).join(":")];
}

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
