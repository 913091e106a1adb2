import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../rehearsal/simulator/json.js";
import { matchEvent, type EventPattern } from "../../../rehearsal/simulator/pattern/index.js";
import { RuleIndex } from "../../../rehearsal/simulator/rule-index.js";
import { eventArbitrary, patternArbitrary } from "./arbitraries.js";
import { patternOf } from "./pattern-of.js";

function naive(rules: readonly EventPattern[], event: JsonValue): number[] {
  return rules.flatMap((pattern, rule) => (matchEvent(pattern, event) ? [rule] : []));
}

function indexOf(rules: readonly EventPattern[]): RuleIndex<number> {
  const index = new RuleIndex<number>();
  rules.forEach((pattern, rule) => {
    index.add(pattern, rule);
  });
  return index;
}

// A pool is drawn once: making patterns takes longer than matching them.
const pool = fc.sample(patternArbitrary, { numRuns: 400, seed: 5 }).map(patternOf);
const rulesArbitrary = fc.array(fc.constantFrom(...pool), { maxLength: 150, size: "max" });

describe("the rule index", () => {
  it("answers as trying every rule would, in the order of the rules", () => {
    const events = fc.array(eventArbitrary, { minLength: 5, maxLength: 20 });
    fc.assert(
      fc.property(rulesArbitrary, events, (rules, sent) => {
        const index = indexOf(rules);
        for (const event of sent) expect(index.match(event)).toEqual(naive(rules, event));
      }),
      { numRuns: 100 },
    );
  });

  it("answers the same while rules are still being added", () => {
    fc.assert(
      fc.property(rulesArbitrary, eventArbitrary, (rules, event) => {
        const index = new RuleIndex<number>();
        rules.forEach((pattern, rule) => {
          index.add(pattern, rule);
          expect(index.match(event)).toEqual(naive(rules.slice(0, rule + 1), event));
        });
      }),
      { numRuns: 15 },
    );
  });

  // Many rules of one matcher each, so that every way to look a rule up is used, and deeply.
  const families: Readonly<Record<string, (rule: number) => JsonValue>> = {
    "plain values": (rule) => `v${rule}`,
    prefixes: (rule) => ({ prefix: `v${rule}` }),
    suffixes: (rule) => ({ suffix: String(rule) }),
    "equals-ignore-case": (rule) => ({ "equals-ignore-case": `V${rule}` }),
    "prefixes in any case": (rule) => ({ prefix: { "equals-ignore-case": `V${rule % 10}` } }),
    "suffixes in any case": (rule) => ({ suffix: { "equals-ignore-case": String(rule % 30) } }),
    addresses: (rule) => `10.0.0.${rule}`,
    blocks: (rule) => ({ cidr: `10.0.0.${rule}/${24 + (rule % 8)}` }),
    "blocks of IPv6": (rule) => ({ cidr: `a00::${rule}/${rule % 120}` }),
    ranges: (rule) => ({ numeric: [">=", rule, "<", rule + 1 + (rule % 20)] }),
    "open ranges": (rule) => ({ numeric: [rule % 2 === 0 ? ">" : "<=", rule] }),
    numbers: (rule) => ({ numeric: ["=", rule / 2] }),
    wildcards: (rule) => ({ wildcard: rule % 2 === 0 ? `v${rule}*` : `*${rule}` }),
    "anything-but": (rule) => ({ "anything-but": `v${rule}` }),
    exists: (rule) => ({ exists: rule % 2 === 0 }),
  };
  const values: readonly JsonValue[] = [
    ...["v7", "V7", "v11", "v111", "7", "x30", "", "10.0.0.7", "010.0.0.9", "::ffff:a00:7", "a00::1", "::1"],
    ...[0, 7, 7.5, 60, 1e9, -1, null, true],
    ...[["v1", "v2"], [], ["V3", 5]],
  ];

  it.each(Object.entries(families))("answers so for many %s", (_family, matcher) => {
    const rules = Array.from({ length: 150 }, (_, rule) => patternOf({ f: [matcher(rule)] }));
    const index = indexOf(rules);
    for (const value of values) expect(index.match({ f: value })).toEqual(naive(rules, { f: value }));
    expect(index.match({})).toEqual(naive(rules, {}));
  });

  it("answers so for rules that differ in the third field only", () => {
    const rules = Array.from({ length: 300 }, (_, rule) =>
      patternOf({ source: ["s"], "detail-type": [`t${rule % 2}`], detail: { id: [rule] } }),
    );
    const event = { source: "s", "detail-type": "t1", detail: { id: [7, 8, 9] } };
    expect(indexOf(rules).match(event)).toEqual([7, 9]);
  });

  it("gives a rule once, however many of its branches hold", () => {
    const rule = patternOf({ $or: [{ a: ["x"] }, { b: ["x"] }, { a: [{ prefix: "x" }] }] });
    const index = indexOf(Array.from({ length: 50 }, () => rule));
    expect(index.match({ a: ["x", "xy"], b: "x" })).toEqual(Array.from({ length: 50 }, (_, order) => order));
  });

  it("does not copy rules with many values for many fields without end", () => {
    const values = Array.from({ length: 20 }, (_, value) => value);
    const fields = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((field) => [field, values]));
    const rule = patternOf({ ...fields, $or: values.map((value) => ({ g: [value] })) });
    const index = indexOf(Array.from({ length: 100 }, () => rule));
    expect(index.match({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 })).toHaveLength(100);
  });

  it("keeps rules with the same pattern apart", () => {
    expect(indexOf(Array.from({ length: 40 }, () => patternOf({ a: [1] }))).match({ a: 1 })).toHaveLength(40);
  });

  it("finds nothing for an event that is no object", () => {
    expect(indexOf([patternOf({ a: [{ exists: false }] })]).match([])).toEqual([]);
  });
});
