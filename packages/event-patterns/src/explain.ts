import { alternativesOf } from "./alternatives.js";
import { envelopeKind } from "./envelope.js";
import { type EventFields, type Membership, readEventFields } from "./event-fields.js";
import { type JsonScalar, jsonText, type JsonValue } from "./json.js";
import { matchFields, partHolds, treeOf, valuesOf } from "./match.js";
import { editsBetween, isNear } from "./nearest.js";
import { describeList, describeScalar, type Matcher, type OperatorKeyword } from "./operators/matcher.js";
import { type EventPattern, fieldsOf, pathTo, type PatternField, type PatternPart } from "./pattern.js";
import {
  describeStanding,
  lookAlike,
  type LookAlike,
  type NearKey,
  type Standing,
  standingAt,
} from "./standing.js";

/** Why a pattern does not match an event. */
export type Mismatch =
  | { readonly kind: "event-is-no-object"; readonly found: JsonValue }
  | ({
      readonly kind: "value";
      /** The other fields that fail, in the order of the pattern. */
      readonly others: readonly FailingField[];
      /** Of how many `$or` alternatives this is the closest; 1 outside `$or`. */
      readonly closestOf: number;
    } & FailingField)
  | {
      /** Every field holds somewhere, but never all in the same element of an array. */
      readonly kind: "different-elements";
      readonly paths: readonly string[];
    };

/**
 * What keeps a pattern from matching an event: every field that does not hold. Of `$or`, the fields of the branch that
 * the event comes closest to: one whose source fits before others, then one whose detail-type fits, then the one in
 * which fewest fields fail.
 * @returns undefined exactly if {@link matchEvent} is true
 */
export function explainMismatch(pattern: EventPattern, event: JsonValue): Mismatch | undefined {
  const fields = readEventFields(event, treeOf(pattern));
  if (fields === undefined) return { kind: "event-is-no-object", found: event };
  if (matchFields(pattern, fields)) return undefined;
  const failing = pattern.parts.filter((part) => !mayHold(part, fields));
  const [first, ...others] = failingFields(failing, fields);
  if (first === undefined) return firstOutOfStep(pattern, fields, event);
  return {
    kind: "value",
    ...failingField(first, fields, event),
    others: others.map((field) => failingField(field, fields, event)),
    closestOf: alternativesOf(failing),
  };
}

/** The mismatch as one line: `detail-type: wanted one of A, B; the event has C`. */
export function describeMismatch(mismatch: Mismatch): string {
  switch (mismatch.kind) {
    case "event-is-no-object":
      return `the event is no JSON object but ${shorten(jsonText(mismatch.found))}`;
    case "different-elements":
      return `${mismatch.paths.join(", ")}: each holds somewhere, but not all in the same element of an array`;
    case "value": {
      const { others, closestOf } = mismatch;
      const failing = [mismatch, ...others].map(describeField).join("; and ");
      return closestOf > 1 ? `${failing} (the closest of ${closestOf} alternatives)` : failing;
    }
  }
}

/** The fields of failing parts that do not hold; of each `$or`, those of its closest branch. */
function failingFields(parts: readonly PatternPart[], fields: EventFields): readonly PatternField[] {
  return parts
    .filter((part) => !mayHold(part, fields))
    .flatMap((part) => {
      if (part.kind === "field") return [part];
      const [closest = []] = part.branches
        .map((branch) => failingFields(branch, fields))
        .toSorted((one, other) => compareDistance(distanceOf(one), distanceOf(other)));
      return closest;
    });
}

/** The envelope decides what an event is, the rest of a pattern only which of them are wanted. */
function distanceOf(failing: readonly PatternField[]): readonly number[] {
  const fails = (name: string): number => (failing.some((field) => field.name === name) ? 1 : 0);
  return [fails("source"), fails("detail-type"), failing.length];
}

