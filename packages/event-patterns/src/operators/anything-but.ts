import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonScalar,
  type JsonValue,
  membersOf,
} from "../json.js";
import { canonicalAffix, endsWith, startsWith } from "./affix.js";
import { canonicalValue } from "./exactly.js";
import { canonicalIgnoringCase, equalsIgnoringCase } from "./ignore-case.js";
import { describeScalar, listed, type Matcher, type OperatorParser, type Report } from "./matcher.js";
import { unheld } from "./numeric.js";
import { canonicalWildcard, escapeWildcard, fitsWildcard, readWildcard } from "./wildcard.js";

interface Exclusion {
  readonly excludes: (found: string) => boolean;
  readonly canonical: string;
}

/** How each operator inside anything-but reads one text; undefined after a problem was reported. */
const insideOperators = new Map<string, (text: string, report: Report, at: string) => Exclusion | undefined>([
  [
    "equals-ignore-case",
    (text) => ({ excludes: equalsIgnoringCase(text), canonical: canonicalIgnoringCase(text) }),
  ],
  [
    "prefix",
    (text, report, at) =>
      nonEmpty(text, report, at) && {
        excludes: (found) => startsWith(found, text),
        canonical: canonicalAffix("prefix", text),
      },
  ],
  [
    "suffix",
    (text, report, at) =>
      nonEmpty(text, report, at) && {
        excludes: (found) => endsWith(found, text),
        canonical: canonicalAffix("suffix", text),
      },
  ],
  [
    "wildcard",
    (text, report, at) => {
      const pieces = readWildcard(text, report, at);
      return (
        pieces && {
          excludes: (found) => fitsWildcard(pieces, found),
          canonical: canonicalWildcard(text, pieces),
        }
      );
    },
  ],
]);

/**
 * `{ "anything-but": "a" }`, a list of strings or of numbers, or one of prefix, suffix,
 * equals-ignore-case and wildcard with a string or a list of strings.
 * Accepts every value of another kind, also null, but never an absent field.
 */
export const parseAnythingBut: OperatorParser = (argument, report) =>
  isJsonObject(argument) ? parseInside(membersOf(argument), report) : parseValues(argument, report);

function parseValues(argument: JsonValue, report: Report): Matcher | undefined {
  const items = isJsonArray(argument) ? argument : [argument];
  const values = items.filter((item) => typeof item === "string" || typeof item === "number");
  const kinds = new Set(values.map((value) => typeof value));
  const tooExact = items.find((item) => item instanceof ExactNumber);
  const mend = "list strings only or numbers only";
  if (items.length === 0) report("an empty list excludes nothing", mend);
  else if (tooExact !== undefined) {
    const { problem, mend: held } = unheld(tooExact);
    report(problem, held);
  } else if (values.length < items.length)
    report("anything-but takes strings or numbers", items.some(isJsonObject) ? mendItems(items) : mend);
  else if (kinds.size > 1) report("strings and numbers are mixed", mend);
  else
    return matchAnythingBut(
      values.map(describeScalar),
      values.map(canonicalValue),
      excludeValues(values),
      values,
    );
  return undefined;
}

/** What a list with objects in it was meant to say: inside anything-but one operator takes the list. */
function mendItems(items: readonly JsonValue[]): string {
  const written = excludeEach(items);
  return written === undefined
    ? 'write one operator with a list of texts, such as {"anything-but": {"wildcard": ["*x*", "*y*"]}}'
    : `write ${written}`;
}

/**
 * One matcher that excludes what any of some texts and operators with texts does: with their operator if they have
 * the same, and otherwise as wildcards; undefined where neither says exactly that.
 */
export function excludeEach(items: readonly JsonValue[]): string | undefined {
  const exclusions = items.flatMap((item): (readonly [string, JsonValue])[] =>
    isJsonObject(item)
      ? membersOf(item).flatMap(([keyword, argument]) =>
          (isJsonArray(argument) ? argument : [argument]).map((text) => [keyword, text] as const),
        )
      : [["exactly", item]],
  );
  const keywords = new Set(exclusions.map(([keyword]) => keyword));
  const [only = ""] = keywords;
  const keyword = keywords.size === 1 && insideOperators.has(only) ? only : "wildcard";
  const texts = exclusions.flatMap(([operator, text]) => {
    if (typeof text !== "string") return [];
    return (operator === keyword ? text : asWildcard(operator, text)) ?? [];
  });
  const read = insideOperators.get(keyword);
  const isValid = texts.every((text) => read?.(text, () => undefined, "") !== undefined);
  if (texts.length === 0 || texts.length < exclusions.length || !isValid) return undefined;
  return `{"anything-but": {"${keyword}": [${texts.map((text) => JSON.stringify(text)).join(", ")}]}}`;
}

