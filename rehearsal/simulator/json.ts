import { JsonSyntaxError, keepExactly, readExactly, type ReadUnheld } from "./exact-json.js";
import { ExactNumber, MAX_JSON_DEPTH, type JsonValue } from "./json-value.js";

export {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  jsonText,
  MAX_JSON_DEPTH,
  membersOf,
  RepeatedMembers,
  type JsonObject,
  type JsonScalar,
  type JsonValue,
} from "./json-value.js";

/** Why a text is no JSON; line and column count from 1. */
export interface JsonProblem {
  readonly problem: string;
  readonly line: number;
  readonly column: number;
}

export type JsonReading =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: JsonProblem };

/**
 * Reads strict JSON text without losing anything that EventBridge's engine sees: a number that no
 * double holds becomes an ExactNumber, an object with a repeated key becomes RepeatedMembers.
 * Never throws; a problem has line and column.
 */
export function readJson(text: string): JsonReading {
  return read(text, keepExactly);
}

/**
 * As {@link readJson}, for events: EventBridge turns their decimals into doubles before it matches them, and
 * leaves whole numbers as they stand. So a decimal in a pattern that no double holds is never found.
 */
export function readEvent(text: string): JsonReading {
  return read(text, (literal) => {
    const exact = new ExactNumber(literal);
    return exact.isDecimal ? Number(literal) : exact;
  });
}

function read(text: string, readUnheld: ReadUnheld): JsonReading {
  try {
    const parsed: unknown = JSON.parse(text);
    if (lostNothing(parsed, text)) return { ok: true, value: parsed };
  } catch {
    // Read again below: the engine's own message has neither line nor column in every version of Node.
  }
  try {
    return { ok: true, value: readExactly(text, readUnheld) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { ok: false, problem: { problem: error.message, line: error.line, column: error.column } };
  }
}

/** Whether the parsed value says all that the text says: no repeated key, no number cut short. */
function lostNothing(parsed: unknown, text: string): parsed is JsonValue {
  const content = new Content();
  content.add(parsed, 0);
  return (
    content.keys === countKeys(text) &&
    !hasLongNumber(text) &&
    !(content.hasExtremeNumber && LARGE_EXPONENT.test(text))
  );
}

/**
 * In text every key ends in `":`. The same characters inside a string make the count too high, never too
 * low, so a count equal to that of the parsed value means that no key was repeated.
 */
function countKeys(text: string): number {
  if (/"\s+:/.test(text)) return Number.NaN;
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

/**
 * Whether digits and dots run on for 16 characters; any shorter literal fits a double, extreme exponents
 * aside. Strings may hold such runs too; they only cost the slower reading. A run that long covers an
 * offset that is a multiple of 16, so one character in 16 is enough to look at.
 */
function hasLongNumber(text: string): boolean {
  for (let probe = 0; probe < text.length; probe += RUN) {
    if (!isDigitOrDot(text.charCodeAt(probe))) continue;
    let from = probe;
    while (isDigitOrDot(text.charCodeAt(from - 1))) from -= 1;
    let to = probe + 1;
    while (isDigitOrDot(text.charCodeAt(to))) to += 1;
    if (to - from >= RUN) return true;
  }
  return false;
}

const RUN = 16;

function isDigitOrDot(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e;
}

/** What was parsed: how many keys, and whether a number may stand for one that no double holds. */
class Content {
  keys = 0;
  hasExtremeNumber = false;

  add(value: unknown, depth: number): void {
    if (typeof value === "number") {
      // Too large becomes infinite, too small becomes 0 or loses digits.
      const size = Math.abs(value);
      if (!(size >= SMALLEST_WITH_ALL_DIGITS && size < Infinity)) this.hasExtremeNumber = true;
    } else if (depth > MAX_JSON_DEPTH) {
      this.keys = Number.NaN;
    } else if (Array.isArray(value)) {
      for (const item of value) this.add(item, depth + 1);
    } else if (isRecord(value)) {
      for (const key in value) {
        this.keys += 1;
        this.add(value[key], depth + 1);
      }
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

const SMALLEST_WITH_ALL_DIGITS = 2.3e-308;
const LARGE_EXPONENT = /[[:,]\s*-?\d[\d.]*[eE][+-]?\d{3}/;
