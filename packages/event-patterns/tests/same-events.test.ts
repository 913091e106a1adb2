import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchEvent, overlaps, sameEvents, satisfyingEvent } from "../src/index.js";
import { type Comparison } from "../src/compare.js";
import { isJsonArray, isJsonObject, type JsonValue, membersOf } from "../src/json.js";
import { eventArbitrary, patternArbitrary } from "./arbitraries.js";
import { patternOf } from "./pattern-of.js";

function compare(
  left: JsonValue | readonly JsonValue[],
  right: JsonValue | readonly JsonValue[],
): Comparison {
  const all = (side: JsonValue | readonly JsonValue[]) => (isJsonArray(side) ? side : [side]).map(patternOf);
  return sameEvents(all(left), all(right));
}

const created = (detail: JsonValue) => ({ source: ["s"], "detail-type": ["T"], detail });

describe("patterns that take the same events", () => {
  const numbers = [{ numeric: [">", 1] }, { numeric: ["<", 0] }];
  it.each<{ name: string; left: JsonValue; right: JsonValue }>([
    { name: "lists in another order", left: { a: ["x", "y"] }, right: { a: ["y", "x", "y"] } },
    { name: "fields in another order", left: { a: ["x"], b: [1] }, right: { b: [1], a: ["x"] } },
    { name: "a number and its equation", left: { a: [5] }, right: { a: [{ numeric: ["=", 5] }] } },
    { name: "another spelling of a number", left: '{"a": [100]}', right: '{"a": [1e2]}' },
    {
      name: "one excluded value, alone or listed",
      left: { a: [{ "anything-but": "x" }] },
      right: { a: [{ "anything-but": ["x"] }] },
    },
    {
      name: "excluded values in another order",
      left: { a: [{ "anything-but": [1, 2] }] },
      right: { a: [{ "anything-but": [2, 1] }] },
    },
    {
      name: "a star at the end and a prefix",
      left: { a: [{ wildcard: "ord-*" }] },
      right: { a: [{ prefix: "ord-" }] },
    },
    {
      name: "a star at the start and a suffix",
      left: { a: [{ wildcard: "*.png" }] },
      right: { a: [{ suffix: ".png" }] },
    },
    {
      name: "an excluded prefix",
      left: { a: [{ "anything-but": { wildcard: "x*" } }] },
      right: { a: [{ "anything-but": { prefix: "x" } }] },
    },
    { name: "a wildcard without a star", left: { a: [{ wildcard: "x\\*" }] }, right: { a: ["x*"] } },
    {
      name: "every text",
      left: { a: [{ prefix: "" }] },
      right: { a: [{ suffix: { "equals-ignore-case": "" } }] },
    },
    {
      name: "any case",
      left: { a: [{ "equals-ignore-case": "Ab" }] },
      right: { a: [{ "equals-ignore-case": "aB" }] },
    },
    {
      name: "a block by another of its addresses",
      left: { a: [{ cidr: "10.0.0.7/24" }] },
      right: { a: [{ cidr: "10.0.0.0/24" }] },
    },
    { name: "an address in another spelling", left: { a: ["::1"] }, right: { a: ["0:0:0:0:0:0:0:1"] } },
    { name: "a dot and a level", left: { "a.b": ["x"] }, right: { a: { b: ["x"] } } },
    { name: "one list and $or", left: { a: ["x", "y"] }, right: { $or: [{ a: ["x"] }, { a: ["y"] }] } },
    {
      name: "absence or a value, listed and apart",
      left: { a: [{ exists: false }, "x"] },
      right: { $or: [{ a: ["x"] }, { a: [{ exists: false }] }] },
    },
    {
      name: "a branch that another holds",
      left: { $or: [{ a: ["x"] }, { a: ["x"], b: [1] }] },
      right: { a: ["x"] },
    },
    {
      name: "$or above and below",
      left: { $or: [created({ n: numbers }), created({ m: [1] })] },
      right: created({ $or: [{ m: [1] }, { n: numbers }] }),
    },
    {
      name: "sources joined that have the same detail-types",
      left: { source: ["a", "b"], "detail-type": ["X", "Y"] },
      right: { $or: ["a", "b"].map((source) => ({ source: [source], "detail-type": ["Y", "X"] })) },
    },
  ])("$name", ({ left, right }) => {
    expect(compare(left, right)).toEqual({ kind: "same" });
    expect(compare(right, left)).toEqual({ kind: "same" });
  });

  it("are found among several rules together", () => {
    expect(compare([{ a: ["x"] }, { a: ["y", "z"] }], [{ a: ["z"] }, { a: ["y", "x"] }]).kind).toBe("same");
    expect(compare([], []).kind).toBe("same");
  });

  it("are found without writing out long lists", () => {
    const list = Array.from({ length: 300 }, (_, index) => `value-${index}`);
    const side = (source: string[]) => ({ source, detail: { a: list, b: list, c: list, d: list } });
    expect(compare(side(["s", "t"]), [side(["t"]), side(["s"])]).kind).toBe("same");
  });
});

