import { ExactNumber, isJsonArray, jsonText, type JsonValue } from "../json.js";
import { canonicalValue } from "./exactly.js";
import type { Matcher, OperatorParser, Report } from "./matcher.js";

interface Range {
  readonly low: number;
  readonly lowIncluded: boolean;
  readonly high: number;
  readonly highIncluded: boolean;
}

const EVERYTHING: Range = {
  low: -Number.MAX_VALUE,
  lowIncluded: true,
  high: Number.MAX_VALUE,
  highIncluded: true,
};
const EXAMPLE = 'write it as ["=", 3], [">", 0], ["<=", 5] or [">", 0, "<=", 5]';

/** `{ "numeric": [">", 0, "<=", 5] }`; of two comparisons the first is the lower bound. */
export const parseNumeric: OperatorParser = (argument, report) => {
  if (!isJsonArray(argument) || argument.length === 0) {
    report("numeric needs a list of comparisons and numbers", EXAMPLE);
    return undefined;
  }
  const range = readRange(argument, report);
  if (range === undefined) return undefined;
  const equal = argument[0] === "=";
  if (equal ? range.low <= range.high : range.low < range.high)
    return matchRange(wantedText(argument), range);
  report("the lower bound must be below the upper bound", mendBounds(argument, range));
  return undefined;
};

function mendBounds(terms: readonly JsonValue[], { low, high }: Range): string {
  if (low === high) return `for one number write ${jsonText({ numeric: ["=", low] })}`;
  const [first = "", bound = 0, second = "", upper = 0] = terms;
  const between = jsonText([{ numeric: [first, upper, second, bound] }]);
  const outside = jsonText([{ numeric: [first, bound] }, { numeric: [second, upper] }]);
  return `for what lies between write ${between}, for what lies outside ${outside}`;
}

/** A range whose upper bound was written first: how it is written, if it is one. */
function mendOrder([first, upper, second, lower, ...more]: readonly JsonValue[]): string {
  const isReversed = (first === "<" || first === "<=") && (second === ">" || second === ">=");
  if (!isReversed || typeof upper !== "number" || typeof lower !== "number" || more.length > 0)
    return EXAMPLE;
  const terms = [second, lower, first, upper];
  return lower < upper
    ? `write ${jsonText([{ numeric: terms }])}`
    : mendBounds(terms, { ...EVERYTHING, low: lower, high: upper });
}

function readRange(terms: readonly JsonValue[], report: Report): Range | undefined {
  const [comparison, bound, upperComparison] = terms;
  const first = readNumber(bound, report, 1);
  const isLower = comparison === ">" || comparison === ">=";
  if (!isLower && comparison !== "<" && comparison !== "<=" && comparison !== "=") {
    const shown = comparison === undefined ? "nothing" : jsonText(comparison);
    report(`${shown} is not a comparison`, "use one of =, <, <=, >, >=; for != use anything-but", "[0]");
    return undefined;
  }
  const most = isLower ? 4 : 2;
  if (terms.length > most) {
    report(`too many terms after ${comparison}`, `a range starts with its lower bound: ${mendOrder(terms)}`);
    return undefined;
  }
  if (terms.length <= 2) return first === undefined ? undefined : oneSided(comparison, first);
  const second = readNumber(terms[3], report, 3);
  if (upperComparison !== "<" && upperComparison !== "<=") {
    report("the second comparison of a range must be < or <=", EXAMPLE, "[2]");
    return undefined;
  }
  if (first === undefined || second === undefined) return undefined;
  return {
    low: first,
    lowIncluded: comparison === ">=",
    high: second,
    highIncluded: upperComparison === "<=",
  };
}

function oneSided(comparison: "=" | "<" | "<=" | ">" | ">=", bound: number): Range {
  switch (comparison) {
    case "=":
      return { low: bound, lowIncluded: true, high: bound, highIncluded: true };
    case "<":
    case "<=":
      return { ...EVERYTHING, high: bound, highIncluded: comparison === "<=" };
    case ">":
    case ">=":
      return { ...EVERYTHING, low: bound, lowIncluded: comparison === ">=" };
  }
}

function readNumber(term: JsonValue | undefined, report: Report, index: number): number | undefined {
  if (typeof term === "number" && Number.isFinite(term)) return term;
  const at = `[${index}]`;
  if (term === undefined) report("a number must follow the comparison", EXAMPLE);
  else if (term instanceof ExactNumber) {
    const { problem, mend } = unheld(term);
    report(problem, mend, at);
  } else report("a comparison needs a number", "write the number without quotes", at);
  return undefined;
}

function wantedText(terms: readonly JsonValue[]): string {
  const [comparison, bound, upperComparison, upper] = terms.map(String);
  const first = `${comparison ?? ""} ${bound ?? ""}`;
  return `a number ${upper === undefined ? first : `${first} and ${upperComparison ?? ""} ${upper}`}`;
}

function matchRange(wanted: string, range: Range): Matcher {
  const { low, lowIncluded, high, highIncluded } = range;
  return {
    operator: "numeric",
    wanted,
    canonical:
      low === high
        ? canonicalValue(low)
        : `number ${lowIncluded ? "[" : "("}${low}, ${high}${highIncluded ? "]" : ")"}`,
    wildcards: [],
    ...(low === high ? { only: low } : { between: { low, high } }),
    matches: (found) =>
      typeof found === "number" &&
      (lowIncluded ? found >= low : found > low) &&
      (highIncluded ? found <= high : found < high),
    candidates: () => numbersWithin(low, high),
    nearMisses: () => [high, high + 1, low, low - 1, low / 2, high * 2, "other"].filter(isUsable),
  };
}

/** Whole numbers first: they read better, and a schema may ask for them. */
function numbersWithin(low: number, high: number): readonly number[] {
  const middle = low / 2 + high / 2;
  const near = [Math.floor(low) + 1, low, Math.ceil(high) - 1, high, Math.round(middle), middle];
  const barely = [low + Math.abs(low) * Number.EPSILON, low + Number.MIN_VALUE];
  return [...near, ...barely, low / 2, high / 2].filter(isUsable);
}

function isUsable(value: string | number): boolean {
  return typeof value === "string" || Number.isFinite(value);
}

/** The smallest double that has all its digits. */
const SMALLEST = 2 ** -1022;

/** Why no double holds a number, and what to write in its place: its size may be the matter, or its digits. */
export function unheld({ text }: ExactNumber): { readonly problem: string; readonly mend: string } {
  const nearest = Number(text);
  if (nearest === Infinity) {
    const mend = `write a number of at most ${Number.MAX_VALUE}`;
    return { problem: `${text} is larger than any double`, mend };
  }
  if (nearest === -Infinity) {
    const mend = `write a number of at least -${Number.MAX_VALUE}`;
    return { problem: `${text} is smaller than any double`, mend };
  }
  if (Math.abs(nearest) < SMALLEST) {
    const mend = text.startsWith("-")
      ? `write 0, or a number of at most -${SMALLEST}`
      : `write 0, or a number of at least ${SMALLEST}`;
    return { problem: `${text} is closer to 0 than doubles are told apart`, mend };
  }
  return {
    problem: `${text} has more digits than a double holds`,
    mend: "use at most 15 significant digits",
  };
}
