import { describe, expect, it } from "vitest";
import { jsonSchema, type JsonObject, parseRegistry } from "../../infra/registry/index.js";
import { editedAll } from "../fixtures/edit.js";
import { contractPath } from "../fixtures/filter-case.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const document = jsonSchema("tests/fixtures/schemas/document.yaml");
const plain = { documentId: "doc-1", kind: "letter", filedBy: { name: "A" }, pages: [] };

/** The shop with a contract of that JSON Schema, and a filter on it. */
function shopWith(
  detail: unknown,
  filter: JsonObject,
  more: object = {},
  example: JsonObject = plain,
): unknown {
  return editedAll(shopRegistry, [
    [[...contractPath, "detail"], detail],
    [[...contractPath, "example"], example],
    [["routes", 0], { events: "orders/Order.Created", to: "delivery", filter, ...more }],
  ]);
}

describe("a filter on a contract with a JSON Schema", () => {
  it.each([
    {
      name: "a field that a closed schema does not have",
      filter: { knd: ["scan"] },
      says: 'has no field "knd", so the filter would decide nothing; did you mean "kind"?',
    },
    {
      name: "a value that no event can have",
      filter: { kind: ["scann"] },
      says: 'kind of orders/Order.Created can be scan, letter or form; "scann" is none of them: did you mean "scan"?',
    },
    {
      name: "a value of a type that the field of a neighbouring file has not",
      filter: { filedBy: { name: [5] } },
      says: "filedBy.name of orders/Order.Created can only be",
    },
    {
      name: "a value of a field that a list's elements have by reference",
      filter: { pages: { number: ["one"] } },
      says: "pages.number of orders/Order.Created",
    },
    {
      name: "a value of a field as deep as the schema refers to itself",
      filter: { filedBy: { represents: { represents: { name: [false] } } } },
      says: "filedBy.represents.represents.name of orders/Order.Created",
    },
  ])("is told $name", ({ filter, says }) => {
    const [problem, ...others] = problemsOf(shopWith(document, filter));
    expect(others).toEqual([]);
    expect(problem?.path).toMatch(/^routes\[0\]\.filter/);
    expect(problem?.message).toContain(says);
  });

  it.each([
    { name: "a field that only a condition demands", filter: { legible: [true] } },
    { name: "a field of a neighbouring file", filter: { filedBy: { name: ["A"] } } },
    { name: "several fields", filter: { kind: ["scan"], legible: [false] } },
  ])("may ask for $name", ({ filter }) => {
    const { warnings } = parseRegistry(shopWith(document, filter));
    expect(warnings).toEqual([]);
  });

  it("is warned of a field that an open schema does not declare, unless it is meant", () => {
    const open = jsonSchema("tests/fixtures/schemas/receipt.json");
    const example = { receiptId: "r-1", amount: { value: 1, currency: "EUR" } };
    const filter = { amount: { valu: [1] } };
    expect(parseRegistry(shopWith(open, filter, {}, example)).warnings).toEqual([
      {
        path: "routes[0].filter.amount.valu",
        message:
          'the schema of orders/Order.Created allows a field "amount.valu" without declaring it, so what the filter asks of it is not checked; write allowUndeclared: true on the route if it is meant; did you mean "amount.value"?',
      },
    ]);
    expect(parseRegistry(shopWith(open, filter, { allowUndeclared: true }, example)).warnings).toEqual([]);
  });

  it("is warned when every event passes", () => {
    const { warnings } = parseRegistry(shopWith(document, { documentId: [{ exists: true }] }));
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("every orders/Order.Created passes this filter"),
    ]);
  });

  const conditional: JsonObject = {
    type: "object",
    properties: { kind: { enum: ["a", "b"] } },
    if: { properties: { kind: { const: "a" } }, required: ["kind"] },
    then: { properties: { x: { type: "string" } } },
    else: { properties: { y: { type: "number" } } },
    dependentSchemas: { kind: { properties: { z: { enum: [1, 2] } } } },
    unevaluatedProperties: false,
  };

  it.each([
    { filter: { x: ["text"] }, count: 0 },
    { filter: { y: [5] }, count: 0 },
    { filter: { z: [2] }, count: 0 },
    { filter: { x: [5] }, count: 1 },
    { filter: { z: [3] }, count: 1 },
    { filter: { w: [3] }, count: 1 },
  ])(
    "knows the fields that a schema has under conditions: $filter, $count mistake(s)",
    ({ filter, count }) => {
      expect(problemsOf(shopWith(jsonSchema(conditional), filter, {}, {}))).toHaveLength(count);
    },
  );

  it("takes a field for allowed where some schema leaves the object open to all", () => {
    const schema: JsonObject = {
      type: "object",
      allOf: [{ properties: { a: {} }, additionalProperties: true }],
      unevaluatedProperties: false,
    };
    expect(problemsOf(shopWith(jsonSchema(schema), { w: [3] }, {}, {}))).toEqual([]);
  });
});
