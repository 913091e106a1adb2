import { describe, expect, it } from "vitest";
import type { JsonValue } from "../src/json.js";
import { matches } from "./pattern-of.js";

interface Row {
  readonly matcher: JsonValue;
  readonly accepts: readonly JsonValue[];
  readonly refuses: readonly JsonValue[];
}

const operators: Readonly<Record<string, readonly Row[]>> = {
  "a plain value": [
    { matcher: "a", accepts: ["a", ["b", "a"], [["a"]]], refuses: ["A", "ab", ["b"], [], { a: "a" }] },
    { matcher: 300, accepts: [300, [1, 300]], refuses: ["300", 301] },
    { matcher: null, accepts: [null], refuses: ["null", "", 0, false] },
    { matcher: true, accepts: [true], refuses: ["true", 1, false] },
    { matcher: "10.0.0.1", accepts: ["10.0.0.1", "010.0.0.001"], refuses: ["10.0.0.2"] },
    { matcher: "::1", accepts: ["0:0:0:0:0:0:0:1"], refuses: ["::2", ":::1"] },
  ],
  prefix: [
    {
      matcher: { prefix: "ord" },
      accepts: ["order", "ord", ["x", "ord"]],
      refuses: ["Order", "xord", 0, null],
    },
    { matcher: { prefix: "" }, accepts: ["", "x"], refuses: [0, null, [], {}] },
    { matcher: { prefix: { "equals-ignore-case": "oRd" } }, accepts: ["ORDer"], refuses: ["xord", 5] },
    { matcher: { prefix: { "equals-ignore-case": "ß" } }, accepts: ["ßx", "SSx"], refuses: ["ssx", "s"] },
  ],
  suffix: [
    { matcher: { suffix: ".png" }, accepts: ["a.png", ".png"], refuses: ["a.PNG", "a.png2", 5] },
    { matcher: { suffix: { "equals-ignore-case": ".PnG" } }, accepts: ["a.png"], refuses: ["png", null] },
  ],
  "equals-ignore-case": [
    {
      matcher: { "equals-ignore-case": "Alice" },
      accepts: ["alice", "ALICE"],
      refuses: ["alic", "alicex", 1],
    },
    { matcher: { "equals-ignore-case": "ΣΣ" }, accepts: ["σσ", "ΣΣ"], refuses: ["σς"] },
  ],
  "an astral character in any case": [
    // The engine folds half a surrogate pair at a time, which leaves two question marks.
    { matcher: { "equals-ignore-case": "a😀" }, accepts: ["a??", "A??"], refuses: ["a😀"] },
  ],
  "anything-but": [
    {
      matcher: { "anything-but": "a" },
      accepts: ["b", null, 5, true, ["a", "b"]],
      refuses: ["a", ["a"], [], {}],
    },
    { matcher: { "anything-but": [1, 2] }, accepts: [3, "1", null], refuses: [1, 2.0] },
    { matcher: { "anything-but": { prefix: "a" } }, accepts: ["b", 1], refuses: ["ab"] },
    { matcher: { "anything-but": { prefix: ["a", "b"] } }, accepts: ["cab"], refuses: ["ab", "b"] },
    { matcher: { "anything-but": { suffix: ["a", "b"] } }, accepts: ["bac"], refuses: ["xa", "b"] },
    { matcher: { "anything-but": { "equals-ignore-case": ["AB"] } }, accepts: ["abc"], refuses: ["Ab"] },
    { matcher: { "anything-but": { wildcard: "a*c" } }, accepts: ["ac1"], refuses: ["ac", "abc"] },
    { matcher: { "anything-but": { wildcard: ["*a", "b*"] } }, accepts: ["ab"], refuses: ["ba", "bc", "a"] },
  ],
  numeric: [
    { matcher: { numeric: ["=", 5] }, accepts: [5, [1, 5]], refuses: ["5", 5.1] },
    { matcher: { numeric: [">", 5] }, accepts: [5.000001, 1e300], refuses: [5, null, "6"] },
    { matcher: { numeric: [">=", 0, "<", 5] }, accepts: [0, -0, 4.9], refuses: [5, -0.1] },
    { matcher: { numeric: ["<=", -1] }, accepts: [-1, -1e300], refuses: [-0.5] },
  ],
  cidr: [
    {
      matcher: { cidr: "10.0.0.77/24" },
      accepts: ["10.0.0.0", "10.0.0.255"],
      refuses: ["10.0.1.0", "10.0.0", "x"],
    },
    { matcher: { cidr: "10.0.0.0/9" }, accepts: ["10.127.1.1"], refuses: ["10.128.0.0"] },
    {
      matcher: { cidr: "2001:db8::/33" },
      accepts: ["2001:db8:7fff::1"],
      refuses: ["2001:db8:8000::1", "2001::1"],
    },
    { matcher: { cidr: "10.0.0.0/8" }, accepts: ["::ffff:a00:1"], refuses: ["::ffff:10.0.0.1"] },
  ],
  exists: [
    { matcher: { exists: true }, accepts: ["", null, 0, ["x"]], refuses: [[], {}, { b: 1 }, [[]]] },
    { matcher: { exists: false }, accepts: [[], {}, { b: 1 }], refuses: ["", null, 0, ["x"]] },
  ],
  wildcard: [
    { matcher: { wildcard: "*" }, accepts: ["", "x"], refuses: [5, null] },
    { matcher: { wildcard: "a*b*c" }, accepts: ["abc", "axxbyyc", "abbcbc"], refuses: ["acb", "abcd", "ab"] },
    { matcher: { wildcard: "ab*ba" }, accepts: ["abba", "abxba"], refuses: ["aba"] },
    { matcher: { wildcard: "*a*a*" }, accepts: ["aa", "xaxax"], refuses: ["a"] },
    { matcher: { wildcard: "\\**\\\\" }, accepts: ["*\\", "*x\\"], refuses: ["x\\", "*x"] },
    { matcher: { wildcard: "ab" }, accepts: ["ab"], refuses: ["abc", "a"] },
  ],
  exactly: [{ matcher: { exactly: "a" }, accepts: ["a"], refuses: ["A", 1] }],
};

