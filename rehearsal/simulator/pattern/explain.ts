import { jsonText, type JsonValue } from "../json-value.js";
import { alternativesOf } from "./alternatives.js";
import { readEventFields, type EventFields, type Membership } from "./event-fields.js";
import { describeField, failingField, shorten, shownPath, type FailingField } from "./failing-field.js";
import { matchFields, partHolds, treeOf, valuesOf } from "./match.js";
import { fieldsOf, type EventPattern, type PatternField, type PatternPart } from "./pattern.js";

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