function compareDistance(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

/** Whether a part can hold by itself, in some element of the arrays that it lies in. */
function mayHold(part: PatternPart, fields: EventFields): boolean {
  if (part.kind === "or")
    return part.branches.some((branch) => branch.every((inner) => mayHold(inner, fields)));
  return partHolds(part, fields) || (part.allowsAbsence && fields.inArrays.has(part.name));
}

/** The first part that does not hold in the same elements as those before it, and what it shares them with. */
function firstOutOfStep(pattern: EventPattern, fields: EventFields, event: JsonValue): Mismatch {
  const count = pattern.parts.findIndex((_, last) => {
    return !matchFields({ ...pattern, parts: pattern.parts.slice(0, last + 1) }, fields);
  });
  const part = pattern.parts[count];
  if (part?.kind === "field" && count === 0)
    return { kind: "value", ...failingField(part, fields, event), others: [], closestOf: 1 };
  const arraysOf = (field: PatternField): readonly number[] =>
    (valuesOf(field, fields) ?? []).flatMap(({ membership }) => numbersOf(membership));
  const arrays = new Set(fieldsOf(part === undefined ? [] : [part]).flatMap(arraysOf));
  const sharing = fieldsOf(pattern.parts.slice(0, count + 1)).filter((field) =>
    arraysOf(field).some((array) => arrays.has(array)),
  );
  return { kind: "different-elements", paths: sharing.map(shownPath) };
}

function numbersOf(membership: Membership | null): readonly number[] {
  return membership === null ? [] : [membership.array, ...numbersOf(membership.outer)];
}

/** A field of a pattern that does not hold. */
export interface FailingField {
  /** The field, as `detail.total`. */
  readonly path: string;
  /** The alternatives as text for people: `Order.Created`, `a number > 5`. */
  readonly wanted: readonly string[];
  /** The leaf values found; none if the field is absent, which an object or an empty list is too. */
  readonly found: readonly JsonScalar[];
  /** Whether what is wanted and what was found stand in the order of how near they are: there are many of them. */
  readonly nearestFirst?: true;
  /** What stands there in place of a value; absent if values were found. */
  readonly standing?: Standing;
  /** The pair that looks the same and is not, if there is one. */
  readonly alike?: LookAlike;
  /** Operators of the matchers. */
  readonly operators: readonly OperatorKeyword[];
}

function failingField(field: PatternField, fields: EventFields, event: JsonValue): FailingField {
  const found = (valuesOf(field, fields) ?? []).map(({ value }) => value);
  const alike = firstLookAlike(field, found);
  return {
    path: shownPath(field),
    ...inOrder(field.matchers, found),
    ...(found.length === 0 ? { standing: standingAt(field, event) } : {}),
    ...(alike === undefined ? {} : { alike }),
    operators: field.matchers.map(({ operator }) => operator),
  };
}

function describeField(field: FailingField): string {
  const { path, standing, operators } = field;
  const has =
    standing === undefined ? describeFound(field) : describeStanding(standing, operators.includes("exists"));
  const isNothing = standing?.kind === "nothing";
  const absence =
    isNothing && operators.includes("anything-but") ? ", and without one anything-but does not hold" : "";
  const near = isNothing && standing.near !== undefined ? describeNear(path, standing.near) : "";
  const twins = field.alike === undefined ? "" : `, which ${describeAlike(field.alike)}`;
  return `${path}: wanted ${describeWanted(field)}; the event has ${has}${absence}${near}${twins}`;
}

const SHOWN_VALUES = 5;
const SHOWN_CHARACTERS = 80;

function describeWanted({ wanted, nearestFirst }: FailingField): string {
  return nearestFirst && wanted.length > SHOWN_VALUES
    ? `one of ${wanted.length}, nearest: ${wanted.slice(0, SHOWN_VALUES).join(", ")}`
    : describeList(wanted, SHOWN_VALUES);
}

function describeFound({ wanted, found, nearestFirst }: FailingField): string {
  const values = found.slice(0, SHOWN_VALUES).map((value) => shorten(describeScalar(value), wanted));
  const more = found.length - values.length;
  if (more === 0) return values.join(", ");
  return nearestFirst
    ? `${found.length} values, nearest: ${values.join(", ")}`
    : `${values.join(", ")} and ${more} more`;
}

/** Which of the two names is wrong is known where an event has the one that is wanted, or the one that is there. */
function describeNear(wanted: string, { path, alike }: NearKey): string {
  if (alike !== undefined) return `; ${path} ${describeAlike(alike)}`;
  if (envelopeKind(wanted) === undefined) return `; did you mean ${path}?`;
  return envelopeKind(path) === undefined ? `; it has ${path}, which is no field of an event` : "";
}

function describeAlike({ wanted, found }: LookAlike): string {
  const code = (points: string): string => (points === "" ? "nothing" : points);
  return `looks the same: ${code(found)} where ${code(wanted)} is wanted`;
}

/** @param beside texts it is compared with: where one begins alike, the difference must not be cut off */
function shorten(text: string, beside: readonly string[] = []): string {
  const start = text.slice(0, SHOWN_CHARACTERS);
  return start === text || beside.some((other) => other.startsWith(start)) ? text : `${start}...`;
}

function shownPath({ path }: PatternField): string {
  return path.reduce(pathTo, "");
}

function firstLookAlike({ matchers }: PatternField, found: readonly JsonScalar[]): LookAlike | undefined {
  for (const { compared } of matchers) {
    if (compared === undefined) continue;
    for (const value of found) {
      const alike = typeof value === "string" ? lookAlike(compared, value) : undefined;
      if (alike !== undefined) return alike;
    }
  }
  return undefined;
}

type InOrder = Pick<FailingField, "wanted" | "found" | "nearestFirst">;

/** What is wanted and what was found: the nearest first where there are too many to show, and two are near. */
function inOrder(matchers: readonly Matcher[], found: readonly JsonScalar[]): InOrder {
  const asWritten = { wanted: matchers.map(({ wanted }) => wanted), found };
  if (matchers.length <= SHOWN_VALUES && found.length <= SHOWN_VALUES) return asWritten;
  const texts = matchers.map(textOf);
  const values = found
    .slice(0, COMPARED_VALUES)
    .map((value) => (typeof value === "string" ? value.toLowerCase() : jsonText(value)));
  const editsOfMatcher = texts.map(() => Infinity);
  const editsOfValue = found.map(() => Infinity);
  let isAnyNear = false;
  for (const [at, text] of texts.slice(0, COMPARED_VALUES).entries()) {
    if (text === undefined) continue;
    for (const [index, value] of values.entries()) {
      const edits = editsTo(text, value);
      isAnyNear ||= isNear(text.text, edits);
      editsOfMatcher[at] = Math.min(editsOfMatcher[at] ?? Infinity, edits);
      editsOfValue[index] = Math.min(editsOfValue[index] ?? Infinity, edits);
    }
  }
  if (!isAnyNear) return asWritten;
  return {
    wanted: sortedBy(asWritten.wanted, editsOfMatcher),
    found: sortedBy(found, editsOfValue),
    nearestFirst: true,
  };
}

/** More are not compared: every one with every other takes its time. */
const COMPARED_VALUES = 500;

/** A text to count edits to: all of a value, its start or its end. */
interface NearText {
  readonly text: string;
  readonly of: "all" | "start" | "end";
}

function textOf({ only, compared }: Matcher): NearText | undefined {
  const [first, last, ...more] = compared?.pieces ?? [];
  if (first === undefined) return only === undefined ? undefined : { text: jsonText(only), of: "all" };
  const text = (first + (last ?? "")).toLowerCase();
  if (last === undefined) return { text, of: "all" };
  if (text === "" || more.length > 0 || (first !== "" && last !== "")) return undefined;
  return { text, of: first === "" ? "end" : "start" };
}

function editsTo({ text, of }: NearText, value: string): number {
  if (of === "all") return editsBetween(text, value);
  return editsBetween(text, of === "start" ? value.slice(0, text.length) : value.slice(-text.length));
}

function sortedBy<Value>(values: readonly Value[], edits: readonly number[]): readonly Value[] {
  return values
    .map((value, index) => ({ value, edits: edits[index] ?? Infinity }))
    .toSorted((one, other) => (one.edits === other.edits ? 0 : one.edits - other.edits))
    .map(({ value }) => value);
}
