import type { JsonScalar } from "../json-value.js";
import { allowsAbsence } from "../matchers/exists.js";
import type { Matcher } from "../matchers/matcher.js";
import type { PatternField } from "./pattern.js";

/** Makes a field of a pattern from its path and matchers. */
export function fieldOf(path: readonly string[], matchers: readonly Matcher[]): PatternField {
  const name = fieldName(path);
  return {
    kind: "field",
    path,
    name,
    matchers,
    allowsAbsence: matchers.some(allowsAbsence),
    reachable: isReachable(name),
    accepts: acceptsOneOf(matchers),
  };
}

/** The engine joins keys with dots, and leaves out the first dot if what stands before it is empty. */
function fieldName(path: readonly string[]): string {
  const parent = path.slice(0, -1).join(".");
  const key = path.at(-1) ?? "";
  return parent === "" ? key : `${parent}.${key}`;
}

/**
 * The engine skips every key of an event that no pattern uses, and its list of used keys forgets empty
 * ones at the end of a field's name. So `{ "detail": { "": ["x"] } }` never finds anything.
 */
function isReachable(name: string): boolean {
  return name === "" || !name.endsWith(".");
}

/** One look-up for all plain values if there are many. */
function acceptsOneOf(matchers: readonly Matcher[]): (value: JsonScalar) => boolean {
  const known = withoutStrayNumbers(matchers);
  const [only] = known;
  if (known.length === 1 && only !== undefined) return only.matches;
  if (known.length < MANY) return (value) => known.some((matcher) => matcher.matches(value));
  const plainValues = new Set<JsonScalar>();
  const others: Matcher[] = [];
  for (const matcher of known) {
    if (matcher.only !== undefined) plainValues.add(matcher.only);
    else others.push(matcher);
  }
  return (value) => plainValues.has(value) || others.some((matcher) => matcher.matches(value));
}

const MANY = 8;

export function asksForNumbers({ operator, only }: Matcher): boolean {
  return operator === "numeric" || typeof only === "number";
}

/**
 * The engine reads a number as the digits of an address only where no matcher of the field asks for
 * numbers; where one does, it compares the number as such and leaves it at that.
 */
export function withoutStrayNumbers(matchers: readonly Matcher[]): readonly Matcher[] {
  if (!matchers.some(asksForNumbers)) return matchers;
  return matchers.map((matcher) => {
    if (matcher.operator !== "cidr") return matcher;
    return {
      ...matcher,
      canonical: `${matcher.canonical}, texts only`,
      matches: (value) => typeof value !== "number" && matcher.matches(value),
    };
  });
}
