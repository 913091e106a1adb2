import type { PlainToken } from "../template.js";
import { templateMatcher } from "../value-matcher.js";
import type { ConditionOperator } from "./condition-operator.js";

/** Exact and case-sensitive; `*` and `?` are characters. */
export const stringEquals: ConditionOperator = {
  compile: (value, variables) =>
    templateMatcher(value, variables, (tokens) => {
      const text = asWritten(tokens);
      return (actual) => actual === text;
    }),
};

/** The text of tokens where wildcards mean themselves. */
export function asWritten(tokens: readonly PlainToken[]): string {
  return tokens.map((token) => (token.kind === "text" ? token.text : wildcardText[token.kind])).join("");
}

const wildcardText = { "any-characters": "*", "one-character": "?" } as const;
