import { isJsonArray, isJsonObject, isJsonScalar, type JsonValue, membersOf } from "./json.js";
import type { ComparedText } from "./operators/matcher.js";
import { fitsWildcard } from "./operators/wildcard.js";
import { pathTo, type PatternField } from "./pattern.js";

/** What stands where a pattern looks for a single value and finds none. */
export type Standing =
  | {
      readonly kind: "nothing";
      /** A key that is there in place of the one that is missing, if one is written much like it. */
      readonly near?: NearKey;
    }
  | { readonly kind: "object" }
  | { readonly kind: "empty-list" }
  /** A field above it holds something that has no fields. */
  | { readonly kind: "parent"; readonly path: string; readonly is: keyof typeof parents };

/** A key that differs from another by case, hyphens and spaces, or by nothing that is seen. */
export interface NearKey {
  readonly path: string;
  readonly alike?: LookAlike;
}

/** Looks at the place of a field of which the event has no value; of several places, at the most telling. */
export function standingAt({ name }: PatternField, event: JsonValue): Standing {
  const found = standings(event, name, "");
  return (
    found.find(({ kind }) => kind !== "nothing") ??
    found.find((standing) => standing.kind === "nothing" && standing.near !== undefined) ?? {
      kind: "nothing",
    }
  );
}

/** A dot in a key is nesting, so a key may be any beginning of the rest of the name that ends at a dot. */
function standings(value: JsonValue, rest: string, path: string): readonly Standing[] {
  if (isJsonObject(value)) {
    const members = membersOf(value);
    const found = members.flatMap(([key, inner]): readonly Standing[] => {
      if (rest === key) return [standingOf(inner)];
      if (!rest.startsWith(`${key}.`)) return [];
      return standings(inner, rest.slice(key.length + 1), path === "" ? key : `${path}.${key}`);
    });
    const isMissing = !members.some(([key]) => rest === key || rest.startsWith(`${key}.`));
    return isMissing ? members.flatMap(([key]) => nearKey(key, rest, path)) : found;
  }
  if (!isJsonArray(value)) return [{ kind: "parent", path, is: scalarKind(value) }];
  if (value.length === 0) return [{ kind: "parent", path, is: "empty-list" }];
  return value.flatMap((item): readonly Standing[] =>
    isJsonScalar(item) ? [{ kind: "parent", path, is: "value-list" }] : standings(item, rest, path),
  );
}

function nearKey(key: string, rest: string, path: string): readonly Standing[] {
  const wanted = rest.split(".").slice(0, key.split(".").length).join(".");
  const plain = plainly(key);
  if (plain === "" || plain !== plainly(wanted)) return [];
  const alike = lookAlikeTexts(wanted, key);
  const near = { path: pathTo(path, key), ...(alike === undefined ? {} : { alike }) };
  return [{ kind: "nothing", near }];
}

function plainly(key: string): string {
  return toTheEye(key)
    .toLowerCase()
    .replace(/[-_\s]/gu, "");
}

function standingOf(value: JsonValue): Standing {
  if (isJsonScalar(value)) return { kind: "nothing" };
  const [first] = isJsonArray(value) ? value : [];
  if (isJsonArray(value)) return first === undefined ? { kind: "empty-list" } : standingOf(first);
  return { kind: "object" };
}

function scalarKind(value: JsonValue): "null" | "text" | "json-text" | "value" {
  if (value === null) return "null";
  if (typeof value !== "string") return "value";
  return /^\s*[[{]/u.test(value) ? "json-text" : "text";
}

/** For people, after `the event has`. */
export function describeStanding(standing: Standing, asksForPresence: boolean): string {
  switch (standing.kind) {
    case "nothing":
      return "no value there";
    case "object":
      return `an object there: ${asksForPresence ? "exists looks" : "patterns look"} at single values only`;
    case "empty-list":
      return "an empty list there, which is no value";
    case "parent":
      return `no value there: ${standing.path} is ${parents[standing.is]}`;
  }
}

const parents = {
  text: "text, not an object",
  "json-text": "text, not an object: JSON written twice?",
  null: "null",
  value: "a single value, not an object",
  "value-list": "a list of single values, not of objects",
  "empty-list": "an empty list",
} as const;

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
function lookAlikeTexts(wanted: string, found: string): LookAlike | undefined {
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
function toTheEye(text: string): string {
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
