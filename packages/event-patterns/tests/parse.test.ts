import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePattern } from "../src/index.js";
import type { JsonValue } from "../src/json.js";
import { firstProblem, patternOf, problemsAt } from "./pattern-of.js";

describe("reading a pattern", () => {
  it("never throws, whatever JSON value it is given", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parsePattern(JSON.stringify(value))).toHaveProperty("ok");
      }),
    );
  });

  it("never throws, whatever text it is given", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parsePattern(text)).toHaveProperty("ok");
      }),
    );
  });

  it("never throws on things that look like patterns", () => {
    const word = fc.constantFrom(
      "$or",
      "prefix",
      "numeric",
      "anything-but",
      "exists",
      "cidr",
      "a",
      "wildcard",
    );
    const value = fc.letrec<{ any: JsonValue }>((tie) => ({
      any: fc.oneof(
        fc.constantFrom<JsonValue>("a", "*", "\\", "10.0.0.0/8", ">", 5, null, true),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(word, tie("any"), { maxKeys: 3 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (pattern) => {
        expect(parsePattern(pattern)).toHaveProperty("ok");
      }),
      { numRuns: 1_000 },
    );
  });

  it("does not run out of stack on a pattern that is nested without end", () => {
    let nested: JsonValue = { a: [1] };
    for (let level = 0; level < 5_000; level += 1) nested = { $or: [nested, { a: [1] }] };
    expect(parsePattern(nested).ok).toBe(false);
  });

  it("takes a pattern longer than the quota", () => {
    expect(parsePattern({ a: ["x".repeat(5_000)] }).ok).toBe(true);
  });

  it("reports every problem, in order, with its place", () => {
    const pattern = {
      source: "orders",
      detail: { total: [{ numeric: [">", "5"] }], state: [{ prefx: "a" }, "x", [1]], "order id": [] },
    };
    expect(problemsAt(pattern)).toEqual([
      "source",
      "detail.total[0].numeric[1]",
      "detail.state[0].prefx",
      "detail.state[2]",
      'detail["order id"]',
    ]);
  });

  it.each<{ name: string; matcher: JsonValue; at: string }>([
    { name: "bounds that are equal", matcher: { numeric: [">=", 5, "<=", 5] }, at: "numeric" },
    { name: "bounds in the wrong order", matcher: { numeric: ["<", 5, ">", 3] }, at: "numeric" },
    { name: "a comparison that does not exist", matcher: { numeric: ["!=", 5] }, at: "numeric[0]" },
    { name: "a comparison with text", matcher: { numeric: [">", "5"] }, at: "numeric[1]" },
    { name: "a mask as long as the address", matcher: { cidr: "10.0.0.0/32" }, at: "cidr" },
    { name: "an address without a mask", matcher: { cidr: "10.0.0.0" }, at: "cidr" },
    { name: "exists with text", matcher: { exists: "true" }, at: "exists" },
    { name: "two stars in a row", matcher: { wildcard: "a**" }, at: "wildcard" },
    { name: "a lone backslash", matcher: { wildcard: "a\\b" }, at: "wildcard" },
    { name: "a list of prefixes", matcher: { prefix: ["a"] }, at: "prefix" },
    {
      name: "anything-but an empty prefix",
      matcher: { "anything-but": { prefix: "" } },
      at: "anything-but.prefix",
    },
    {
      name: "a number among suffixes",
      matcher: { "anything-but": { suffix: ["a", 1] } },
      at: "anything-but.suffix[1]",
    },
  ])("refuses $name", ({ matcher, at }) => {
    expect(problemsAt({ f: [matcher] })).toEqual([`f[0].${at}`]);
  });

  it.each([
    { misspelt: "prefx", meant: "prefix" },
    { misspelt: "anything_but", meant: "anything-but" },
    { misspelt: "equalsIgnoreCase", meant: "equals-ignore-case" },
    { misspelt: "Numeric", meant: "numeric" },
    { misspelt: "exist", meant: "exists" },
    { misspelt: "starts-with", meant: "prefix" },
  ])("suggests $meant for $misspelt", ({ misspelt, meant }) => {
    expect(firstProblem({ a: [{ [misspelt]: "x" }] })).toContain(`did you mean ${meant}?`);
  });

  it.each<{ name: string; pattern: JsonValue; mend: string }>([
    {
      name: "anything-but with a list of matchers",
      pattern: { a: [{ "anything-but": [{ wildcard: "*x*" }, { wildcard: "*y*" }] }] },
      mend: 'write {"anything-but": {"wildcard": ["*x*", "*y*"]}}',
    },
    {
      name: "anything-but with a list of one matcher",
      pattern: { a: [{ "anything-but": [{ "equals-ignore-case": "x" }] }] },
      mend: 'write {"anything-but": {"equals-ignore-case": ["x"]}}',
    },
    {
      name: "anything-but with matchers of two kinds",
      pattern: { a: [{ "anything-but": [{ prefix: "x" }, { suffix: "y" }] }] },
      mend: 'write {"anything-but": {"wildcard": ["x*", "*y"]}}',
    },
    {
      name: "a list of suffixes",
      pattern: { a: [{ suffix: ["x", "y"] }] },
      mend: 'for several texts [{"suffix": "x"}, {"suffix": "y"}]',
    },
    {
      name: "a list of texts in any case",
      pattern: { a: [{ "equals-ignore-case": 5 }] },
      mend: 'for several texts [{"equals-ignore-case": "a"}, {"equals-ignore-case": "b"}]',
    },
    {
      name: "$and as if it were $or",
      pattern: { detail: { $and: [{ a: ["x"] }, { b: ["y"] }] } },
      mend: "EventBridge has no $and: write the fields side by side",
    },
    {
      name: "$and as an operator",
      pattern: { a: [{ $and: [{ prefix: "x" }] }] },
      mend: "EventBridge has no $and: write the fields side by side",
    },
    { name: "an empty pattern", pattern: {}, mend: '{"source": [{"prefix": ""}]} matches every event' },
  ])("mends $name", ({ pattern, mend }) => {
    expect(firstProblem(pattern)).toContain(mend);
    expect(problemsAt(pattern)).toHaveLength(1);
  });

  it("takes a field named $and whose list makes sense", () => {
    expect(parsePattern({ $and: ["x", { prefix: "y" }] }).ok).toBe(true);
  });

  it("lists the operators where no one is near", () => {
    expect(firstProblem({ a: [{ zzzzzzzz: "x" }] })).toContain("anything-but, cidr");
  });

  it("says where text is no JSON", () => {
    expect(firstProblem('{"source": ["orders",]}')).toContain("line 1, column 22");
  });

  it("takes a repeated operator in one matcher as two", () => {
    expect(problemsAt('{"a":[{"prefix":"x","prefix":"y"}]}')).toEqual(["a[0]"]);
  });

  it("keeps both of two repeated keys that name different fields below", () => {
    const names = patternOf('{"d":{"a":["x"]},"d":{"b":["y"]}}').fields.map(({ name }) => name);
    expect(names).toEqual(["d.a", "d.b"]);
  });

  it.each<{ name: string; pattern: JsonValue; at: string; mended: JsonValue }>([
    {
      name: "a list of plain values",
      pattern: { detail: { state: { $or: ["x", "y"] } } },
      at: "detail.state.$or",
      mended: { state: ["x", "y"] },
    },
    {
      name: "a list of operators",
      pattern: { detail: { $or: [{ prefix: "a" }, { suffix: "b" }] } },
      at: "detail.$or",
      mended: { field: [{ prefix: "a" }, { suffix: "b" }] },
    },
    {
      name: "an object",
      pattern: { $or: { source: ["a"], account: ["b"] } },
      at: "$or",
      mended: { $or: [{ source: ["a"] }, { account: ["b"] }] },
    },
    {
      name: "an object of one field",
      pattern: { $or: { source: ["a"] } },
      at: "$or",
      mended: { source: ["a"] },
    },
    { name: "one branch", pattern: { $or: [{ source: ["a"] }] }, at: "$or", mended: { source: ["a"] } },
    {
      name: "an empty list",
      pattern: { $or: [] },
      at: "$or",
      mended: { $or: [{ source: ["a"] }, { "detail-type": ["b"] }] },
    },
  ])("refuses $or with $name once, with a mend to copy", ({ pattern, at, mended }) => {
    expect(problemsAt(pattern)).toEqual([at]);
    const said = firstProblem(pattern);
    expect(said).toContain("$or takes a list of two or more objects of fields");
    const mend: unknown = JSON.parse(said.slice(said.indexOf("{")));
    expect(mend).toEqual(mended);
    expect(problemsAt(JSON.stringify(mend))).toEqual([]);
  });

  it.each<{ name: string; pattern: JsonValue; at: string }>([
    { name: "an empty branch", pattern: { $or: [{ a: ["x"] }, {}] }, at: "$or[1]" },
    { name: "a branch that is no object", pattern: { $or: [{ a: ["x"] }, "b"] }, at: "$or[1]" },
    {
      name: "an operator as a field",
      pattern: { $or: [{ a: ["x"] }, { b: { prefix: ["x"] } }] },
      at: "$or[1].b.prefix",
    },
    {
      name: "a name the engine keeps for later",
      pattern: { $or: [{ a: ["x"] }, { regex: ["x"] }] },
      at: "$or[1].regex",
    },
  ])("refuses $name in $or", ({ pattern, at }) => {
    expect(problemsAt(pattern)).toEqual([at]);
  });

  it("takes a pattern as deep as 4,096 characters allow", () => {
    const levels = 819;
    expect(problemsAt(`${'{"":'.repeat(levels)}[1]${"}".repeat(levels)}`)).toEqual([]);
  });
});

describe("what a pattern says about itself", () => {
  it.each<{ name: string; pattern: JsonValue; expected: boolean }>([
    { name: "a wildcard", pattern: { a: [{ wildcard: "x*" }] }, expected: true },
    {
      name: "a wildcard inside anything-but",
      pattern: { a: [{ "anything-but": { wildcard: "x*" } }] },
      expected: true,
    },
    {
      name: "a wildcard in a branch",
      pattern: { $or: [{ a: [1] }, { b: [{ wildcard: "x" }] }] },
      expected: true,
    },
    { name: "the catch-all prefix", pattern: { a: [{ prefix: "" }] }, expected: false },
    { name: "a star in a plain value", pattern: { a: ["*"] }, expected: false },
  ])("usesWildcard is $expected for $name", ({ pattern, expected }) => {
    expect(patternOf(pattern).usesWildcard).toBe(expected);
  });

  const or = (count: number): JsonValue => Array.from({ length: count }, (_, index) => ({ a: [index] }));

  it.each<{ name: string; pattern: JsonValue; expected: number }>([
    { name: "no $or", pattern: { a: [1, 2, 3] }, expected: 1 },
    { name: "one", pattern: { $or: or(3) }, expected: 3 },
    { name: "two side by side", pattern: { $or: or(3), b: { $or: or(4) } }, expected: 12 },
    { name: "one inside another", pattern: { $or: [{ a: [1] }, { $or: or(4) }] }, expected: 5 },
  ])("alternatives is $expected for $name", ({ pattern, expected }) => {
    expect(patternOf(pattern).alternatives).toBe(expected);
  });

  it("counts 1,000 and more without writing them out", () => {
    const pattern = Object.fromEntries(
      Array.from({ length: 16 }, (_, index) => [`k${index}`, { $or: or(2) }]),
    );
    expect(patternOf(pattern).alternatives).toBe(65_536);
  });

  it("refuses 2^40 alternatives at once, and says how many there are", () => {
    const pattern = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`k${index}`, { $or: or(2) }]),
    );
    expect(firstProblem(pattern)).toContain(String(2 ** 40));
  });

  it("lists every field with its path and matchers", () => {
    const pattern = patternOf({ source: ["s"], $or: [{ d: { a: [1, { exists: false }] } }, { "x.y": [2] }] });
    expect(pattern.fields.map(({ path, name, matchers }) => ({ path, name, n: matchers.length }))).toEqual([
      { path: ["source"], name: "source", n: 1 },
      { path: ["d", "a"], name: "d.a", n: 2 },
      { path: ["x.y"], name: "x.y", n: 1 },
    ]);
  });
});
