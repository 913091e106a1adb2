/** Where two texts differ that look the same to people. */
export interface LookAlike {
  /** Code points of the differing piece, such as `U+00E9`; empty if there is nothing on that side. */
  readonly wanted: string;
  readonly found: string;
}

/**
 * Tells apart two texts that no reader can: composed and decomposed letters, characters that are not seen, spaces of
 * another kind, letters of another script. Undefined for texts that are equal or plainly differ.
 */
export function lookAlike(wanted: string, found: string): LookAlike | undefined {
  if (wanted === found || toTheEye(wanted) !== toTheEye(found)) return undefined;
  const [one, other] = [Array.from(wanted), Array.from(found)];
  const shortest = Math.min(one.length, other.length);
  let start = 0;
  while (start < shortest && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shortest - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return {
    wanted: codePoints(one.slice(start, one.length - end)),
    found: codePoints(other.slice(start, other.length - end)),
  };
}

function codePoints(characters: readonly string[]): string {
  return characters
    .map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`)
    .join(" ");
}

function toTheEye(text: string): string {
  const seen = text.normalize("NFKC").replace(/[\p{Cc}\p{Cf}\p{Variation_Selector}]/gu, "");
  return Array.from(seen, (character) => twins.get(character) ?? character).join("");
}

/** Cyrillic and Greek letters that are drawn as Latin ones, and dashes and quotes that are drawn alike. */
const twins: ReadonlyMap<string, string> = new Map(
  [
    ["АВЕЅІЈКМНОРСТХУаеіјорсухѕ", "ABESIJKMHOPCTXYaeijopcyxs"],
    ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧορνι", "ABEZHIKMNOPTYXopvi"],
    ["‐‑‒–—−’‘“”", "------''\"\""],
  ].flatMap(([drawn = "", latin = ""]) => Array.from(drawn, (letter, index) => [letter, latin[index] ?? ""])),
);
