import { ExactNumber, type JsonValue, MAX_JSON_DEPTH, RepeatedMembers } from "./json.js";

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

/** What is wrong with a JSON text, and where: line and column count from 1, columns in UTF-16 units. */
class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly line: number;
  readonly column: number;

  constructor(problem: string, text: string, offset: number) {
    const before = text.slice(0, offset).split("\n");
    super(problem);
    this.line = before.length;
    this.column = (before.at(-1) ?? "").length + 1;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** What a number literal that no double holds is read as. */
export type ReadUnheld = (literal: string) => ExactNumber | number;

const keepExactly: ReadUnheld = (literal) => new ExactNumber(literal);

/**
 * Reads JSON text member by member, keeping what JSON.parse loses: numbers that no double holds
 * ({@link ExactNumber}) and repeated keys ({@link RepeatedMembers}). Slower than JSON.parse.
 * @throws JsonSyntaxError with line and column
 */
export function readExactly(text: string, readUnheld: ReadUnheld = keepExactly): JsonValue {
  return new ExactReader(text, readUnheld).document();
}

class ExactReader {
  private offset = 0;
  private readonly text: string;
  private readonly readUnheld: ReadUnheld;

  constructor(text: string, readUnheld: ReadUnheld) {
    this.text = text;
    this.readUnheld = readUnheld;
  }

  document(): JsonValue {
    const value = this.value(0);
    if (this.offset < this.text.length) this.fail("more text after the value");
    return value;
  }

  private value(depth: number): JsonValue {
    if (depth > MAX_JSON_DEPTH) this.fail(`nested deeper than ${MAX_JSON_DEPTH} levels`);
    const value = this.bareValue(this.peek(), depth);
    this.peek();
    return value;
  }

  private bareValue(next: string | undefined, depth: number): JsonValue {
    if (next === "{") return this.object(depth);
    if (next === "[") return this.array(depth);
    if (next === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.offset)) {
        this.offset += word.length;
        return value;
      }
    }
    return this.number();
  }

  private object(depth: number): JsonValue {
    this.offset += 1;
    const members: (readonly [string, JsonValue])[] = [];
    if (this.peek() === "}") this.offset += 1;
    else {
      do {
        if (this.peek() !== '"') this.fail("a key in double quotes is expected");
        const key = this.string();
        if (!this.skip(":")) this.fail(`a colon is expected after the key ${JSON.stringify(key)}`);
        members.push([key, this.value(depth + 1)]);
      } while (this.skip(","));
      if (!this.skip("}")) this.fail("a comma or a closing brace is expected");
    }
    const keys = new Set(members.map(([key]) => key));
    return keys.size < members.length ? new RepeatedMembers(members) : Object.fromEntries(members);
  }

  private array(depth: number): JsonValue {
    this.offset += 1;
    if (this.skip("]")) return [];
    const items: JsonValue[] = [];
    do items.push(this.value(depth + 1));
    while (this.skip(","));
    if (!this.skip("]")) this.fail("a comma or a closing bracket is expected");
    return items;
  }

  private string(): string {
    const literal = this.take(STRING);
    if (literal === undefined) {
      this.fail("a string that is not closed, or has a control character or a wrong escape");
    }
    if (!literal.includes("\\")) return literal.slice(1, -1);
    const decoded: unknown = JSON.parse(literal);
    return typeof decoded === "string" ? decoded : literal;
  }

  private number(): JsonValue {
    const literal = this.take(NUMBER);
    if (literal === undefined) this.fail(this.unexpected());
    const value = Number(literal);
    return holdsExactly(value, literal) ? value : this.readUnheld(literal);
  }

  private unexpected(): string {
    const found = this.text[this.offset];
    return found === undefined
      ? "the text ends where a value is expected"
      : `${JSON.stringify(found)} stands where a value is expected`;
  }

  /** The next character that is no white space. */
  private peek(): string | undefined {
    this.take(SPACE);
    return this.text[this.offset];
  }

  private skip(character: string): boolean {
    if (this.peek() !== character) return false;
    this.offset += 1;
    return true;
  }

  private take(token: RegExp): string | undefined {
    token.lastIndex = this.offset;
    const taken = token.exec(this.text)?.[0];
    this.offset += taken?.length ?? 0;
    return taken;
  }

  private fail(problem: string): never {
    throw new JsonSyntaxError(problem, this.text, this.offset);
  }
}

/** Whether the double, written in its shortest form, has the value of the literal. */
function holdsExactly(value: number, literal: string): boolean {
  if (!Number.isFinite(value)) return false;
  const [digits, exponent] = decimal(literal);
  const [heldDigits, heldExponent] = decimal(String(value));
  return digits === heldDigits && (digits === "" || exponent === heldExponent);
}

/** A literal as significant digits and the power of ten of the last one: -2.50e3 is ["-25", 2]. */
function decimal(literal: string): [digits: string, exponent: number] {
  const [mantissa = "", power = "0"] = literal.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + digits.length - significant.length;
  const sign = literal.startsWith("-") && significant !== "" ? "-" : "";
  return [sign + significant, exponent];
}
