import { ExactNumber, isJsonArray, type JsonScalar, jsonText, type JsonValue } from "../json.js";

/**
 * One alternative for the value of a field: `"orders"`, `{ "prefix": "ord" }` and so on.
 * Only leaf values reach a matcher; objects and empty arrays count as absent.
 */
export interface Matcher {
  /** Keyword in EventBridge's pattern language; a plain value is "exactly" or, for an address, "cidr". */
  readonly operator: OperatorKeyword;
  /** For people, as the end of "wanted ...": `Order.Created`, `a value starting with ord`. */
  readonly wanted: string;
  /**
   * The same for matchers that accept the same values, as far as another spelling is all that sets them apart:
   * `5` and `{ "numeric": ["=", 5] }`, `{ "wildcard": "a*" }` and `{ "prefix": "a" }`, lists in any order.
   */
  readonly canonical: string;
  /** Its wildcard texts as written. A bus takes few rules that have any, and each rule only so many. */
  readonly wildcards: readonly string[];
  /** The one value it takes, if it is plain equality. */
  readonly only?: PlainValue;
  /** The bounds of the numbers it takes, if it takes nothing else; a bound itself may be left out. */
  readonly between?: { readonly low: number; readonly high: number };
  /** The text it asks for, if it asks for one. */
  readonly compared?: ComparedText;
  readonly matches: (value: JsonScalar) => boolean;
  /** Values worth trying if one that matches is needed, the plainest first. Not all need to match. */
  readonly candidates: () => readonly JsonScalar[];
  /** Values worth trying if one that does not match is needed, near misses first. */
  readonly nearMisses: () => readonly JsonScalar[];
}

/** A text that is asked for, as a wildcard has it: a prefix is a piece and an empty one behind it. */
export interface ComparedText {
  /** What stands between the stars: one piece more than there are. */
  readonly pieces: readonly string[];
  readonly ignoringCase: boolean;
}

export const operatorKeywords = [
  "anything-but",
  "cidr",
  "equals-ignore-case",
  "exactly",
  "exists",
  "numeric",
  "prefix",
  "suffix",
  "wildcard",
] as const;
export type OperatorKeyword = (typeof operatorKeywords)[number];

/** Values that are equal if JavaScript says so. */
export type PlainValue = string | number | boolean | null;

/** Reports what is wrong with an operator's argument; `at` is the place below it, such as `[1]`. */
export type Report = (problem: string, mend: string, at?: string) => void;

/** Reads an operator's argument; undefined after at least one problem was reported. */
export type OperatorParser = (argument: JsonValue, report: Report) => Matcher | undefined;

const PLAIN_TEXT = /^[\p{L}$_][\p{L}\p{N}_.:/$-]*$/u;
const WORDS = new Set(["true", "false", "null"]);

/** A value for people: text as it stands where no one can mistake it, otherwise as JSON. */
export function describeScalar(value: JsonScalar): string {
  if (value instanceof ExactNumber || typeof value !== "string") return jsonText(value);
  return PLAIN_TEXT.test(value) && !WORDS.has(value) ? value : visible(JSON.stringify(value));
}

/** JSON text with what nobody would see spelled out, such as a byte order mark. */
function visible(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

export function describeList(values: readonly string[], most = values.length): string {
  return values.length === 1 ? values.join("") : `one of ${listed(values, most)}`;
}

/** The first of some values, and how many more there are. */
export function listed(values: readonly string[], most: number): string {
  const more = values.length > most ? ` and ${values.length - most} more` : "";
  return values.slice(0, most).join(", ") + more;
}

/** How to ask for one of several texts with an operator that takes one: a matcher for each, in the field's list. */
export function oneMatcherEach(operator: string, argument: JsonValue): string {
  const given = isJsonArray(argument) ? argument.filter((item) => typeof item === "string") : [];
  const texts = given.length > 1 ? given : ["a", "b"];
  return `for several texts [${texts.map((text) => `{"${operator}": ${JSON.stringify(text)}}`).join(", ")}]`;
}
