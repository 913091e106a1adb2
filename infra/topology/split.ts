import { createHash } from "node:crypto";

/** Things that share one rule, and the number that tells the rule from its siblings. */
export interface Part<Item> {
  readonly number: number;
  readonly items: readonly Item[];
}

/** Bits of the hash that can tell two keys apart; numbers from 2^31 on are those of {@link numberApart}. */
const maxDepth = 31;

/**
 * Divides items into as many parts as needed for each to fit, so stably that adding an item touches the
 * part it falls into and no other. A part that grows too large is halved by the next bit of its items' hashes:
 * one half keeps the number, the other gets a new one, as in extendible hashing. Filling parts in order would
 * move everything behind a new item into the next rule.
 * @returns parts by number; numbers may have gaps. A single item that does not fit is a part of its own
 */
export function splitStably<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  fits: (items: readonly Item[]) => boolean,
): Part<Item>[] {
  const halve = (part: Part<Item>, depth: number): Part<Item>[] => {
    if (part.items.length <= 1 || depth >= maxDepth || fits(part.items)) return [part];
    const halves = [0, 1].map((bit) => ({
      number: part.number + bit * 2 ** depth,
      items: part.items.filter((item) => hashBit(keyOf(item), depth) === bit),
    }));
    return halves.filter(({ items: half }) => half.length > 0).flatMap((half) => halve(half, depth + 1));
  };
  return halve({ number: 0, items }, 0).sort((left, right) => left.number - right.number);
}

/** The number of something that is to be a part of its own for ever, whatever else there is. */
export function numberApart(key: string): number {
  return 2 ** maxDepth + (hashOf(key) % 2 ** maxDepth);
}

function hashBit(key: string, bit: number): number {
  return (hashOf(key) >>> bit) & 1;
}

function hashOf(key: string): number {
  return createHash("sha256").update(key).digest().readUInt32LE(0);
}
