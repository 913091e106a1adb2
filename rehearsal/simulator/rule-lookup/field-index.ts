import type { JsonScalar } from "../json-value.js";
import { digitsOf } from "../matchers/cidr.js";
import type { IndexKey } from "../matchers/matcher.js";
import { AffixTable } from "./affix-table.js";
import { RangeTree } from "./range-tree.js";

/** What is filed under the keys; it only needs to know its size. */
export interface Bucket {
  readonly size: number;
}

/** One field's keys, each with a bucket, and the way from a value of the field to the buckets. */
export class FieldIndex<B extends Bucket> {
  private readonly exact = new Map<JsonScalar, B>();
  private readonly lowerExact = new Map<string, B>();
  private readonly prefixes = new AffixTable<B>("start");
  private readonly suffixes = new AffixTable<B>("end");
  private readonly lowerPrefixes = new AffixTable<B>("start");
  private readonly lowerSuffixes = new AffixTable<B>("end");
  private readonly addresses = new AffixTable<B>("start");
  private readonly ranges = new RangeTree<B>();
  private readonly rangeBuckets = new Map<string, B>();
  private present: B | undefined;
  private opened = 0;
  private looksAtCase = false;
  private looksAtAddresses = false;
  private readonly makeBucket: () => B;

  constructor(makeBucket: () => B) {
    this.makeBucket = makeBucket;
  }

  /** What share of all that was filed here is in the bucket of a key; of ranges, what a search looks at. */
  share(key: IndexKey): number {
    const size = key.kind === "range" ? this.ranges.size / 8 : (this.find(key)?.size ?? 0);
    return (1 + size) / (1 + this.opened);
  }

  /** The bucket of a key, made if need be, to file something there. */
  open(key: IndexKey): B {
    this.opened += 1;
    const known = this.find(key);
    if (known !== undefined) return known;
    const bucket = this.makeBucket();
    this.file(key, bucket);
    return bucket;
  }

  /** Every bucket with a key that the value satisfies, and perhaps some more; a bucket may come twice. */
  visit(value: JsonScalar, found: (bucket: B) => void): void {
    if (this.present !== undefined) found(this.present);
    const same = this.exact.get(value);
    if (same !== undefined) found(same);
    if (typeof value === "number") this.ranges.visit(value, found);
    if (typeof value === "string") {
      this.prefixes.visit(value, found);
      this.suffixes.visit(value, found);
      if (this.looksAtCase) this.visitLower(value.toLowerCase(), found);
    }
    if (this.looksAtAddresses) {
      const digits = digitsOf(value);
      if (digits !== undefined) this.addresses.visit(digits, found);
    }
  }

  private find(key: IndexKey): B | undefined {
    switch (key.kind) {
      case "exact":
        return this.exact.get(key.value);
      case "lower-exact":
        return this.lowerExact.get(key.text);
      case "range":
        return this.rangeBuckets.get(`${key.low}/${key.high}`);
      case "present":
        return this.present;
      default:
        return this.findAffix(key);
    }
  }

  private visitLower(value: string, found: (bucket: B) => void): void {
    const same = this.lowerExact.get(value);
    if (same !== undefined) found(same);
    this.lowerPrefixes.visit(value, found);
    this.lowerSuffixes.visit(value, found);
  }

  private file(key: IndexKey, bucket: B): void {
    switch (key.kind) {
      case "exact":
        this.exact.set(key.value, bucket);
        break;
      case "lower-exact":
        this.lowerExact.set(key.text, bucket);
        this.looksAtCase = true;
        break;
      case "range":
        this.ranges.add(key.low, key.high, bucket);
        this.rangeBuckets.set(`${key.low}/${key.high}`, bucket);
        break;
      case "present":
        this.present = bucket;
        break;
      default: {
        const { table, text } = this.tableOf(key);
        table.set(text, bucket);
        this.looksAtCase ||= key.kind === "lower-prefix" || key.kind === "lower-suffix";
        this.looksAtAddresses ||= key.kind === "address";
      }
    }
  }

  private findAffix(key: AffixKey): B | undefined {
    const { table, text } = this.tableOf(key);
    return table.get(text);
  }

  private tableOf(key: AffixKey): { readonly table: AffixTable<B>; readonly text: string } {
    switch (key.kind) {
      case "prefix":
        return { table: this.prefixes, text: key.text };
      case "suffix":
        return { table: this.suffixes, text: key.text };
      case "lower-prefix":
        return { table: this.lowerPrefixes, text: key.text };
      case "lower-suffix":
        return { table: this.lowerSuffixes, text: key.text };
      case "address":
        return { table: this.addresses, text: key.digits };
    }
  }
}

type AffixKey = Exclude<IndexKey, { readonly kind: "exact" | "lower-exact" | "range" | "present" }>;
