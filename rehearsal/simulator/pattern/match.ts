import type { JsonValue } from "../json-value.js";
import { alternativesIn } from "./alternatives.js";
import { agreeOnElements } from "./array-consistency.js";
import { readEventFields, type EventFields, type FieldValue } from "./event-fields.js";
import { FieldTree } from "./field-tree.js";
import type { EventPattern, PatternField, PatternPart } from "./pattern.js";

/**
 * Whether an event pattern matches an event. An event that is no JSON object matches nothing.
 * @param event the event as parsed by readJson or JSON.parse; the full envelope, not only its detail
 */
export function matchEvent(pattern: EventPattern, event: JsonValue): boolean {
  const fields = readEventFields(event, treeOf(pattern));
  return fields !== undefined && matchFields(pattern, fields);
}

/** As {@link matchEvent}, for fields that were collected along a tree with this pattern's fields. */
export function matchFields(pattern: EventPattern, fields: EventFields): boolean {
  if (!sharesElements(pattern, fields)) return allHold(pattern.parts, fields);
  // Fields in arrays must agree on the elements, so the alternatives are tried one by one; branches that
  // cannot hold whatever the elements are left out first, which keeps the alternatives few.
  const parts = possibleParts(pattern.parts, fields);
  if (parts === undefined) return false;
  for (const alternative of alternativesIn(parts)) {
    if (agreeOnElements(alternative, fields)) return true;
  }
  return false;
}

function sharesElements(pattern: EventPattern, { inArrays }: EventFields): boolean {
  return inArrays.size > 0 && pattern.fields.some(({ name }) => inArrays.has(name));
}

const trees = new WeakMap<EventPattern, FieldTree>();

/** The tree of a pattern's fields, made once. */
export function treeOf(pattern: EventPattern): FieldTree {
  const known = trees.get(pattern);
  if (known !== undefined) return known;
  const tree = new FieldTree();
  addFields(tree, pattern);
  trees.set(pattern, tree);
  return tree;
}

export function addFields(tree: FieldTree, pattern: EventPattern): void {
  for (const field of pattern.fields) if (field.reachable) tree.add(field.name);
}

/** Whether a part holds by itself, without regard to the elements of arrays. */
export function partHolds(part: PatternPart, fields: EventFields): boolean {
  if (part.kind === "or") return part.branches.some((branch) => allHold(branch, fields));
  const values = valuesOf(part, fields);
  if (values === undefined) return part.allowsAbsence;
  for (const { value } of values) if (part.accepts(value)) return true;
  return false;
}

function allHold(parts: readonly PatternPart[], fields: EventFields): boolean {
  for (const part of parts) if (!partHolds(part, fields)) return false;
  return true;
}

export function valuesOf(field: PatternField, fields: EventFields): readonly FieldValue[] | undefined {
  return field.reachable ? fields.values.get(field.name) : undefined;
}

function possibleParts(
  parts: readonly PatternPart[],
  fields: EventFields,
): readonly PatternPart[] | undefined {
  const possible: PatternPart[] = [];
  for (const part of parts) {
    if (part.kind === "field") {
      if (!part.allowsAbsence && !partHolds(part, fields)) return undefined;
      possible.push(part);
      continue;
    }
    const branches = part.branches
      .map((branch) => possibleParts(branch, fields))
      .filter((branch) => branch !== undefined);
    if (branches.length === 0) return undefined;
    possible.push({ ...part, branches });
  }
  return possible;
}
