import { ExactNumber, MAX_JSON_DEPTH, RepeatedMembers, type JsonValue } from "./json-value.js";

/** What is wrong with a JSON text, and where: line and column count from 1, columns in UTF-16 units. */
export class JsonSyntaxError extends Error {
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

export const keepExactly: ReadUnheld = (literal) => new ExactNumber(literal);

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
