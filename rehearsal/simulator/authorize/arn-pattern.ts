import type { PlainToken } from "./template.js";
import { compileWildcards, type TextTest } from "./wildcard.js";

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
