import { alternativesIn } from "./alternatives.js";
import {
  type EventFields,
  FieldTree,
  type FieldValue,
  type Membership,
  readEventFields,
} from "./event-fields.js";
import type { JsonValue } from "./json.js";
import type { EventPattern, PatternField, PatternPart } from "./pattern.js";

/**
 * Whether an event pattern matches an event. An event that is no JSON object matches nothing.
 * @param event the event as parsed by readJson or JSON.parse; the full envelope, not only its detail
 */
export function matchEvent(pattern: EventPattern, event: JsonValue): boolean {
  const fields = readEventFields(event, treeOf(pattern));
  return fields !== undefined && matchFields(pattern, fields);
}

/**
 * As {@link matchEvent}, for fields that were collected along a tree with this pattern's fields.
 * @param open the parts that are not known to hold
 */
export function matchFields(
  pattern: EventPattern,
  fields: EventFields,
  open: readonly PatternPart[] = pattern.parts,
): boolean {
  if (!sharesElements(pattern, fields)) return allHold(open, fields);
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

/** The elements decided on so far: array number to index. */
type Elements = ReadonlyMap<number, number>;

/**
 * Whether the fields of one alternative hold with the same element of every array they share.
 *
 * As in the engine, the fields are taken in the order of their names, and `exists: false` means that the
 * elements decided on until then do not have the field. All ways to decide are followed side by side, and
 * those that differ only in arrays no later field lies in count once: that keeps separate arrays from
 * multiplying.
 */
function agreeOnElements(alternative: readonly PatternField[], fields: EventFields): boolean {
  const steps = alternative
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((field) => new Step(field, (field.reachable ? fields.values.get(field.name) : undefined) ?? []));
  const neededAfter = arraysNeededAfter(steps);
  let open: readonly Elements[] = [new Map()];
  for (const [index, step] of steps.entries()) {
    const needed = neededAfter[index] ?? new Set();
    const next = new Map<string, Elements>();
    for (const elements of open) {
      for (const decided of step.decide(elements)) {
        const kept = [...decided]
          .filter(([array]) => needed.has(array))
          .sort(([one], [other]) => one - other);
        next.set(kept.join(), new Map(kept));
      }
    }
    if (next.size === 0) return false;
    open = [...next.values()];
  }
  return true;
}

/** For each step, the arrays that values of later steps lie in. */
function arraysNeededAfter(steps: readonly Step[]): readonly ReadonlySet<number>[] {
  const needed: ReadonlySet<number>[] = [];
  let later: ReadonlySet<number> = new Set();
  for (const step of steps.toReversed()) {
    needed.unshift(later);
    later = new Set([...later, ...step.arrays()]);
  }
  return needed;
}

/** One field of the alternative with its values in the event. */
class Step {
  private readonly field: PatternField;
  private readonly values: readonly FieldValue[];
  private readonly byElement = new Map<number, Map<number, FieldValue[]>>();

  constructor(field: PatternField, values: readonly FieldValue[]) {
    this.field = field;
    this.values = values;
    for (const value of values) {
      for (let at = value.membership; at !== null; at = at.outer) this.file(value, at);
    }
  }

  arrays(): Iterable<number> {
    return this.byElement.keys();
  }

  /** Every way to go on from the elements decided so far. */
  *decide(elements: Elements): Generator<Elements> {
    let present = false;
    for (const { value, membership } of this.near(elements)) {
      const decided = agree(elements, membership);
      if (decided === undefined) continue;
      present = true;
      if (this.field.accepts(value)) yield decided;
    }
    if (!present && this.field.allowsAbsence) yield elements;
  }

  /** The values that may lie in the decided elements, without looking through all those that do not. */
  private near(elements: Elements): readonly FieldValue[] {
    for (const [array, index] of elements) {
      const indices = this.byElement.get(array);
      if (indices !== undefined) return indices.get(index) ?? [];
    }
    return this.values;
  }

  private file(value: FieldValue, { array, index }: Membership): void {
    const indices = this.byElement.get(array) ?? new Map<number, FieldValue[]>();
    this.byElement.set(array, indices);
    const values = indices.get(index) ?? [];
    indices.set(index, values);
    values.push(value);
  }
}

/** The elements with those of one more value, or undefined if they contradict each other. */
function agree(elements: Elements, membership: Membership | null): Elements | undefined {
  let decided: Map<number, number> | undefined;
  for (let at = membership; at !== null; at = at.outer) {
    const index = elements.get(at.array);
    if (index === undefined) decided = (decided ?? new Map(elements)).set(at.array, at.index);
    else if (index !== at.index) return undefined;
  }
  return decided ?? elements;
}