describe.each(Object.entries(operators))("%s", (_operator, rows) => {
  it.each(rows)("$matcher accepts $accepts", ({ matcher, accepts }) => {
    for (const value of accepts)
      expect([value, matches({ f: [matcher] }, { f: value })]).toEqual([value, true]);
  });

  it.each(rows)("$matcher refuses $refuses", ({ matcher, refuses }) => {
    for (const value of refuses)
      expect([value, matches({ f: [matcher] }, { f: value })]).toEqual([value, false]);
  });
});

describe("a field of a pattern", () => {
  it.each<{ name: string; pattern: JsonValue; event: JsonValue; expected: boolean }>([
    { name: "needs one of its values", pattern: { a: ["x", "y"] }, event: { a: "y" }, expected: true },
    {
      name: "is not alone: all must hold",
      pattern: { a: ["x"], b: [1] },
      event: { a: "x", b: 2 },
      expected: false,
    },
    {
      name: "matches no event that is no object",
      pattern: { a: [{ exists: false }] },
      event: [],
      expected: false,
    },
    {
      name: "asks one element of an array of objects for all its fields",
      pattern: { i: { a: [1], b: [2] } },
      event: { i: [{ a: 1 }, { b: 2 }] },
      expected: false,
    },
    {
      name: "finds that element wherever it is",
      pattern: { i: { a: [1], b: [2] } },
      event: { i: [{ a: 1 }, { a: 1, b: 2 }] },
      expected: true,
    },
    {
      name: "lets different arrays differ in the element",
      pattern: { i: { a: [1] }, j: { a: [1] } },
      event: { i: [{ a: 0 }, { a: 1 }], j: [{ a: 1 }] },
      expected: true,
    },
    {
      name: "is absent only if no element has it",
      pattern: { i: { z: [{ exists: false }] } },
      event: { i: [{ a: 1 }, { z: 1 }] },
      expected: false,
    },
    {
      name: "is absent if the element that an earlier field fixed does not have it",
      pattern: { i: { a: [1], z: [{ exists: false }] } },
      event: { i: [{ a: 1 }, { a: 2, z: 1 }] },
      expected: true,
    },
    {
      name: "is not confused by what JavaScript objects inherit",
      pattern: { constructor: [{ exists: false }] },
      event: {},
      expected: true,
    },
  ])("$name", ({ pattern, event, expected }) => {
    expect(matches(pattern, event)).toBe(expected);
  });
});

describe("$or", () => {
  const either: JsonValue = { s: ["x"], $or: [{ a: [1] }, { b: [2], c: [3] }] };

  it.each<{ name: string; pattern: JsonValue; event: JsonValue; expected: boolean }>([
    { name: "needs one branch", pattern: either, event: { s: "x", a: 1 }, expected: true },
    { name: "needs a whole branch", pattern: either, event: { s: "x", b: 2 }, expected: false },
    {
      name: "does not replace the fields beside it",
      pattern: either,
      event: { s: "y", a: 1 },
      expected: false,
    },
    {
      name: "nests",
      pattern: { $or: [{ a: [1] }, { $or: [{ b: [1] }, { c: [1] }] }] },
      event: { c: 1 },
      expected: true,
    },
    {
      name: "asks all fields of a branch of one element",
      pattern: { i: { $or: [{ a: [1], b: [1] }, { c: [1] }] } },
      event: { i: [{ a: 1 }, { b: 1 }] },
      expected: false,
    },
    {
      name: "replaces, in the branches that name it, a field that stands before",
      pattern: { a: ["x"], $or: [{ a: ["y"] }, { b: [1] }] },
      event: { a: "y" },
      expected: true,
    },
    {
      name: "leaves that field to the other branches",
      pattern: { a: ["x"], $or: [{ a: ["y"] }, { b: [1] }] },
      event: { a: "y", b: 1, c: 0 },
      expected: true,
    },
    {
      name: "does not let go of that field in the other branches",
      pattern: { a: ["x"], $or: [{ a: ["y"] }, { b: [1] }] },
      event: { a: "z", b: 1 },
      expected: false,
    },
  ])("$name", ({ pattern, event, expected }) => {
    expect(matches(pattern, event)).toBe(expected);
  });
});

describe("hostile input", () => {
  it("matches wildcards without going back", () => {
    const pattern = { f: [{ wildcard: `${"*a".repeat(400)}*b` }] };
    expect(matches(pattern, { f: "a".repeat(100_000) })).toBe(false);
  });

  it("does not multiply arrays that have nothing to do with each other", () => {
    const list = Array.from({ length: 300 }, () => ({ x: 1 }));
    const fields = ["a", "b", "c", "d", "e"];
    const event = Object.fromEntries(fields.map((field) => [field, list]));
    const pattern = Object.fromEntries(fields.map((field) => [field, { x: [field === "e" ? 2 : 1] }]));
    expect(matches({ ...pattern, e: { x: [1], y: [1] } }, event)).toBe(false);
  });

  it("looks only near the element that is decided", () => {
    const list = Array.from({ length: 5_000 }, (_, index) => ({ a: 1, b: index }));
    expect(matches({ i: { a: [1], b: [-1, 1e9] } }, { i: list })).toBe(false);
  });
});
