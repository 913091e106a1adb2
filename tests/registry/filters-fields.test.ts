import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as z3 from "zod/v3";
import { parseRegistry } from "../../infra/registry/index.js";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { contractPath, shopWith, warningsOf } from "../fixtures/filter-case.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

describe("a field that the schema does not declare", () => {
  const loose = z.looseObject({ status: z.string() });

  it.each([
    { name: "below a single value", detail: z.object({ id: z.string() }), filter: { id: { kind: ["x"] } } },
    {
      name: "in a tuple",
      detail: z.object({ pair: z.tuple([z.object({ sku: z.string() })]) }),
      filter: { pair: { skuu: ["x"] } },
    },
    {
      name: "of a partial record",
      detail: z.object({ names: z.partialRecord(z.enum(["english", "german"]), z.string()) }),
      filter: { names: { germn: ["x"] } },
    },
    {
      name: "of an intersection",
      detail: z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
      filter: { c: ["x"] },
    },
  ])("is a mistake in a closed schema: $name", ({ detail, filter }) => {
    const problems = problemsOf(shopWith(detail, filter));
    expect(problems.map(({ path }) => path)).toEqual(["routes[0].filter"]);
    expect(problems[0]?.message).toContain("has no field");
  });

  it.each([
    { name: "a loose object", detail: loose },
    { name: "a catchall", detail: z.object({ status: z.string() }).catchall(z.string()) },
  ])("is warned of in an open one: $name", ({ detail }) => {
    const warnings = warningsOf(detail, { statsu: ["placed"] });
    expect(warnings.map(({ path }) => path)).toEqual(["routes[0].filter.statsu"]);
    expect(warnings[0]?.message).toContain("write allowUndeclared: true on the route");
    expect(warnings[0]?.message).toContain('did you mean "status"?');
  });

  it("is no matter where the route allows it", () => {
    expect(warningsOf(loose, { statsu: ["placed"] }, { allowUndeclared: true })).toEqual([]);
  });

  it("is not to be allowed where nothing is filtered", () => {
    const problems = problemsOf(edited(shopRegistry, ["routes", 0, "allowUndeclared"], true));
    expect(problems.map(({ path }) => path)).toEqual(["routes[0].allowUndeclared"]);
    expect(problems[0]?.message).toContain("remove it");
  });
});

describe("a schema that cannot be looked into", () => {
  it.each([
    { schema: z.any(), reason: "z.any" },
    { schema: z.unknown(), reason: "z.unknown" },
    { schema: z.date(), reason: "z.date" },
    { schema: z.custom<string>(() => true), reason: "z.custom" },
    { schema: z.coerce.number(), reason: "z.coerce.number" },
    { schema: z.preprocess(String, z.enum(["a"])), reason: "z.preprocess" },
    { schema: z.enum(["a"]).catch("a"), reason: "z.catch" },
    { schema: z.literal([undefined, "a"]), reason: "z.literal" },
    { schema: z.looseRecord(z.enum(["a"]), z.number()), reason: "z.record" },
  ])("is warned of where a filter asks for it: $reason", ({ schema, reason }) => {
    for (const filter of [{ x: ["b"] }, { x: [{ exists: false }] }, { x: { y: ["b"] } }]) {
      expect(warningsOf(z.object({ x: schema, id: z.string() }), filter)).toEqual([
        {
          path: 'services.orders.contracts["Order.Created"].detail',
          message: `the schema of orders/Order.Created cannot be looked into at detail.x (${reason}), so filters on it are not checked`,
        },
      ]);
    }
    expect(warningsOf(z.object({ x: schema, id: z.string() }), { id: ["o-1"] })).toEqual([]);
  });

  it("is warned of as a whole, once, where it is of another zod", () => {
    const registry = editedAll(shopRegistry, [
      [[...contractPath, "detail"], z3.object({ orderId: z3.string() })],
      [["routes", 0, "filter"], { ID: ["o-1"] }],
      [["routes", 3], { events: "orders/Order.Created", to: "archive", filter: { orderId: [1] } }],
      [["stories"], removed],
    ]);
    const { warnings } = parseRegistry(registry);
    expect(warnings.map(({ path }) => path)).toEqual(['services.orders.contracts["Order.Created"].detail']);
    expect(warnings[0]?.message).toContain("the schema of orders/Order.Created cannot be read");
  });
});

describe("a registry", () => {
  it("without a doubtful filter has no warning", () => {
    expect(parseRegistry(shopRegistry).warnings).toEqual([]);
  });
});
