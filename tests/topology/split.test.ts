import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitStably } from "../../infra/topology/rules.js";

const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 200 });
const capacity = fc.integer({ min: 1, max: 12 });

function split(items: readonly string[], most: number) {
  return splitStably(
    items,
    (key) => key,
    (part) => part.length <= most,
  );
}

function numbersByKey(items: readonly string[], most: number): Map<string, number> {
  return new Map(split(items, most).flatMap(({ number, items: part }) => part.map((key) => [key, number])));
}

describe("splitStably", () => {
  it("leaves together what fits, under number 0", () => {
    expect(split(["a", "b", "c"], 3)).toEqual([{ number: 0, items: ["a", "b", "c"] }]);
  });

  it("puts every item into exactly one part that fits, whatever the order of the items", () => {
    fc.assert(
      fc.property(keys, capacity, (items, most) => {
        const parts = split(items, most);
        expect(parts.flatMap((part) => part.items).sort()).toEqual([...items].sort());
        expect(new Set(parts.map(({ number }) => number)).size).toBe(parts.length);
        for (const part of parts) expect(part.items.length).toBeLessThanOrEqual(most);
        expect(numbersByKey([...items].reverse(), most)).toEqual(numbersByKey(items, most));
      }),
    );
  });

  it("changes the number of nothing outside the part that a new item splits", () => {
    fc.assert(
      fc.property(keys, capacity, (items, most) => {
        const [added, ...before] = items;
        if (added === undefined || before.length === 0) return;
        const earlier = numbersByKey(before, most);
        const later = numbersByKey(items, most);
        const moved = before.filter((key) => later.get(key) !== earlier.get(key));
        const splitNumbers = new Set(moved.map((key) => earlier.get(key)));
        expect(splitNumbers.size).toBeLessThanOrEqual(1);
        // What shared a part with the moved items is where the new item came in.
        for (const number of splitNumbers) {
          const together = before.filter((key) => earlier.get(key) === number);
          expect(together.length).toBe(most);
        }
      }),
    );
  });

  it("leaves an item that fits nowhere in a part of its own", () => {
    const parts = splitStably(
      ["small", "huge", "tiny"],
      (key) => key,
      (items) => !items.includes("huge"),
    );
    expect(parts.filter(({ items }) => items.includes("huge"))).toEqual([
      expect.objectContaining({ items: ["huge"] }),
    ]);
  });

  it("numbers parts below 2^32, the digits that a rule's name has room for", () => {
    fc.assert(
      fc.property(keys, (items) => {
        for (const { number } of split(items, 1)) expect(number).toBeLessThan(2 ** 32);
      }),
    );
  });
});
