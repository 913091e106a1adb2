import { describe, expect, it } from "vitest";
import { conformityOf, type JsonObject, jsonSchema, parseRegistry } from "../../infra/registry/index.js";
import { editedAll } from "../fixtures/edit.js";
import { contractPath } from "../fixtures/filter-case.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { registry as documents } from "../fixtures/registries/documents.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const detailPath = [...contractPath, "detail"];

/** What is wrong with a detail of a contract with that JSON Schema. */
function faultsIn(schema: JsonObject | string, detail: JsonObject): readonly string[] {
  const registry = editedAll(shopRegistry, [
    [detailPath, jsonSchema(schema)],
    [[...contractPath, "example"], detail],
  ]);
  const [problem, ...others] = problemsOf(registry);
  expect(others).toEqual([]);
  if (problem === undefined) return [];
  expect(problem.path).toBe('services.orders.contracts["Order.Created"].example');
  return [problem.message];
}

/** What a schema can be made of, with a detail that satisfies it and one that does not. */
const followed: readonly (Record<"good" | "bad", JsonObject> & {
  readonly name: string;
  readonly schema: JsonObject | string;
})[] = [
  {
    name: "a $ref to a neighbour by file, within a schema that has an $id on the network",
    schema: "tests/fixtures/schemas/receipt.json",
    good: { receiptId: "r-1", amount: { value: 1, currency: "EUR" } },
    bad: { receiptId: "r-1", amount: { value: -1, currency: "EUR" } },
  },
  {
    name: "a $ref to a neighbour by its $id",
    schema: "tests/fixtures/schemas/receipt.json",
    good: {
      receiptId: "r",
      amount: { value: 1, currency: "EUR" },
      refunded: { value: 1, currency: "EUR" },
    },
    bad: { receiptId: "r", amount: { value: 1, currency: "EUR" }, refunded: { value: 1 } },
  },
  {
    name: "a $ref to an $id in the same document",
    schema: {
      $id: "https://schemas.example.com/order.json",
      type: "object",
      properties: { by: { $ref: "person.json#/properties/name" } },
      $defs: { person: { $id: "person.json", properties: { name: { type: "string" } } } },
    },
    good: { by: "A" },
    bad: { by: 1 },
  },
  {
    name: "an anchor",
    schema: {
      type: "object",
      properties: { by: { $ref: "#name" } },
      $defs: { n: { $anchor: "name", type: "string" } },
    },
    good: { by: "A" },
    bad: { by: 1 },
  },
  {
    name: "an anchor as draft-07 writes it, with a tuple as it writes that",
    schema: {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: { by: { items: [{ $ref: "#name" }], additionalItems: false } },
      definitions: { n: { $id: "#name", type: "string" } },
    },
    good: { by: ["A"] },
    bad: { by: ["A", "B"] },
  },
  {
    name: "a $ref to itself",
    schema: { type: "object", properties: { next: { $ref: "#" } }, additionalProperties: false },
    good: { next: { next: {} } },
    bad: { next: { nxt: {} } },
  },
  {
    name: "a pointer with escaped steps",
    schema: {
      type: "object",
      properties: { by: { $ref: "#/$defs/a~1b%20c" } },
      $defs: { "a/b c": { type: "string" } },
    },
    good: { by: "A" },
    bad: { by: 1 },
  },
  {
    name: "a field that every object inherits",
    schema: { type: "object", required: ["constructor"] },
    good: { constructor: 1 },
    bad: {},
  },
  {
    name: "words for readers, beside it",
    schema: {
      type: "object",
      "x-owner": "cases",
      required: ["a"],
      $comment: "c",
      title: "t",
      examples: [],
    },
    good: { a: 1 },
    bad: {},
  },
];

describe("an example of a contract with a JSON Schema", () => {
  it("is told if the schema never comes to an end", () => {
    const schema = {
      type: "object",
      allOf: [{ $ref: "#/$defs/x" }],
      $defs: { x: { allOf: [{ $ref: "#/$defs/x" }] } },
    };
    expect(faultsIn(schema, {})).toEqual([expect.stringContaining("refers to itself without an end")]);
  });

  it("is told all that is wrong with it, where it is wrong", () => {
    const detail = {
      documentId: "doc-x",
      kind: "email",
      filedBy: { name: "" },
      filedAt: "yesterday",
      pages: [{ number: "1" }, {}],
      more: null,
    };
    expect(faultsIn("tests/fixtures/schemas/document.yaml", detail)).toEqual([
      [
        "does not satisfy its own schema (more: is not declared, and other fields are not allowed",
        'documentId: must match pattern "^doc-[0-9]+$"',
        'kind: expected one of "letter" or "scan" or "form"',
        "filedBy.name: must NOT have fewer than 1 characters",
        "filedAt: is no date-time",
        "pages[0].number: expected integer, received string",
        "pages[1].number: is missing); write pages[0].number: 1, and mend the rest, or mend the schema",
      ].join("; "),
    ]);
  });

  it.each([
    { name: "what a condition demands", kind: "scan", wrong: true },
    { name: "what it does not demand", kind: "letter", wrong: false },
  ])("is held against $name", ({ kind, wrong: isWrong }) => {
    const detail = { documentId: "doc-1", kind, filedBy: { name: "A" }, pages: [] };
    expect(faultsIn("tests/fixtures/schemas/document.yaml", detail)).toEqual(
      isWrong ? [expect.stringContaining("(legible: is missing)")] : [],
    );
  });

  it.each(followed)("is held against $name", ({ schema, good, bad }) => {
    expect(faultsIn(schema, good)).toEqual([]);
    expect(faultsIn(schema, bad)).toEqual([expect.stringContaining("does not satisfy its own schema")]);
  });
});

describe("an event of a contract with a JSON Schema", () => {
  const registry = parseRegistry(documents);
  const conformity = (detail: object) =>
    conformityOf(registry, {
      source: "com.example.cases",
      detailType: "Document.Filed",
      detail: JSON.stringify(detail),
    });
  const good = { documentId: "doc-1", kind: "letter", filedBy: { name: "A" }, pages: [] };

  it("conforms, with metadata too", () => {
    expect(conformity(good)).toEqual({ kind: "conforms", contract: "cases/Document.Filed" });
    expect(conformity({ ...good, metadata: { id: "1" } }).kind).toBe("conforms");
  });

  it("breaks it, in words", () => {
    expect(conformity({ ...good, filedBy: { name: 5 } })).toEqual({
      kind: "breaks",
      contract: "cases/Document.Filed",
      problems: ["filedBy.name: expected string, received number"],
    });
  });
});