/** A start or an end with a quote in it finds the quotes around a value too, which no wildcard does. */
function asWildcard(operator: string, text: string): string | undefined {
  if (operator === "exactly") return escapeWildcard(text);
  if (text === "" || text.includes('"')) return undefined;
  if (operator === "prefix") return `${escapeWildcard(text)}*`;
  return operator === "suffix" ? `*${escapeWildcard(text)}` : undefined;
}

function excludeValues(values: readonly (string | number)[]): Matcher["matches"] {
  const excluded = new Set<unknown>(values);
  return (found) => !excluded.has(found);
}

function parseInside(
  members: readonly (readonly [string, JsonValue])[],
  report: Report,
): Matcher | undefined {
  const [keyword = "", argument = null] = members[0] ?? [];
  const read = insideOperators.get(keyword);
  if (members.length !== 1) {
    const each = members.length === 0 ? undefined : excludeEach([Object.fromEntries(members)]);
    report(
      "exactly one operator may stand inside anything-but",
      each === undefined
        ? 'write {"anything-but": {"prefix": "text"}}'
        : `to exclude each of them write ${each}`,
    );
    return undefined;
  }
  if (read === undefined) {
    const known = [...insideOperators.keys()].join(", ");
    report(
      `anything-but does not combine with ${JSON.stringify(keyword)}`,
      `use a value, a list or one of ${known}`,
    );
    return undefined;
  }
  const items = isJsonArray(argument) ? argument : [argument];
  if (items.length === 0) {
    report("an empty list excludes nothing", "list at least one string", `.${keyword}`);
    return undefined;
  }
  const texts: string[] = [];
  const exclusions: Exclusion[] = [];
  for (const [index, item] of items.entries()) {
    const at = isJsonArray(argument) ? `.${keyword}[${index}]` : `.${keyword}`;
    if (typeof item !== "string")
      report(`${keyword} inside anything-but needs strings`, "put it in quotes", at);
    const exclusion = typeof item === "string" ? read(item, report, at) : undefined;
    if (typeof item !== "string" || exclusion === undefined) continue;
    texts.push(item);
    exclusions.push(exclusion);
  }
  if (texts.length < items.length) return undefined;
  const wanted = texts.map((text) => `${words[keyword] ?? ""}${describeScalar(text)}`);
  const accepts: Matcher["matches"] = (found) =>
    typeof found !== "string" || !exclusions.some(({ excludes }) => excludes(found));
  const canonical = exclusions.map((exclusion) => exclusion.canonical);
  return matchAnythingBut(wanted, canonical, accepts, texts, keyword === "wildcard" ? texts : []);
}

const words: Readonly<Record<string, string>> = {
  "equals-ignore-case": "(in any case) ",
  prefix: "a value starting with ",
  suffix: "a value ending with ",
  wildcard: "a value like ",
};

function nonEmpty(text: string, report: Report, at: string): true | undefined {
  if (text !== "") return true;
  report("an empty text excludes every string", 'use {"exists": false}, or name what is to be excluded', at);
  return undefined;
}

function matchAnythingBut(
  wanted: readonly string[],
  canonical: readonly string[],
  matches: Matcher["matches"],
  excluded: readonly (string | number)[],
  wildcards: readonly string[] = [],
): Matcher {
  const others = excluded.flatMap((value): JsonScalar[] =>
    typeof value === "number" ? [value + 1, value - 1] : [`other-than-${value}-x`],
  );
  return {
    operator: "anything-but",
    wanted: `anything but ${listed(wanted, SHOWN_VALUES)}`,
    canonical: `anything but ${[...new Set(canonical)].sort().join(", ")}`,
    wildcards,
    matches,
    candidates: () => ["other", ...others, "x", "", 0, null],
    nearMisses: () =>
      excluded.flatMap((value): JsonScalar[] =>
        typeof value === "string" ? [value, withoutEscapes(value)] : [value],
      ),
  };
}

const SHOWN_VALUES = 5;

/** A wildcard text with its stars and backslashes taken literally, which it matches itself. */
function withoutEscapes(text: string): string {
  return text.replace(/\\([*\\])/g, "$1");
}
