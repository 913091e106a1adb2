import type { ComparedText } from "../matchers/matcher.js";
import { fitsWildcard } from "../matchers/wildcard.js";

/** Where two texts differ that look the same to people. */
export interface LookAlike {
  /** Code points of the differing piece, such as `U+00E9`; empty if there is nothing on that side. */
  readonly wanted: string;
  readonly found: string;
}

/**
 * Tells apart two texts that no reader can: composed and decomposed letters, characters that are not seen, spaces of
 * another kind, letters of another script. Undefined for texts that fit, or plainly do not.
 */
export function lookAlike({ pieces, ignoringCase }: ComparedText, found: string): LookAlike | undefined {
  const read: Reading = (text) => (ignoringCase ? text.toLowerCase() : text);
  const see: Reading = (text) => toTheEye(read(text));
  if (!fitsWildcard(pieces.map(see), see(found))) return undefined;
  for (const [index, piece] of pieces.entries()) {
    const place = { isFirst: index === 0, isLast: index === pieces.length - 1 };
    if (stands(read(piece), read(found), place)) continue;
    const wanted = see(piece);
    for (const twin of piecesOf(found, place, piece.length))
      if (see(twin) === wanted) return difference(piece, twin, read);
  }
  return undefined;
}

/** As {@link lookAlike}, for two whole texts. */
export function lookAlikeTexts(wanted: string, found: string): LookAlike | undefined {
  return lookAlike({ pieces: [wanted], ignoringCase: false }, found);
}

/** What of a text counts. */
type Reading = (text: string) => string;

/** Where a piece stands in a text: a piece that is first and last is all of it. */
interface PieceOf {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

function stands(piece: string, text: string, { isFirst, isLast }: PieceOf): boolean {
  if (isFirst && isLast) return text === piece;
  if (isFirst) return text.startsWith(piece);
  return isLast ? text.endsWith(piece) : text.includes(piece);
}

/** The pieces of a text that may look like one of a length: longer ones have characters that are not seen. */
function* piecesOf(text: string, { isFirst, isLast }: PieceOf, length: number): Generator<string> {
  const most = Math.min(text.length, 4 * length + 16);
  if (isFirst && isLast) yield text;
  else if (isFirst) for (let end = 1; end <= most; end += 1) yield text.slice(0, end);
  else if (isLast) for (let size = 1; size <= most; size += 1) yield text.slice(text.length - size);
  else
    for (let start = 0; start < Math.min(text.length, SEARCHED_CHARACTERS); start += 1)
      for (let end = start + 1; end <= start + most; end += 1) yield text.slice(start, end);
}

const SEARCHED_CHARACTERS = 500;

function difference(wanted: string, found: string, read: Reading): LookAlike {
  const [one, other] = [Array.from(wanted), Array.from(found)];
  const same = (here: string | undefined, there: string | undefined): boolean =>
    read(here ?? "") === read(there ?? "");
  const shortest = Math.min(one.length, other.length);
  let start = 0;
  while (start < shortest && same(one[start], other[start])) start += 1;
  let end = 0;
  while (end < shortest - start && same(one.at(-1 - end), other.at(-1 - end))) end += 1;
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

/** A text as readers see it; equal for texts that look the same. */
export function toTheEye(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
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
