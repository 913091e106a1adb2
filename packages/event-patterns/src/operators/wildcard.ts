import { canonicalAffix } from "./affix.js";
import { canonicalValue } from "./exactly.js";
import { describeScalar, type Matcher, type OperatorParser, type Report } from "./matcher.js";

/** `{ "wildcard": "orders/*.json" }`; a star or a backslash is meant literally after a backslash. */
export const parseWildcard: OperatorParser = (argument, report) => {
  if (typeof argument !== "string") {
    report("wildcard needs a string", 'write {"wildcard": "text with *"}');
    return undefined;
  }
  const pieces = readWildcard(argument, report);
  return pieces && matchWildcard(argument, pieces);
};

/**
 * Splits a wildcard text at its stars.
 * @returns the literal pieces, one more than there are stars; undefined after a problem was reported
 */
export function readWildcard(text: string, report: Report, at?: string): readonly string[] | undefined {
  const pieces: string[] = [];
  let piece = "";
  for (let offset = 0; offset < text.length; offset += 1) {
    const character = text.charAt(offset);
    const next = text.charAt(offset + 1);
    if (character === "*") {
      if (next === "*") {
        report(`consecutive wildcards in ${JSON.stringify(text)}`, "one * already stands for any text", at);
        return undefined;
      }
      pieces.push(piece);
      piece = "";
    } else if (character === "\\") {
      if (next !== "*" && next !== "\\") {
        const mend = "a backslash stands only before * or another backslash (each doubled in JSON text)";
        report(`a lone backslash in ${JSON.stringify(text)}`, mend, at);
        return undefined;
      }
      piece += next;
      offset += 1;
    } else {
      piece += character;
    }
  }
  return [...pieces, piece];
}

/** A text as the wildcard that fits it alone. */
export function escapeWildcard(text: string): string {
  return text.replace(/[*\\]/g, "\\$&");
}

function matchWildcard(text: string, pieces: readonly string[]): Matcher {
  return {
    operator: "wildcard",
    wanted: `a value like ${describeScalar(text)}`,
    canonical: canonicalWildcard(text, pieces),
    wildcards: [text],
    ...(pieces.length === 1 ? { only: pieces[0] ?? "" } : {}),
    compared: { pieces, ignoringCase: false },
    matches: (found) => typeof found === "string" && fitsWildcard(pieces, found),
    candidates: () => [pieces.join("x"), pieces.join("")],
    nearMisses: () => [`other-${pieces.join("x")}-other`, pieces.join("").slice(1, -1), "", 0],
  };
}

/** With one star at an end it is a prefix or a suffix, save that those make an exception for quotes. */
export function canonicalWildcard(text: string, pieces: readonly string[]): string {
  const [first = "", second, ...more] = pieces;
  if (second === undefined) return canonicalValue(first);
  if (more.length === 0 && !text.includes('"')) {
    if (second === "") return canonicalAffix("prefix", first);
    if (first === "") return canonicalAffix("suffix", second);
  }
  return `wildcard ${JSON.stringify(pieces)}`;
}

/**
 * Whether the pieces stand in the text in this order, the first at its start and the last at its end.
 * Taking each piece where it first occurs is enough, so the search never goes back.
 */
export function fitsWildcard(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (pieces.length === 1) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let at = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] ?? "";
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
