import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EventPattern, matchEvent } from "../src/index.js";
import type { JsonValue } from "../src/json.js";
import { RuleIndex } from "../src/rule-index.js";
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

  // How a pattern may name the source and detail-type by which rules are filed, or leave them open.
  const families: Readonly<Record<string, (rule: number) => JsonValue>> = {
    "a source": (rule) => ({ source: [`s${rule % 9}`] }),
    "sources and types": (rule) => ({ source: ["s1", `s${rule}`], "detail-type": ["t1", `t${rule}`] }),
    "a type only": (rule) => ({ "detail-type": [`t${rule % 9}`] }),
    "pairs in branches": (rule) => ({
      $or: [
        { source: [`s${rule}`], "detail-type": ["t1", "t2"] },
        { source: ["s1"], "detail-type": [`t${rule}`] },
      ],
    }),
    "a branch without source": (rule) => ({ $or: [{ source: [`s${rule}`] }, { detail: { id: [rule] } }] }),
    "a source beside branches": (rule) => ({
      source: ["s1", "s2"],
      $or: [{ "detail-type": [`t${rule % 5}`] }, { detail: { id: [rule] } }],
    }),
    "branches twice": (rule) => ({
      $or: [{ source: ["s1"] }, { source: [`s${rule}`] }],
      detail: { $or: [{ id: [rule] }, { id: [{ exists: false }] }] },
    }),
    "other matchers": (rule) => ({
      source:
        [[{ prefix: "s" }, "x"], [{ "anything-but": `s${rule}` }], [{ exists: true }, `s${rule}`]][
          rule % 3
        ] ?? [],
    }),
    "sources that are addresses": (rule) => ({ source: [`10.0.0.${rule}`] }),
    "numbers and null": (rule) => ({ source: [rule, null, { numeric: ["=", rule] }] }),
    "too many kinds": (rule) => ({
      source: Array.from({ length: 40 }, (_, at) => `s${at * rule}`),
      "detail-type": Array.from({ length: 40 }, (_, at) => `t${at}`),
    }),
    "no source at all": (rule) => ({ source: [{ exists: false }], "detail-type": [`t${rule % 9}`] }),
  };
  const kinds: readonly JsonValue[] = [
    "s1",
    "s7",
    "s8",
    "t1",
    "10.0.0.7",
    "010.0.0.7",
    7,
    null,
    ["s2", "s7"],
    [],
  ];
  const types: readonly JsonValue[] = ["t1", "t2", "t7", 1, ["t3", "t1"]];

  it.each(Object.entries(families))("answers so for many rules with %s", (_family, pattern) => {
    const rules = Array.from({ length: 60 }, (_, rule) => patternOf(pattern(rule)));
    const index = indexOf(rules);
    const events = kinds.flatMap((source) =>
      types.flatMap((type) => [
        { source, "detail-type": type },
        { source, "detail-type": type, detail: { id: 7 } },
      ]),
    );
    for (const event of [...events, {}, { source: "s1" }, { "detail-type": "t1" }])
      expect(index.match(event)).toEqual(naive(rules, event));
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

  it("keeps rules with the same pattern apart", () => {
    expect(indexOf(Array.from({ length: 40 }, () => patternOf({ a: [1] }))).match({ a: 1 })).toHaveLength(40);
  });

  it("finds nothing for an event that is no object", () => {
    expect(indexOf([patternOf({ a: [{ exists: false }] })]).match([])).toEqual([]);
  });
});