describe("patterns that take different events", () => {
  it.each<{ name: string; left: JsonValue; right: JsonValue; onlyLeft: string[]; onlyRight: string[] }>([
    {
      name: "a value more",
      left: created({ country: ["DE", "AT", "CH"] }),
      right: created({ country: ["DE", "AT"] }),
      onlyLeft: ["source s, detail-type T, detail.country CH"],
      onlyRight: [],
    },
    {
      name: "another bound",
      left: created({ n: [{ numeric: [">", 100] }] }),
      right: created({ n: [{ numeric: [">=", 100] }] }),
      onlyLeft: ["source s, detail-type T, detail.n a number > 100"],
      onlyRight: ["source s, detail-type T, detail.n a number >= 100"],
    },
    {
      name: "a field less",
      left: { a: ["x"], b: [1] },
      right: { a: ["x"] },
      onlyLeft: [],
      onlyRight: ["a x"],
    },
    { name: "nothing at all", left: { a: ["x"] }, right: [], onlyLeft: ["a x"], onlyRight: [] },
    {
      name: "a text and a number",
      left: { a: ["5"] },
      right: { a: [5] },
      onlyLeft: ['a "5"'],
      onlyRight: ["a 5"],
    },
    {
      name: "a crossed pair",
      left: { source: ["a", "b"], "detail-type": ["X", "Y"] },
      right: {
        $or: [
          { source: ["a"], "detail-type": ["X", "Y"] },
          { source: ["b"], "detail-type": ["Y"] },
        ],
      },
      onlyLeft: ["source b, detail-type X"],
      onlyRight: [],
    },
  ])("$name", ({ left, right, onlyLeft, onlyRight }) => {
    expect(compare(left, right)).toEqual({ kind: "differ", onlyLeft, onlyRight });
    expect(compare(right, left)).toEqual({ kind: "differ", onlyLeft: onlyRight, onlyRight: onlyLeft });
  });

  it("are told apart where a field that is absent hangs on the element another field decides on", () => {
    const absent = { l: { b: [{ exists: false }] } };
    const beside = { l: { a: ["x"], b: [{ exists: false }] } };
    const event = { l: [{ a: "x" }, { b: 1 }] };
    expect(matchEvent(patternOf(beside), event)).toBe(true);
    expect(matchEvent(patternOf(absent), event)).toBe(false);
    expect(compare([absent, beside], absent).kind).toBe("differ");
  });

  it("are not decided where they combine to too much", () => {
    const pair = (key: string) => ({ $or: [{ [`${key}1`]: ["x"] }, { [`${key}2`]: ["x"] }] });
    const pattern = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`k${index}`, pair("f")]));
    expect(compare(pattern, pattern).kind).toBe("undecided");
  });
});

/** The pattern with its first listed field taken apart, everything else repeated: the same by another form. */
function takenApart(pattern: JsonValue): JsonValue {
  if (!isJsonObject(pattern)) return pattern;
  const members = membersOf(pattern);
  const [key, list] =
    members.find(([name, value]) => name !== "$or" && isJsonArray(value) && value.length > 1) ?? [];
  if (key === undefined || list === undefined || !isJsonArray(list)) return pattern;
  return { $or: list.map((item) => ({ ...Object.fromEntries(members), [key]: [item] })) };
}

