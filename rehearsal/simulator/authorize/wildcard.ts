import type { PlainToken } from "./template.js";

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
