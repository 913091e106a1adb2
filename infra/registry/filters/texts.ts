import { type Matcher, parsePattern } from "event-patterns";
import type { JsonValue } from "../../aws/event-pattern.js";
import { isRecord } from "../read.js";
import type { Aim, Condition } from "./condition.js";
import { bound, type Conjunction } from "./schema.js";
import { mayBeValid } from "./validity.js";

/** The texts that some schemas allow. */
interface Texts {
  readonly most: number;
  readonly least: number;
  readonly mayHold: (text: string) => boolean;
}

/** Whether some text that the schemas allow passes all of the conditions, or fails them all. */
export function textMayDo(
  aim: Aim,
  conditions: readonly Condition[],
  conjunction: Conjunction,
  root: unknown,
): boolean {
  const texts: Texts = {
    least: bound(conjunction, "minLength", Math.max) ?? 0,
    most: bound(conjunction, "maxLength", Math.min) ?? Infinity,
    mayHold: (text) => mayBeValid(text, conjunction, root),
  };
  const matchers = conditions.map(({ pattern, values }) =>
    pattern.matchers.map((matcher, index) => ({ matcher, written: values[index] ?? null })),
  );
  if (aim === "pass") {
    return matchers.every((list) => list.some(({ matcher, written }) => mayMatch(matcher, written, texts)));
  }
  const all = matchers.flat();
  if (all.some(({ matcher, written }) => matchesAll(matcher, written, texts))) return false;
  // What one matcher leaves, the others must not take: that is decided where it leaves few.
  const left = all.map(({ matcher, written }) => leftBy(matcher, written)).find((few) => few !== undefined);
  if (left === undefined) return true;
  return left.some(
    (text) => texts.mayHold(text) && conditions.every(({ pattern }) => !pattern.accepts(text)),
  );
}

function mayMatch(matcher: Matcher, written: JsonValue, texts: Texts): boolean {
  const { operator, only } = matcher;
  if (only !== undefined) return typeof only === "string" && texts.mayHold(only);
  if (texts.most === 0) return texts.mayHold("") && matcher.matches("");
  switch (operator) {
    case "exists":
      return matcher.matches("");
    case "numeric":
      return false;
    case "prefix":
    case "suffix":
    case "wildcard":
    case "equals-ignore-case":
      return fitsLengths(operator, written, texts);
    case "anything-but":
    case "cidr":
    case "exactly":
      return true;
  }
}

/** By the length of the shortest text that matches; the engine counts a quote at the open end as there. */
function fitsLengths(operator: Matcher["operator"], written: JsonValue, { least, most }: Texts): boolean {
  const argument = isRecord(written) ? written[operator] : undefined;
  const text = isRecord(argument) ? argument["equals-ignore-case"] : argument;
  const ignoresCase = operator === "equals-ignore-case" || isRecord(argument);
  // Beyond ASCII the other case of a letter may have another length.
  if (typeof text !== "string" || (ignoresCase && !/^[\x00-\x7f]*$/.test(text))) return true;
  if (operator === "equals-ignore-case") return text.length >= least && text.length <= most;
  const literal = operator === "wildcard" ? text.replace(/\\([*\\])|\*/g, "$1") : text.replace(/^"|"$/g, "");
  return Array.from(literal).length <= most;
}

function matchesAll(matcher: Matcher, written: JsonValue, texts: Texts): boolean {
  const { operator, only } = matcher;
  switch (operator) {
    case "exists":
      return matcher.matches("");
    case "prefix":
    case "suffix":
      return matcher.compared?.pieces.every((piece) => piece === "") === true;
    case "wildcard":
      // Only a single star takes the empty text, and it takes all.
      return only === undefined && matcher.matches("");
    case "anything-but":
      return excludedBy(written).every((inner) => !mayMatchWritten(inner, texts));
    default:
      return false;
  }
}

/** What anything-but excludes, each as a matcher is written. */
function excludedBy(written: JsonValue): readonly JsonValue[] {
  const excluded = isRecord(written) ? written["anything-but"] : undefined;
  if (excluded === undefined) return [];
  if (!isRecord(excluded)) return [excluded].flat();
  return Object.entries(excluded).flatMap(([operator, texts]) =>
    [texts].flat().map((text) => ({ [operator]: text })),
  );
}

function mayMatchWritten(written: JsonValue, texts: Texts): boolean {
  const parsed = parsePattern({ field: [written] });
  const matcher = parsed.ok ? parsed.pattern.fields[0]?.matchers[0] : undefined;
  return matcher === undefined || mayMatch(matcher, written, texts);
}

/** The texts that a matcher does not take, if they are few. */
function leftBy({ operator }: Matcher, written: JsonValue): readonly string[] | undefined {
  if (operator !== "anything-but") return undefined;
  const excluded = excludedBy(written);
  return excluded.every((value) => typeof value === "string") ? excluded : undefined;
}
