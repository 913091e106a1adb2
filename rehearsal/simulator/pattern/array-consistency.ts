import type { EventFields, FieldValue, Membership } from "./event-fields.js";
import type { PatternField } from "./pattern.js";

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
export function agreeOnElements(alternative: readonly PatternField[], fields: EventFields): boolean {
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
