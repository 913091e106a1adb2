import type { JsonScalar } from "../json-value.js";
import { digitsOf } from "../matchers/cidr.js";
import type { IndexKey } from "../matchers/matcher.js";
import { AffixTable } from "./affix-table.js";
import { RangeTree } from "./range-tree.js";

/** The keys of one kind, each with an entry, and the way from a value to the entries it satisfies. */
export interface KeyLookup<Entry> {
  get(key: IndexKey): Entry | undefined;
  set(key: IndexKey, entry: Entry): void;
  /** Calls back for every entry whose key the value satisfies, and perhaps for some more. */
  visit(value: JsonScalar, found: (entry: Entry) => void): void;
}

/** A lookup for the keys of a kind. */
export function lookupFor<Entry>(kind: IndexKey["kind"]): KeyLookup<Entry> {
  switch (kind) {
    case "exact":
      return new ValueLookup(asItIs);
    case "lower-exact":
      return new ValueLookup(lowerCased);
    case "prefix":
      return new AffixLookup("start", text);
    case "suffix":
      return new AffixLookup("end", text);
    case "lower-prefix":
      return new AffixLookup("start", lowerCased);
    case "lower-suffix":
      return new AffixLookup("end", lowerCased);
    case "address":
      return new AffixLookup("start", digitsOf);
    case "range":
      return new RangeLookup();
    case "present":
      return new PresentLookup();
  }
}

class ValueLookup<Entry> implements KeyLookup<Entry> {
  private readonly entries = new Map<JsonScalar, Entry>();
  private readonly read: (value: JsonScalar) => JsonScalar | undefined;

  constructor(read: (value: JsonScalar) => JsonScalar | undefined) {
    this.read = read;
  }

  get(key: IndexKey): Entry | undefined {
    return this.entries.get(plainOf(key));
  }

  set(key: IndexKey, entry: Entry): void {
    this.entries.set(plainOf(key), entry);
  }

  visit(value: JsonScalar, found: (entry: Entry) => void): void {
    const read = this.read(value);
    const entry = read === undefined ? undefined : this.entries.get(read);
    if (entry !== undefined) found(entry);
  }
}

class AffixLookup<Entry> implements KeyLookup<Entry> {
  private readonly table: AffixTable<Entry>;
  private readonly read: (value: JsonScalar) => string | undefined;

  constructor(side: "start" | "end", read: (value: JsonScalar) => string | undefined) {
    this.table = new AffixTable(side);
    this.read = read;
  }

  get(key: IndexKey): Entry | undefined {
    return this.table.get(String(plainOf(key)));
  }

  set(key: IndexKey, entry: Entry): void {
    this.table.set(String(plainOf(key)), entry);
  }

  visit(value: JsonScalar, found: (entry: Entry) => void): void {
    const read = this.read(value);
    if (read !== undefined) this.table.visit(read, found);
  }
}

class RangeLookup<Entry> implements KeyLookup<Entry> {
  private readonly tree = new RangeTree<Entry>();
  private readonly entries = new Map<JsonScalar, Entry>();

  get(key: IndexKey): Entry | undefined {
    return this.entries.get(plainOf(key));
  }

  set(key: IndexKey, entry: Entry): void {
    this.entries.set(plainOf(key), entry);
    if (key.kind === "range") this.tree.add(key.low, key.high, entry);
  }

  visit(value: JsonScalar, found: (entry: Entry) => void): void {
    if (typeof value === "number") this.tree.visit(value, found);
  }
}

class PresentLookup<Entry> implements KeyLookup<Entry> {
  private entry: Entry | undefined;

  get(): Entry | undefined {
    return this.entry;
  }

  set(_key: IndexKey, entry: Entry): void {
    this.entry = entry;
  }

  visit(_value: JsonScalar, found: (entry: Entry) => void): void {
    if (this.entry !== undefined) found(this.entry);
  }
}

/** What tells a key from the others of its kind. */
function plainOf(key: IndexKey): string | number | boolean | null {
  switch (key.kind) {
    case "exact":
      return key.value;
    case "address":
      return key.digits;
    case "range":
      return `${key.low}/${key.high}`;
    case "present":
      return null;
    default:
      return key.text;
  }
}

function asItIs(value: JsonScalar): JsonScalar {
  return value;
}

function text(value: JsonScalar): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function lowerCased(value: JsonScalar): string | undefined {
  return typeof value === "string" ? value.toLowerCase() : undefined;
}
