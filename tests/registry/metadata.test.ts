import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { conformityOf, jsonSchema, parseRegistry } from "../../infra/registry/index.js";
import { edited, editedAll } from "../fixtures/edit.js";
import { contractPath } from "../fixtures/filter-case.js";
import { itReportsOnce } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const detailPath = [...contractPath, "detail"];
const examplePath = [...contractPath, "example"];
const own = z.object({ orderId: z.string() });
const metadata = z.object({ id: z.string() });
const example = { orderId: "o-1", metadata: { id: "e-1" } };

describe("a contract that defines metadata", () => {
  itReportsOnce(
    [
      { name: "as a field", detail: own.extend({ metadata }) },
      { name: "as a field that may be absent", detail: own.extend({ metadata: metadata.optional() }) },
      { name: "in one of several forms", detail: z.union([own.strict(), own.extend({ metadata })]) },
      { name: "beside what it extends", detail: z.intersection(own, z.object({ metadata })) },
      { name: "as a key of a record", detail: z.record(z.enum(["orderId", "metadata"]), z.any()) },
      { name: "in JSON Schema", detail: jsonSchema({ type: "object", properties: { metadata: true } }) },
      { name: "as what it demands", detail: jsonSchema({ type: "object", required: ["metadata"] }) },
      {
        name: "in what it refers to",
        detail: jsonSchema({
          allOf: [{ $ref: "#/$defs/envelope" }],
          $defs: { envelope: { type: "object", properties: { metadata: { type: "object" } } } },
        }),
      },
    ].map(({ name, detail }) => ({
      name: `one ${name}`,
      edits: [
        [detailPath, detail],
        [examplePath, example],
      ] as const,
      path: 'services.orders.contracts["Order.Created"].detail',
      says: ['defines the field "metadata"', "give the field another name"],
    })),
  );

  it.each([
    { name: "further in", detail: own.extend({ lines: z.array(own.extend({ metadata })).optional() }) },
    { name: "by allowing any field", detail: z.looseObject({}) },
    { name: "by naming none", detail: z.record(z.string(), z.any()) },
    { name: "in an open JSON Schema", detail: jsonSchema({ type: "object" }) },
    { name: "in another spelling", detail: own.extend({ Metadata: metadata.optional() }) },
  ])("is none that has it $name", ({ detail }) => {
    const registry = editedAll(shopRegistry, [
      [detailPath, detail],
      [examplePath, { orderId: "o-1" }],
    ]);
    expect(problemsOf(registry)).toEqual([]);
  });
});

describe("an event's metadata", () => {
  const details = [
    own,
    own.strict(),
    jsonSchema({ type: "object", properties: { orderId: { type: "string" } }, additionalProperties: false }),
  ];

  it("changes nothing of how the event stands to its contract, whatever it is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...details), fc.json(), fc.boolean(), (detail, said, isRight) => {
        const registry = parseRegistry(
          editedAll(edited(shopRegistry, detailPath, detail), [[examplePath, { orderId: "o-1" }]]),
        );
        const ownFields = { orderId: isRight ? "o-1" : 1 };
        const conformity = (fields: object) =>
          conformityOf(registry, {
            source: "com.example.orders",
            detailType: "Order.Created",
            detail: JSON.stringify(fields),
          });
        const parsed: unknown = JSON.parse(said);
        expect(conformity({ ...ownFields, metadata: parsed })).toEqual(conformity(ownFields));
        expect(conformity(ownFields).kind).toBe(isRight ? "conforms" : "breaks");
      }),
    );
  });
});
