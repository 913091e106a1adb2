import type { Matcher } from "event-patterns";
import type { JsonValue } from "../../aws/event-pattern.js";
import { isRecord } from "../read.js";
import type { Aim, Condition } from "./condition.js";
import { bound, type Conjunction } from "./schema.js";

interface Interval {
  readonly low: number;
  readonly lowIncluded: boolean;
  readonly high: number;
  readonly highIncluded: boolean;
}

/** The numbers there are: what lies beyond is no double, and no number that a matcher compares. */
const everyNumber: Interval = {
  low: -Number.MAX_VALUE,
  lowIncluded: true,
  high: Number.MAX_VALUE,
  highIncluded: true,
};

/** Whether some number that the schemas allow passes all of the conditions, or fails them all. */
export function numberMayDo(aim: Aim, conditions: readonly Condition[], conjunction: Conjunction): boolean {
  const range = rangeOf(conjunction);
  const step = stepOf(conjunction);
  const accepted = conditions.map(({ pattern, values }) =>
    pattern.matchers.flatMap((matcher, index) => acceptedNumbers(aim, matcher, values[index])),
  );
  if (aim === "pass") {
    return accepted.every((intervals) =>
      intervals.some((interval) => !isEmpty(intersection(interval, range), step)),
    );
  }
  const left = accepted.flat().reduce(
    (rest, interval) =>
      rest.flatMap((part) => without(part, interval)).filter((part) => !isEmpty(part, step)),
    [range].filter((part) => !isEmpty(part, step)),
  );
  return left.length > 0;
}

/** The bounds of the numbers that a schema allows: ` of at least 0`; empty without any, as those of z.int() are. */
export function describeBounds(conjunction: Conjunction): string {
  const { low, lowIncluded, high, highIncluded } = rangeOf(conjunction);
  const words = [
    ...(low > -Number.MAX_SAFE_INTEGER ? [lowIncluded ? `of at least ${low}` : `above ${low}`] : []),
    ...(high < Number.MAX_SAFE_INTEGER ? [highIncluded ? `of at most ${high}` : `below ${high}`] : []),
  ];
  return words.length === 0 ? "" : ` ${words.join(" and ")}`;
}

function rangeOf(conjunction: Conjunction): Interval {
  const low = Math.max(everyNumber.low, bound(conjunction, "minimum", Math.max) ?? -Infinity);
  const above = bound(conjunction, "exclusiveMinimum", Math.max) ?? -Infinity;
  const high = Math.min(everyNumber.high, bound(conjunction, "maximum", Math.min) ?? Infinity);
  const below = bound(conjunction, "exclusiveMaximum", Math.min) ?? Infinity;
  return {
    low: Math.max(low, above),
    lowIncluded: low > above,
    high: Math.min(high, below),
    highIncluded: high < below,
  };
}

/** What every number is a multiple of; undefined if any number will do. */
function stepOf(conjunction: Conjunction): number | undefined {
  const multiples = conjunction.flatMap(({ multipleOf }) =>
    typeof multipleOf === "number" && Number.isSafeInteger(multipleOf) && multipleOf > 0 ? [multipleOf] : [],
  );
  const isWhole = conjunction.some(({ type }) => type === "integer");
  return multiples.length > 0 ? Math.max(...multiples) : isWhole ? 1 : undefined;
}

/** Where it cannot be said, all numbers if one is to pass and none if one is to fail. */
function acceptedNumbers(aim: Aim, matcher: Matcher, written: JsonValue | undefined): readonly Interval[] {
  const { operator, only, between } = matcher;
  if (operator === "anything-but") return numbersBut(excludedNumbers(written));
  if (operator === "cidr") return aim === "pass" ? [everyNumber] : [];
  if (operator === "exists") return matcher.matches(0) ? [everyNumber] : [];
  if (only !== undefined) return typeof only === "number" ? [pointAt(only)] : [];
  if (between === undefined) return [];
  const { low, high } = between;
  return [{ low, lowIncluded: matcher.matches(low), high, highIncluded: matcher.matches(high) }];
}

/** What is no number excludes none. */
function excludedNumbers(written: JsonValue | undefined): readonly number[] {
  const excluded = isRecord(written) ? written["anything-but"] : undefined;
  return [excluded].flat().filter((value) => typeof value === "number");
}

function numbersBut(excluded: readonly number[]): readonly Interval[] {
  return excluded.reduce<readonly Interval[]>(
    (rest, value) => rest.flatMap((interval) => without(interval, pointAt(value))),
    [everyNumber],
  );
}

function pointAt(value: number): Interval {
  return { low: value, lowIncluded: true, high: value, highIncluded: true };
}

function intersection(one: Interval, other: Interval): Interval {
  const low = Math.max(one.low, other.low);
  const high = Math.min(one.high, other.high);
  const includes = (bounds: Interval, value: number) =>
    (value > bounds.low || bounds.lowIncluded) && (value < bounds.high || bounds.highIncluded);
  return {
    low,
    lowIncluded: includes(one, low) && includes(other, low),
    high,
    highIncluded: includes(one, high) && includes(other, high),
  };
}

function without(
  interval: Interval,
  { low, lowIncluded, high, highIncluded }: Interval,
): readonly Interval[] {
  const below = { ...everyNumber, high: low, highIncluded: !lowIncluded };
  const above = { ...everyNumber, low: high, lowIncluded: !highIncluded };
  return [intersection(interval, below), intersection(interval, above)].filter(
    (part) => !isEmpty(part, undefined),
  );
}

/** Whether no number lies in the interval, or no multiple of the step. */
function isEmpty({ low, lowIncluded, high, highIncluded }: Interval, step: number | undefined): boolean {
  if (low > high || (low === high && !(lowIncluded && highIncluded))) return true;
  if (step === undefined) return false;
  const first = Math.ceil(low / step) * step;
  const last = Math.floor(high / step) * step;
  // Beyond safe integers a double may stand for several multiples.
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return false;
  const lowest = first === low && !lowIncluded ? first + step : first;
  return lowest > (last === high && !highIncluded ? last - step : last);
}