/** Members keep their order: of a field inside and outside `$or` the later one counts. */
function turnedRound(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return isComparison(value) ? value : value.map(turnedRound).reverse();
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(membersOf(value).map(([key, item]) => [key, turnedRound(item)]));
}

function isComparison([first]: readonly JsonValue[]): boolean {
  return typeof first === "string" && /^[<>=]/.test(first);
}

/** The pattern with one alternative less somewhere at its top. */
function narrowed(pattern: JsonValue): JsonValue {
  if (!isJsonObject(pattern)) return pattern;
  return Object.fromEntries(
    membersOf(pattern).map(([key, value]) => [
      key,
      isJsonArray(value) && value.length > (key === "$or" ? 2 : 1) ? value.slice(1) : value,
    ]),
  );
}

describe("the comparison of any patterns", () => {
  const forms = [takenApart, turnedRound, narrowed, (pattern: JsonValue) => pattern];
  const form = fc.array(fc.constantFrom(...forms), { maxLength: 3 });
  const apply = (steps: readonly ((pattern: JsonValue) => JsonValue)[], pattern: JsonValue) =>
    steps.reduce((current, step) => step(current), pattern);

  it("finds only those the same that answer alike for every event", () => {
    let same = 0;
    fc.assert(
      fc.property(
        patternArbitrary,
        patternArbitrary,
        form,
        eventArbitrary,
        (pattern, stranger, steps, event) => {
          for (const another of [apply(steps, pattern), stranger]) {
            const [left, right] = [patternOf(pattern), patternOf(another)];
            if (sameEvents([left], [right]).kind !== "same") continue;
            same += 1;
            for (const tried of [event, satisfyingEvent(left, event), satisfyingEvent(right, event)]) {
              if (tried !== undefined) expect(matchEvent(left, tried)).toBe(matchEvent(right, tried));
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(same).toBeGreaterThan(500);
  });

  it("finds every pattern the same as its other forms", () => {
    // Beside a number an address is read otherwise, so a list with both cannot be taken apart.
    const isPlain = (pattern: JsonValue) => !/"cidr"|10\.0\.0\.1|::1/.test(JSON.stringify(pattern));
    const rewriting = fc.array(fc.constantFrom(takenApart, turnedRound), { maxLength: 3 });
    fc.assert(
      fc.property(patternArbitrary.filter(isPlain), rewriting, (pattern, steps) => {
        expect(compare(pattern, apply(steps, pattern))).toEqual({ kind: "same" });
      }),
      { numRuns: 1_000 },
    );
  });

  it("tells a list that holds a number from the same list taken apart where an address is read otherwise", () => {
    const pattern = { a: [7, { cidr: "16.0.0.0/4" }] };
    expect(matchEvent(patternOf(takenApart(pattern)), { a: 15 })).not.toBe(
      matchEvent(patternOf(pattern), { a: 15 }),
    );
    expect(compare(pattern, takenApart(pattern)).kind).toBe("differ");
  });
});

describe("patterns of two rules", () => {
  it.each<{ name: string; left: JsonValue; right: JsonValue; apart: boolean }>([
    { name: "other sources", left: { source: ["a"] }, right: { source: ["b", "c"] }, apart: true },
    {
      name: "other detail-types",
      left: { source: ["a"], "detail-type": ["X"] },
      right: { source: ["a"], "detail-type": ["Y"] },
      apart: true,
    },
    {
      name: "everything but that source",
      left: { source: ["a"] },
      right: { source: [{ "anything-but": ["a", "b"] }] },
      apart: true,
    },
    { name: "another filter only", left: created({ a: ["x"] }), right: created({ a: ["y"] }), apart: false },
    {
      name: "a source whole and one of its detail-types",
      left: { source: ["a"] },
      right: { source: ["a"], "detail-type": ["X"] },
      apart: false,
    },
    { name: "every source", left: { source: [{ prefix: "" }] }, right: { source: ["a"] }, apart: false },
  ])("$name: told apart is $apart", ({ left, right, apart }) => {
    expect(overlaps(patternOf(left), patternOf(right)).length === 0).toBe(apart);
    expect(overlaps(patternOf(right), patternOf(left)).length === 0).toBe(apart);
  });
});
