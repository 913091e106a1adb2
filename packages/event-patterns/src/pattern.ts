import type { JsonScalar } from "./json.js";
import { nearestOf } from "./nearest.js";
import { allowsAbsence } from "./operators/exists.js";
import { type Matcher, operatorKeywords } from "./operators/matcher.js";

/** The one operator that stands where a field would. */
export const OR = "$or";

/** An event pattern, checked and ready to match. Plain to read, made by parsePattern only. */
export interface EventPattern {
  /** Whether a wildcard matcher stands anywhere in it; a bus takes few such rules (quota). */
  readonly usesWildcard: boolean;
  /** Combinations of `$or` branches, 1 without `$or`; AWS caps them per rule (quota). */
  readonly alternatives: number;
  /** Every field with its matchers, in the order of the pattern, `$or` branches included. */
  readonly fields: readonly PatternField[];
  /** All of them must hold. No field stands twice in what can hold together. */
  readonly parts: readonly PatternPart[];
}

export type PatternPart = PatternField | PatternOr;

/** A field with the alternatives for its value. */
export interface PatternField {
  readonly kind: "field";
  /** Keys from the root to the field, as the pattern writes them. */
  readonly path: readonly string[];
  /** The path joined with dots, which is how the engine knows a field: a dot in a key is nesting. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Whether `{ "exists": false }` is among the matchers. */
  readonly allowsAbsence: boolean;
  /** False for a field the engine never finds in an event (see fieldOf). */
  readonly reachable: boolean;
  /** Whether a leaf value satisfies one of the matchers. */
  readonly accepts: (value: JsonScalar) => boolean;
}

/** `$or`: one of the branches must hold, and of a branch every part. */
export interface PatternOr {
  readonly kind: "or";
  readonly path: readonly string[];
  readonly branches: readonly (readonly PatternPart[])[];
}

/** The fields of some parts, in order, each once. */
export function fieldsOf(parts: readonly PatternPart[]): readonly PatternField[] {
  const fields = new Set<PatternField>();
  collect(parts, fields);
  return [...fields];
}

function collect(parts: readonly PatternPart[], fields: Set<PatternField>): void {
  for (const part of parts) {
    if (part.kind === "field") fields.add(part);
    else
      part.branches.forEach((branch) => {
        collect(branch, fields);
      });
  }
}

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

/** One thing that is wrong with an event pattern. */
export interface PatternProblem {
  /** Where, such as `detail.total[0].numeric`; empty for the pattern as a whole. */
  readonly path: string;
  readonly problem: string;
  /** How to mend it. */
  readonly mend: string;
}

/** The path of a member; a key that is not plain is quoted: `detail["order id"]`. */
export function pathTo(parent: string, key: string): string {
  if (!/^[\p{L}\p{N}_$-]+$/u.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The known operator that a misspelt one most likely means; undefined if none is near. */
export function nearestOperator(keyword: string): string | undefined {
  const plain = keyword.toLowerCase().replace(/[_\s]+/g, "-");
  const alias = aliases.get(plain);
  if (alias !== undefined) return alias;
  return nearestOf(plain, operatorKeywords);
}

/** Words that other filter languages use for the same. */
const aliases = new Map([
  ["not", "anything-but"],
  ["anything-but-prefix", "anything-but"],
  ["begins-with", "prefix"],
  ["starts-with", "prefix"],
  ["ends-with", "suffix"],
  ["contains", "wildcard"],
  ["like", "wildcard"],
  ["regex", "wildcard"],
  ["ip-address", "cidr"],
  ["equals", "exactly"],
  ["ignore-case", "equals-ignore-case"],
  ["range", "numeric"],
]);

/** Something about a pattern that AWS accepts and nobody can mean. */
export interface PatternNote {
  /** Where, as in a {@link PatternProblem}. */
  readonly path: string;
  readonly note: string;
  /** What to write instead, where that can be told. */
  readonly mend?: string;
}
