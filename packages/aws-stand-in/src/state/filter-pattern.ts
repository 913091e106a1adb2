import { AwsError } from "../aws-error.js";

/** Whether a filter pattern takes a record. */
export type Filter = (message: string) => boolean;

type JsonFilter = (record: unknown) => boolean;

/**
 * Reads a filter pattern of CloudWatch Logs: words and phrases, of which all must be there, those after `?` at least
 * one of them and those after `-` none; or, in braces, conditions on the fields of a JSON record.
 * @throws AwsError if it is none
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readFilterPattern(pattern: string): Filter {
  const text = pattern.trim();
  if (!text.startsWith("{")) return readTerms(text);
  const takes = new JsonPattern(text).read();
  return (message) => {
    const record = readJson(message);
    return record !== undefined && takes(record);
  };
}

const invalid = (): AwsError => new AwsError("InvalidParameterException", "Invalid filter pattern");

function readJson(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

const term = /(?<mark>[?-]?)(?:(?<phrase>"(?:[^"\\]|\\.)*")|(?<word>[\w.\u0080-\uffff/:@*-]+))(?:\s+|$)/uy;

function readTerms(text: string): Filter {
  const terms = new Map<string, string[]>();
  term.lastIndex = 0;
  while (term.lastIndex < text.length) {
    const { mark, phrase, word = "" } = term.exec(text)?.groups ?? {};
    if (mark === undefined) throw invalid();
    terms.set(mark, [...(terms.get(mark) ?? []), phrase === undefined ? word : unquoted(phrase)]);
  }
  const [all, some = [], none = []] = ["", "?", "-"].map((mark) => terms.get(mark));
  return (message) => {
    const has = (one: string) => message.includes(one);
    // With both kinds AWS asks for those of the first only.
    const isTaken = all === undefined ? some.length === 0 || some.some(has) : all.every(has);
    return isTaken && !none.some(has);
  };
}

/** A record holds a text with its JSON escapes, and so does a phrase: only the quotes around it go. */
function unquoted(phrase: string): string {
  return phrase.slice(1, -1).replaceAll('\\"', '"');
}

/** Conditions in braces, read from left to right: `||` of `&&` of comparisons and parentheses. */
class JsonPattern {
  readonly #tokens: string[];

  constructor(text: string) {
    const tokens = text.match(
      /\s+|"(?:[^"\\]|\\.)*"|\$(?:\.[\w-]+|\[\d+\]|\["[^"]*"\])+|&&|\|\||!=|<=|>=|[{}()=<>]|[\w.*+:/@-]+/gu,
    );
    if (tokens?.join("") !== text) throw invalid();
    this.#tokens = tokens.filter((token) => token.trim() !== "");
  }

  read(): JsonFilter {
    this.#expect("{");
    const filter = this.#either();
    this.#expect("}");
    if (this.#tokens.length > 0) throw invalid();
    return filter;
  }

  #either(): JsonFilter {
    const parts = [this.#both()];
    while (this.#take("||")) parts.push(this.#both());
    return (record) => parts.some((part) => part(record));
  }

  #both(): JsonFilter {
    const parts = [this.#condition()];
    while (this.#take("&&")) parts.push(this.#condition());
    return (record) => parts.every((part) => part(record));
  }

  #condition(): JsonFilter {
    if (this.#take("(")) {
      const inner = this.#either();
      this.#expect(")");
      return inner;
    }
    const selector = this.#next();
    if (!selector.startsWith("$")) throw invalid();
    const path = [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]*)"\]/gu)].map(
      ([, name, index, quoted]) => name ?? index ?? quoted ?? "",
    );
    const test = this.#test();
    return (record) => test(path.reduce(memberOf, record));
  }

  #test(): (value: unknown) => boolean {
    const operator = this.#next().toUpperCase();
    if (operator === "NOT") {
      if (this.#next().toUpperCase() !== "EXISTS") throw invalid();
      return (value) => value === undefined;
    }
    const operand = this.#next();
    if (operator === "IS") {
      const constant = constants.get(operand.toUpperCase());
      if (constant === undefined) throw invalid();
      return (value) => value === constant.value;
    }
    const compare = comparisons.get(operator);
    if (compare === undefined) throw invalid();
    return compare(operand);
  }

  #next(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw invalid();
    return token;
  }

  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw invalid();
  }
}

const constants = new Map<string, { readonly value: unknown }>([
  ["TRUE", { value: true }],
  ["FALSE", { value: false }],
  ["NULL", { value: null }],
]);

const number = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** An operand without quotes that reads as a number is compared with numbers, any other with texts. */
function equals(operand: string): (value: unknown) => boolean {
  if (number.test(operand)) return (value) => value === Number(operand);
  const text = operand.startsWith('"') ? quotedText(operand) : operand;
  const wildcard = new RegExp(`^${text.split("*").map(escaped).join(".*")}$`, "su");
  return (value) => typeof value === "string" && wildcard.test(value);
}

function quotedText(operand: string): string {
  const text = readJson(operand);
  if (typeof text !== "string") throw invalid();
  return text;
}

function numeric(compare: (value: number, bound: number) => boolean) {
  return (operand: string) => {
    if (!number.test(operand)) throw invalid();
    return (value: unknown) => typeof value === "number" && compare(value, Number(operand));
  };
}

const comparisons = new Map<string, (operand: string) => (value: unknown) => boolean>([
  ["=", equals],
  [
    "!=",
    (operand) => {
      const isEqual = equals(operand);
      return (value) => value !== undefined && !isEqual(value);
    },
  ],
  ["<", numeric((value, bound) => value < bound)],
  [">", numeric((value, bound) => value > bound)],
  ["<=", numeric((value, bound) => value <= bound)],
  [">=", numeric((value, bound) => value >= bound)],
]);

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(key);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
