import { jsonText, type JsonScalar, type JsonValue } from "../json-value.js";
import { describeList, describeScalar } from "../matchers/describe.js";
import { readEventFields, type EventFields, type Membership } from "./event-fields.js";
import { matchFields, partHolds, treeOf, valuesOf } from "./match.js";
import { fieldsOf, type EventPattern, type PatternField, type PatternPart } from "./pattern.js";
import { pathTo } from "./problem.js";

/** Why a pattern does not match an event: the first part of it, in its own order, that does not hold. */
export type Mismatch =
  | { readonly kind: "event-is-no-object"; readonly found: JsonValue }
  | {
      readonly kind: "value";
      /** The field, as `detail.total`. */
      readonly path: string;
      /** The alternatives as text for people: `Order.Created`, `a number > 5`. */
      readonly wanted: readonly string[];
      /** The leaf values found; none if the field is absent, which an object or an empty list is too. */
      readonly found: readonly JsonScalar[];
      /** Of how many `$or` branches this is the closest; 1 outside `$or`. */
      readonly closestOf: number;
    }
  | {
      /** Every field holds somewhere, but never all in the same element of an array. */
      readonly kind: "different-elements";
      readonly paths: readonly string[];
    };

/**
 * What keeps a pattern from matching an event.
 * @returns undefined exactly if {@link matchEvent} is true; in `$or`, the first part of the branch that
 * fails in the fewest fields
 */
export function explainMismatch(pattern: EventPattern, event: JsonValue): Mismatch | undefined {
  const fields = readEventFields(event, treeOf(pattern));
  if (fields === undefined) return { kind: "event-is-no-object", found: event };
  if (matchFields(pattern, fields)) return undefined;
  const failing = firstFailing(pattern.parts, fields, 1) ?? firstOutOfStep(pattern, fields);
  if (!("field" in failing)) return failing;
  const { field, closestOf } = failing;
  return {
    kind: "value",
    path: shownPath(field),
    wanted: field.matchers.map(({ wanted }) => wanted),
    found: (valuesOf(field, fields) ?? []).map(({ value }) => value),
    closestOf,
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
      const { path, wanted, found, closestOf } = mismatch;
      const values = found.slice(0, SHOWN_VALUES).map((value) => shorten(describeScalar(value)));
      const more = found.length > values.length ? ` and ${found.length - values.length} more` : "";
      const has = found.length === 0 ? "no value there" : values.join(", ") + more;
      const or = closestOf > 1 ? ` (the closest of ${closestOf} alternatives)` : "";
      return `${path}: wanted ${describeList(wanted)}; the event has ${has}${or}`;
    }
  }
}

const SHOWN_VALUES = 5;
const SHOWN_CHARACTERS = 80;

function shorten(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;
}

function shownPath({ path }: PatternField): string {
  return path.reduce(pathTo, "");
}

interface Failing {
  readonly field: PatternField;
  readonly closestOf: number;
}

function firstFailing(
  parts: readonly PatternPart[],
  fields: EventFields,
  closestOf: number,
): Failing | undefined {
  for (const part of parts) {
    if (mayHold(part, fields)) continue;
    if (part.kind === "field") return { field: part, closestOf };
    const ranked = part.branches.toSorted((one, other) => failures(one, fields) - failures(other, fields));
    return firstFailing(ranked[0] ?? [], fields, closestOf * part.branches.length);
  }
  return undefined;
}

/** Whether a part can hold by itself, in some element of the arrays that it lies in. */
function mayHold(part: PatternPart, fields: EventFields): boolean {
  if (part.kind === "or")
    return part.branches.some((branch) => branch.every((inner) => mayHold(inner, fields)));
  return partHolds(part, fields) || (part.allowsAbsence && fields.inArrays.has(part.name));
}

/** The first part that does not hold in the same elements as those before it, and what it shares them with. */
function firstOutOfStep(pattern: EventPattern, fields: EventFields): Mismatch | Failing {
  const count = pattern.parts.findIndex((_, last) => {
    return !matchFields({ ...pattern, parts: pattern.parts.slice(0, last + 1) }, fields);
  });
  const part = pattern.parts[count];
  if (part?.kind === "field" && count === 0) return { field: part, closestOf: 1 };
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

/** How many fields fail, in the best branch of each `$or`. */
function failures(parts: readonly PatternPart[], fields: EventFields): number {
  return parts.reduce((sum, part) => {
    if (part.kind === "field") return sum + (mayHold(part, fields) ? 0 : 1);
    return sum + Math.min(...part.branches.map((branch) => failures(branch, fields)));
  }, 0);
}
