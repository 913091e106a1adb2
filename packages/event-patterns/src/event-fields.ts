import {
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type JsonScalar,
  type JsonValue,
  MAX_JSON_DEPTH,
  RepeatedMembers,
} from "./json.js";

/** In which element of which array a value lies, from the inside out; null outside every array. */
export interface Membership {
  /** Number of the array, unique in the event. */
  readonly array: number;
  readonly index: number;
  readonly outer: Membership | null;
}

export interface FieldValue {
  readonly value: JsonScalar;
  readonly membership: Membership | null;
}

/** The leaf values of an event, by field name; only the fields some pattern asks for. */
export interface EventFields {
  readonly values: ReadonlyMap<string, readonly FieldValue[]>;
  /** The fields with a value in an array element; such fields must agree on the element. */
  readonly inArrays: ReadonlySet<string>;
}

/** Collects the values of the tree's fields; undefined if the event is no JSON object. */
export function readEventFields(event: JsonValue, tree: FieldTree): EventFields | undefined {
  if (!isJsonObject(event)) return undefined;
  const reader = new EventReader();
  reader.object(event, tree, null, 0);
  return reader;
}

class EventReader implements EventFields {
  readonly values = new Map<string, FieldValue[]>();
  readonly inArrays = new Set<string>();
  private arrays = 0;

  object(object: JsonValue, tree: FieldTree, membership: Membership | null, depth: number): void {
    if (object instanceof RepeatedMembers) {
      for (const [key, value] of object.members) this.member(key, value, tree, membership, depth);
    } else if (isJsonObject(object)) {
      for (const key of Object.keys(object)) {
        const below = tree.below(key);
        const value = below === undefined ? undefined : object[key];
        if (below !== undefined && value !== undefined) this.value(value, below, membership, depth);
      }
    }
  }

  private member(
    key: string,
    value: JsonValue,
    tree: FieldTree,
    membership: Membership | null,
    depth: number,
  ): void {
    const below = tree.below(key);
    if (below !== undefined) this.value(value, below, membership, depth);
  }

  private value(value: JsonValue, tree: FieldTree, membership: Membership | null, depth: number): void {
    if (isJsonScalar(value)) this.leaf(value, tree, membership);
    else if (depth > MAX_JSON_DEPTH) return;
    else if (isJsonArray(value)) this.array(value, tree, membership, depth + 1);
    else this.object(value, tree, membership, depth + 1);
  }

  /** A plain value belongs to no element of its own array: values of one list need not agree. */
  private array(items: readonly JsonValue[], tree: FieldTree, outer: Membership | null, depth: number): void {
    const array = this.arrays;
    this.arrays += 1;
    items.forEach((item, index) => {
      if (isJsonScalar(item)) this.leaf(item, tree, outer);
      else this.value(item, tree, { array, index, outer }, depth);
    });
  }

  private leaf(value: JsonScalar, tree: FieldTree, membership: Membership | null): void {
    if (tree.field === undefined) return;
    if (membership !== null) this.inArrays.add(tree.field);
    const known = this.values.get(tree.field);
    if (known === undefined) this.values.set(tree.field, [{ value, membership }]);
    else known.push({ value, membership });
  }
}

/**
 * The field names that patterns ask for, as a tree of the parts between the dots. Walking an event along
 * it leaves out everything that no pattern asks for.
 */
export class FieldTree {
  /** Name of the field that ends here, if a pattern asks for it. */
  field: string | undefined = undefined;
  private readonly children = new Map<string, FieldTree>();

  add(name: string): void {
    const end = name.split(".").reduce<FieldTree>((tree, part) => tree.child(part), this);
    end.field = name;
  }

  /** What lies below a key of an event. A key with dots is a path of its own. */
  below(key: string): FieldTree | undefined {
    const child = this.children.get(key);
    if (child !== undefined || !key.includes(".")) return child;
    return key.split(".").reduce<FieldTree | undefined>((tree, part) => tree?.children.get(part), this);
  }

  private child(part: string): FieldTree {
    const known = this.children.get(part);
    if (known !== undefined) return known;
    const child = new FieldTree();
    this.children.set(part, child);
    return child;
  }
}
