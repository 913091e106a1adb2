import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchEvent, satisfyingEvent, violatingEvent } from "../src/index.js";
import type { JsonValue } from "../src/json.js";
import { eventArbitrary, patternArbitrary } from "./arbitraries.js";
import { patternOf } from "./pattern-of.js";

const matchersByOperator: Readonly<Record<string, JsonValue>> = {
  "a text": "x",
  "a number": 7,
  null: null,
  "an address": "10.0.0.1",
  prefix: { prefix: "ord" },
  suffix: { suffix: ".png" },
  "prefix in any case": { prefix: { "equals-ignore-case": "OrD" } },
  "suffix in any case": { suffix: { "equals-ignore-case": ".PnG" } },
  "equals-ignore-case": { "equals-ignore-case": "Alice" },
  "anything-but a text": { "anything-but": "other" },
  "anything-but numbers": { "anything-but": [0, 1, 2] },
  "anything-but prefixes": { "anything-but": { prefix: ["o", "x"] } },
  "anything-but suffix": { "anything-but": { suffix: "x" } },
  "anything-but every text": { "anything-but": { wildcard: "*" } },
  "anything-but in any case": { "anything-but": { "equals-ignore-case": ["OTHER"] } },
  "a lower bound": { numeric: [">", 1e6] },
  "an upper bound": { numeric: ["<=", -3] },
  "a wide range": { numeric: [">", 0, "<=", 100] },
  "a narrow range": { numeric: [">", 1, "<", 1.0000000000000004] },
  "a number alone": { numeric: ["=", 3.5] },
  "a block of IPv4": { cidr: "10.0.0.0/24" },
  "a block of IPv6": { cidr: "2001:db8::/33" },
  present: { exists: true },
  absent: { exists: false },
  wildcard: { wildcard: "a*b\\*c*" },
};

const bases: readonly JsonValue[] = [
  {},
  { d: { f: "x", keep: 1 } },
  { d: { f: 5 } },
  { d: { f: ["order.png", 7] } },
  { d: [{ f: null }, { g: 1 }] },
  { d: { f: { deep: true } } },
];

describe.each(Object.entries(matchersByOperator))("synthesis for %s", (_operator, matcher) => {
  const pattern = patternOf({ d: { f: [matcher] } });

  it.each(bases.map((base) => ({ base })))("passes and fails from $base", ({ base }) => {
    const passing = satisfyingEvent(pattern, base);
    const failing = violatingEvent(pattern, base);
    expect(passing !== undefined && matchEvent(pattern, passing)).toBe(true);
    expect(failing !== undefined && !matchEvent(pattern, failing)).toBe(true);
  });
});

describe("synthesis", () => {
  it("returns only what the matcher confirms, and leaves an event that needs no change", () => {
    fc.assert(
      fc.property(patternArbitrary, eventArbitrary, (pattern, event) => {
        const parsed = patternOf(pattern);
        const before = JSON.stringify(event);
        const passing = satisfyingEvent(parsed, event);
        const failing = violatingEvent(parsed, event);
        if (passing !== undefined) expect(matchEvent(parsed, passing)).toBe(true);
        if (failing !== undefined) expect(matchEvent(parsed, failing)).toBe(false);
        if (matchEvent(parsed, event)) expect(passing).toBe(event);
        else expect(failing).toBe(event);
        expect(JSON.stringify(event)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it("finds a passing event for nearly every pattern", () => {
    const patterns = fc.sample(patternArbitrary, { numRuns: 300, seed: 11 }).map(patternOf);
    const found = patterns.filter((pattern) => satisfyingEvent(pattern, {}) !== undefined);
    expect(found.length).toBeGreaterThan(290);
  });

  it.each<{ name: string; pattern: JsonValue; base: JsonValue; passing: JsonValue; failing: JsonValue }>([
    {
      name: "one value of the right kind",
      pattern: { detail: { total: [{ numeric: [">", 100] }] } },
      base: { source: "s", detail: { total: 5, id: "o" } },
      passing: { source: "s", detail: { total: 101, id: "o" } },
      failing: { source: "s", detail: { total: 5, id: "o" } },
    },
    {
      name: "the detail rather than the envelope",
      pattern: { source: ["s"], detail: { state: ["paid"] } },
      base: { source: "s", detail: { state: "paid" } },
      passing: { source: "s", detail: { state: "paid" } },
      failing: { source: "s", detail: { state: "paid-other" } },
    },
    {
      name: "every branch of $or that holds",
      pattern: { $or: [{ a: ["x"] }, { b: { $or: [{ c: [1] }, { d: [2] }] } }] },
      base: { a: "x", b: { c: 1, d: 3 } },
      passing: { a: "x", b: { c: 1, d: 3 } },
      failing: { a: "x-other", b: { c: 2, d: 3 } },
    },
    {
      name: "the branch of $or that fails least",
      pattern: { $or: [{ a: ["x"], b: ["x"] }, { c: ["x"] }] },
      base: { c: "y" },
      passing: { c: "x" },
      failing: { c: "y" },
    },
    {
      name: "all elements of an array",
      pattern: { i: { a: [1], b: [2] } },
      base: { i: [{ a: 1 }, { b: 2 }] },
      passing: { i: [{ a: 1, b: 2 }, {}] },
      failing: { i: [{ a: 1 }, { b: 2 }] },
    },
    {
      name: "an absent field by taking it out",
      pattern: { a: { b: [{ exists: false }] }, c: [1] },
      base: { a: { b: 1, z: 1 }, c: 1 },
      passing: { a: { z: 1 }, c: 1 },
      failing: { a: { b: 1, z: 1 }, c: 1 },
    },
  ])("changes $name", ({ pattern, base, passing, failing }) => {
    expect(satisfyingEvent(patternOf(pattern), base)).toEqual(passing);
    expect(violatingEvent(patternOf(pattern), base)).toEqual(failing);
  });

  it("gives up on what cannot be", () => {
    expect(satisfyingEvent(patternOf({ a: { "": ["x"] } }), {})).toBeUndefined();
    expect(violatingEvent(patternOf({ a: [{ exists: true }, { exists: false }] }), {})).toBeUndefined();
  });
});
