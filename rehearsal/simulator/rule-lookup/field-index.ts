import type { JsonScalar } from "../json-value.js";
import type { IndexKey } from "../matchers/matcher.js";
import { lookupFor, type KeyLookup } from "./key-lookup.js";

/** What is filed under the keys; it only needs to know its size. */
export interface Bucket {
  readonly size: number;
}

/** One field's keys, each with a bucket, and the way from a value of the field to the buckets. */
export class FieldIndex<B extends Bucket> {
  /** One for each kind of key that occurs. */
  private readonly lookups = new Map<IndexKey["kind"], KeyLookup<B>>();
  private opened = 0;
  private ranges = 0;
  private readonly makeBucket: () => B;

  constructor(makeBucket: () => B) {
    this.makeBucket = makeBucket;
  }

  /** What share of all that was filed here is in the bucket of a key; of ranges, what a search looks at. */
  share(key: IndexKey): number {
    const size = key.kind === "range" ? this.ranges / 8 : (this.lookups.get(key.kind)?.get(key)?.size ?? 0);
    return (1 + size) / (1 + this.opened);
  }

  /** The bucket of a key, made if need be, to file something there. */
  open(key: IndexKey): B {
    this.opened += 1;
    const lookup = this.lookups.get(key.kind) ?? lookupFor<B>(key.kind);
    this.lookups.set(key.kind, lookup);
    const known = lookup.get(key);
    if (known !== undefined) return known;
    const bucket = this.makeBucket();
    lookup.set(key, bucket);
    if (key.kind === "range") this.ranges += 1;
    return bucket;
  }

  /** Every bucket with a key that the value satisfies, and perhaps some more; a bucket may come twice. */
  visit(value: JsonScalar, found: (bucket: B) => void): void {
    for (const lookup of this.lookups.values()) lookup.visit(value, found);
  }
}
