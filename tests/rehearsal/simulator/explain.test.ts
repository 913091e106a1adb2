import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../rehearsal/simulator/json.js";
import { describeMismatch, explainMismatch, matchEvent } from "../../../rehearsal/simulator/pattern/index.js";
import { eventArbitrary, patternArbitrary } from "./arbitraries.js";
import { patternOf } from "./pattern-of.js";

function explain(pattern: JsonValue, event: JsonValue): string | undefined {
  const mismatch = explainMismatch(patternOf(pattern), event);
  return mismatch && describeMismatch(mismatch);
}

describe("explaining a mismatch", () => {
  it("has nothing to say exactly if the pattern matches", () => {
    fc.assert(
      fc.property(patternArbitrary, eventArbitrary, (pattern, event) => {
        const parsed = patternOf(pattern);
        expect(explainMismatch(parsed, event) === undefined).toBe(matchEvent(parsed, event));
      }),
      { numRuns: 500 },
    );
  });

  it.each<{ name: string; pattern: JsonValue; event: JsonValue; says: string }>([
    {
      name: "the first part that fails, with what was wanted and found",
      pattern: { source: ["orders"], "detail-type": ["Order.Created", "Order.Updated"], detail: { n: [1] } },
      event: { source: "orders", "detail-type": "Delivery.Updated" },
      says: "detail-type: wanted one of Order.Created, Order.Updated; the event has Delivery.Updated",
    },
    {
      name: "an absent field",
      pattern: { detail: { total: [{ numeric: [">", 0, "<=", 5] }] } },
      event: { detail: {} },
      says: "detail.total: wanted a number > 0 and <= 5; the event has no value there",
    },
    {
      name: "text apart from what looks like it",
      pattern: { a: [5, "5", "true", { prefix: "x y" }] },
      event: { a: ["6", 7] },
      says: 'a: wanted one of 5, "5", "true", a value starting with "x y"; the event has "6", 7',
    },
    {
      name: "the branch of $or that fails least",
      pattern: {
        $or: [
          { a: [1], b: [1] },
          { a: [2], c: [1] },
        ],
      },
      event: { a: 2, c: 0 },
      says: "c: wanted 1; the event has 0 (the closest of 2 alternatives)",
    },
    {
      name: "fields that hold in different elements",
      pattern: { i: { a: [1], b: [2] } },
      event: { i: [{ a: 1 }, { b: 2 }] },
      says: "i.a, i.b: each holds somewhere, but not all in the same element of an array",
    },
    {
      name: "of several arrays the one that has no such element",
      pattern: { i: { a: [1], z: [{ exists: false }] }, j: { a: [1], b: [1] }, k: [1] },
      event: { i: [{ a: 1 }, { z: 1 }], j: [{ a: 1 }, { b: 1 }], k: 1 },
      says: "j.a, j.b: each holds somewhere, but not all in the same element of an array",
    },
    {
      name: "a field that no element may have",
      pattern: { i: { z: [{ exists: false }] } },
      event: { i: [{ a: 1 }, { z: 1 }] },
      says: "i.z: wanted no value; the event has 1",
    },
    {
      name: "an event that is no object",
      pattern: { a: [1] },
      event: [1],
      says: "the event is no JSON object but [1]",
    },
  ])("names $name", ({ pattern, event, says }) => {
    expect(explain(pattern, event)).toBe(says);
  });

  it("shortens what is long", () => {
    const text = explain({ a: [1] }, { a: Array.from({ length: 50 }, () => "x".repeat(500)) });
    expect(text).toContain("and 45 more");
    expect(text?.length).toBeLessThan(600);
  });
});
