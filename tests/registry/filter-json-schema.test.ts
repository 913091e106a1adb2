import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../infra/aws/event-pattern.js";
import { conditionsIn, partsOf } from "../../infra/registry/filters/condition.js";
import type { ContractSchema } from "../../infra/registry/filters/schema.js";
import { mayFailTogether, mayPassTogether } from "../../infra/registry/filters/judge.js";
import { placeOf } from "../../infra/registry/filters/parts.js";

/** JSON Schema as people write it, where a field that is not declared may still be there. */
function open(root: unknown): ContractSchema {
  return { root, omitted: "open" };
}

function verdict(root: unknown, filter: JsonObject): "never" | "always" | "undecided" {
  const conditions = conditionsIn(partsOf(filter, []));
  if (!mayPassTogether(open(root), conditions)) return "never";
  return conditions.some((condition) => mayFailTogether(open(root), [condition])) ? "undecided" : "always";
}

function detail(properties: object, more: object = {}): object {
  return { type: "object", properties, required: Object.keys(properties), ...more };
}

describe("a filter on a JSON Schema", () => {
  it.each([
    { name: "an undeclared field", root: detail({}), filter: { x: ["a"] }, expected: "undecided" },
    {
      name: "an undeclared field of a closed object",
      root: detail({}, { additionalProperties: false }),
      filter: { x: ["a"] },
      expected: "never",
    },
    {
      name: "an undeclared field of what is closed over several schemas",
      root: { allOf: [detail({ a: {} }), detail({ b: {} })], unevaluatedProperties: false },
      filter: { x: [{ exists: true }] },
      expected: "never",
    },
    {
      name: "a field of another of the several schemas",
      root: { allOf: [detail({ a: {} }), detail({ b: {} })], unevaluatedProperties: false },
      filter: { b: ["x"] },
      expected: "undecided",
    },
    {
      name: "a reference with keywords beside it",
      root: {
        ...detail({ x: { $ref: "#/$defs/a~1b", maxLength: 1 } }),
        $defs: { "a/b": { type: "string" } },
      },
      filter: { x: ["ab"] },
      expected: "never",
    },
    {
      name: "a reference that leads nowhere",
      root: detail({ x: { $ref: "https://example.com/x.json" } }),
      filter: { x: ["a"] },
      expected: "undecided",
    },
    {
      name: "a reference to itself",
      root: detail({ x: { anyOf: [{ $ref: "#/properties/x" }, { type: "string" }] } }),
      filter: { x: ["a"] },
      expected: "undecided",
    },
    {
      name: "an excluded type",
      root: detail({ x: { type: ["string", "number"], not: { type: "string" } } }),
      filter: { x: [{ prefix: "a" }] },
      expected: "never",
    },
    {
      name: "an excluded value",
      root: detail({ x: { type: "string", not: { enum: ["a"] } } }),
      filter: { x: ["a"] },
      expected: "never",
    },
    {
      name: "a value excluded with others that cannot be judged",
      root: detail({ x: { type: "string", not: { contentEncoding: "base64" } } }),
      filter: { x: ["a"] },
      expected: "undecided",
    },
    {
      name: "a field whose name fits a pattern",
      root: detail({ x: { type: "object", patternProperties: { "^n": { type: "number" } } } }),
      filter: { x: { n1: ["a"] } },
      expected: "never",
    },
    {
      name: "a field whose name fits no pattern",
      root: detail({ x: { type: "object", patternProperties: { "^n": { type: "number" } } } }),
      filter: { x: { m: ["a"] } },
      expected: "undecided",
    },
    {
      name: "an element of a constant list",
      root: detail({ x: { const: ["a", { k: "b" }] } }),
      filter: { x: ["c"] },
      expected: "never",
    },
    {
      name: "a field in a constant list",
      root: detail({ x: { const: ["a", { k: "b" }] } }),
      filter: { x: { k: ["b"] } },
      expected: "undecided",
    },
    {
      name: "a tuple as drafts before 2020 write it",
      root: detail({ x: { type: "array", items: [{ const: "a" }], additionalItems: false, minItems: 1 } }),
      filter: { x: ["a"] },
      expected: "always",
    },
    {
      name: "a list that may be longer than its tuple",
      root: detail({ x: { type: "array", prefixItems: [{ const: "a" }] } }),
      filter: { x: ["b"] },
      expected: "undecided",
    },
    {
      name: "null beside a type",
      root: detail({ x: { type: ["string", "null"] } }),
      filter: { x: [null, { prefix: "" }] },
      expected: "always",
    },
    {
      name: "an expression that is none",
      root: detail({ x: { type: "string", pattern: "(" } }),
      filter: { x: ["a"] },
      expected: "undecided",
    },
    {
      name: "an expression that the flag u reads otherwise",
      root: detail({ x: { type: "string", pattern: "^.$" } }),
      filter: { x: ["😀"] },
      expected: "undecided",
    },
    {
      name: "a required field that may be a list without elements",
      root: detail({ x: { type: ["string", "array"] } }),
      filter: { x: [{ exists: true }] },
      expected: "undecided",
    },
    {
      name: "a declared name with a dot",
      root: detail({ "x.y": { type: "string" } }, { additionalProperties: false }),
      filter: { x: { y: ["a"] } },
      expected: "undecided",
    },
    {
      name: "both sides of an intersection",
      root: { allOf: [detail({ x: { type: "string" } }), detail({ x: { enum: ["a", 1] } })] },
      filter: { x: [1] },
      expected: "never",
    },
    {
      name: "an object of any type",
      root: { properties: { x: { properties: { y: {} } } }, required: ["x"] },
      filter: { x: [{ exists: true }] },
      expected: "undecided",
    },
    { name: "no schema at all", root: true, filter: { x: ["a"] }, expected: "undecided" },
    { name: "what is no schema", root: "schema", filter: { x: ["a"] }, expected: "undecided" },
  ])("is judged by $name: $expected", ({ root, filter, expected }) => {
    expect(verdict(root, filter)).toBe(expected);
  });

  it("ends with the unions that it can look into", () => {
    const wide = { anyOf: Array.from({ length: 40 }, (_, index) => detail({ [`f${index}`]: {} })) };
    const root = { allOf: Array.from({ length: 12 }, () => ({ ...wide, anyOf: [...wide.anyOf] })) };
    expect(verdict(root, { x: ["a"] })).toBe("undecided");
    expect(placeOf(open(root), ["x"]).undeclared).toBeUndefined();
  });

  it.each([
    { root: detail({ a: {} }), isAllowed: true },
    { root: detail({ a: {} }, { additionalProperties: false }), isAllowed: false },
    { root: detail({ a: {} }, { additionalProperties: { type: "string" } }), isAllowed: true },
  ])("knows whether undeclared fields are allowed: $isAllowed", ({ root, isAllowed }) => {
    expect(placeOf(open(root), ["x"]).undeclared).toEqual({ field: "x", known: ["a"], isAllowed });
  });
});
