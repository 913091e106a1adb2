import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../infra/aws/event-pattern.js";
import type { RouteDefinition } from "../../infra/registry/define.js";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

/** Number of the rule that carries each contract to the archive. */
function carriersIn(registry: unknown): Map<string, number> {
  const forward = backboneOf(topologyOf(registry, "prod")).forwards.find(
    ({ member }) => member === "archive",
  );
  return new Map(
    (forward?.rules ?? []).flatMap(({ name, contracts }) =>
      contracts.map((key) => [key, Number(name.split(".")[1] ?? 0)] as const),
    ),
  );
}

/** The patterns of the rules that bring one member its events, by rule name. */
function patternsFor(member: string, routes: readonly RouteDefinition[]): Record<string, unknown> {
  const registry = editedAll(shopRegistry, [
    [["routes"], routes],
    [["stories"], removed],
  ]);
  return forwardPatterns(registry, member);
}

function forwardPatterns(registry: unknown, member: string): Record<string, unknown> {
  const forward = backboneOf(topologyOf(registry, "prod")).forwards.find(
    (candidate) => candidate.member === member,
  );
  return Object.fromEntries((forward?.rules ?? []).map(({ name, eventPattern }) => [name, eventPattern]));
}

describe("a forward rule's pattern", () => {
  it("puts the detail-types of one source together", () => {
    const routes = [
      { events: "orders/Order.Created", to: "archive" },
      { events: "orders/Order.Updated", to: "archive" },
    ];
    expect(patternsFor("archive", routes)).toEqual({
      "forward-archive": {
        source: ["com.example.orders"],
        "detail-type": ["Order.Created", "Order.Updated"],
      },
    });
  });

  it("keeps detail-types beside their own source: no cross product", () => {
    const routes = [
      { events: "orders/Order.Created", to: "archive" },
      { events: "delivery/Delivery.Updated", to: "archive" },
    ];
    expect(patternsFor("archive", routes)).toEqual({
      "forward-archive": {
        $or: [
          { source: ["com.example.delivery"], "detail-type": ["Delivery.Updated"] },
          { source: ["com.example.orders"], "detail-type": ["Order.Created"] },
        ],
      },
    });
  });

  it("puts a filter beside its own contract only", () => {
    const filter = { total: { amount: [{ numeric: [">", 100] }] } };
    const routes = [
      { events: "orders/Order.Created", to: "archive", filter },
      { events: "orders/Order.Updated", to: "archive" },
    ];
    expect(patternsFor("archive", routes)).toEqual({
      "forward-archive": {
        $or: [
          { source: ["com.example.orders"], "detail-type": ["Order.Created"], detail: filter },
          { source: ["com.example.orders"], "detail-type": ["Order.Updated"] },
        ],
      },
    });
  });

  it("names sources together whose detail-types are the same", () => {
    const contracts = shopRegistry.services.orders?.contracts ?? {};
    const registry = editedAll(shopRegistry, [
      [["services", "delivery", "contracts"], contracts],
      [["routes"], ["orders", "delivery"].flatMap((service) => typesOf(service))],
      [["stories"], removed],
    ]);
    function typesOf(service: string) {
      return Object.keys(contracts).map((type) => ({ events: `${service}/${type}`, to: "archive" }));
    }
    expect(forwardPatterns(registry, "archive")).toEqual({
      "forward-archive": {
        source: ["com.example.delivery", "com.example.orders"],
        "detail-type": ["Order.Created", "Order.Updated"],
      },
    });
  });

  it("says a filter once for all contracts of a source that it stands on", () => {
    const filter = { orderId: [{ prefix: "o-" }] };
    const routes = [
      { events: "orders/Order.Created", to: "archive", filter },
      { events: "orders/Order.Updated", to: "archive", filter },
    ];
    expect(patternsFor("archive", routes)).toEqual({
      "forward-archive": {
        source: ["com.example.orders"],
        "detail-type": ["Order.Created", "Order.Updated"],
        detail: filter,
      },
    });
  });

  it("takes what passes either of two filters of one contract, once and whatever their order", () => {
    const [low, high, german] = [
      { total: { amount: [{ numeric: ["<", 10] }] } },
      { total: { amount: [{ numeric: [">", 100] }] } },
      { $or: [{ total: { currency: ["EUR"] } }, { orderId: [{ prefix: "de-" }] }] },
    ] as const;
    const route = (filter: JsonObject) => ({ events: "orders/Order.Created", to: "archive", filter });
    const wanted = {
      "forward-archive": {
        source: ["com.example.orders"],
        "detail-type": ["Order.Created"],
        detail: { $or: [german.$or[1], low, high, german.$or[0]] },
      },
    };
    expect(patternsFor("archive", [route(low), route(high), route(german)])).toEqual(wanted);
    expect(patternsFor("archive", [route(german), route(high), route(low)])).toEqual(wanted);
  });

  it("gives a filter on a field named like an operator a rule of its own, which $or could not hold", () => {
    const detail = z.object({ prefix: z.string() });
    const contract = { description: "Happened.", version: 1, detail, example: { prefix: "a" } };
    const registry = editedAll(shopRegistry, [
      [["services", "orders", "contracts"], { A: contract, B: contract, C: contract }],
      [
        ["routes"],
        ["A", "B", "C"].map((type) => ({
          events: `orders/${type}`,
          to: "archive",
          filter: { prefix: [type] },
        })),
      ],
      [["stories"], removed],
    ]);
    const patterns = Object.values(forwardPatterns(registry, "archive"));
    expect(patterns).toHaveLength(3);
    for (const pattern of patterns) expect(pattern).not.toHaveProperty("$or");
  });

  it("takes everything of a service by its source alone", () => {
    expect(patternsFor("archive", [{ events: "orders/*", to: "archive" }])).toEqual({
      "forward-archive": { source: ["com.example.orders"] },
    });
  });

  it("takes what begins alike by the detail-types that are declared, never by their beginning", () => {
    expect(patternsFor("archive", [{ events: "orders/Order.*", to: "archive" }])).toEqual({
      "forward-archive": {
        source: ["com.example.orders"],
        "detail-type": ["Order.Created", "Order.Updated"],
      },
    });
  });

  it("puts the filter of a wildcard beside each contract that it takes", () => {
    const filter = { orderId: [{ prefix: "o-" }] };
    expect(patternsFor("archive", [{ events: "orders/*", to: "archive", filter }])).toEqual({
      "forward-archive": {
        source: ["com.example.orders"],
        "detail-type": ["Order.Created", "Order.Updated"],
        detail: filter,
      },
    });
    expect(patternsFor("orders", [{ events: "*", to: "orders", filter }])).toEqual({
      "forward-orders": {
        source: ["com.example.delivery"],
        "detail-type": ["Delivery.Updated"],
        detail: filter,
      },
    });
  });

  it("leaves the account's own services out of everything", () => {
    expect(patternsFor("orders", [{ events: "*", to: "orders" }])).toEqual({
      "forward-orders": { source: [{ "anything-but": ["com.example.orders"] }] },
    });
  });

  it("takes every source where the account publishes none", () => {
    expect(patternsFor("archive", [{ events: "*", to: "archive" }])).toEqual({
      "forward-archive": { source: [{ prefix: "" }] },
    });
  });

  it("does not exist for a member that receives nothing", () => {
    expect(patternsFor("archive", [{ events: "orders/*", to: "delivery" }])).toEqual({});
  });
});

describe("a member whose pattern would grow over AWS's limit", () => {
  const detailTypes = Array.from({ length: 60 }, (_, index) => `Something.Rather.Long.Has.Happened.${index}`);
  const contract = {
    description: "Something has happened.",
    version: 1,
    detail: z.object({}),
    example: {},
  };
  const routes = detailTypes.map((type) => ({ events: `orders/${type}`, to: "archive" }));
  const registry = editedAll(shopRegistry, [
    [["services", "orders", "contracts"], Object.fromEntries(detailTypes.map((type) => [type, contract]))],
    [["routes"], routes],
    [["stories"], removed],
  ]);
  const backbone = backboneOf(topologyOf(registry, "prod"));
  const [forward] = backbone.forwards;

  it("has several rules, each under the limit, that share one role and one target", () => {
    const rules = forward?.rules ?? [];
    expect(rules.length).toBeGreaterThan(1);
    for (const { eventPattern } of rules)
      expect(JSON.stringify(eventPattern).length).toBeLessThanOrEqual(2048);
    expect(rules.map(({ name }) => name)[0]).toBe("forward-archive");
    for (const { name } of rules.slice(1)) expect(name).toMatch(/^forward-archive\.\d+$/);
  });

  it("has each detail-type in exactly one rule", () => {
    const matched = (forward?.rules ?? []).flatMap(({ eventPattern }) => eventPattern["detail-type"] ?? []);
    expect([...matched].sort()).toEqual([...detailTypes].sort());
  });

  it("has the role that it had undivided: what trusts and admits it does not change with it", () => {
    const undivided = backboneOf(topologyOf(edited(registry, ["routes"], routes.slice(0, 1)), "prod"));
    expect({ ...undivided.forwards[0], rules: [] }).toEqual({ ...forward, rules: [] });
  });

  it("has one rule again where AWS has raised the limit", () => {
    const raised = editedAll(registry, [
      [["environments", "prod", "quotas"], { eventPatternCharacters: 4096 }],
    ]);
    expect(backboneOf(topologyOf(raised, "prod")).forwards[0]?.rules).toHaveLength(1);
  });
});

describe("the rules of a divided forward, as routes come, go, and become wildcards or single contracts", () => {
  const types = Array.from(
    { length: 90 },
    (_, index) => `Something.Rather.Long.Has.Happened.To.The.Thing.${index}`,
  );
  const contract = shopRegistry.services.orders?.contracts["Order.Updated"];
  const contracts = Object.fromEntries(types.map((type) => [type, contract]));
  const base = editedAll(shopRegistry, [
    [["services", "orders", "contracts"], contracts],
    [["services", "delivery", "contracts"], contracts],
    [["stories"], removed],
  ]);

  /** What each service of two brings: everything, what begins alike, or these of its contracts. */
  const ofService = fc.oneof(
    fc.constant("*"),
    fc.constantFrom("Something.*", `${types[1] ?? ""}*`, `${types[3] ?? ""}*`),
    fc.subarray(types, { minLength: 1 }),
  );
  const brought = fc.record({ orders: ofService, delivery: ofService });

  /** Number of the rule that carries each contract. */
  function carriers(
    services: Readonly<Record<string, string | readonly string[]>>,
    quotas: Readonly<Record<string, number>> = {},
  ): Map<string, number> {
    const routes = Object.entries(services).flatMap(([service, what]) =>
      [what].flat().map((type) => ({ events: `${service}/${type}`, to: "archive" })),
    );
    return carriersIn(
      editedAll(base, [
        [["routes"], routes],
        [["environments", "prod", "quotas"], quotas],
      ]),
    );
  }

  it("never give a route to an earlier rule, which would take it on too late, unless they are deleted, which comes last", () => {
    fc.assert(
      fc.property(brought, brought, (earlier, later) => {
        const [before, after] = [carriers(earlier), carriers(later)];
        const kept = new Set(after.values());
        for (const [key, number] of before) {
          const now = after.get(key);
          if (now !== undefined && now < number) expect(kept).not.toContain(number);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    {
      name: "one list of detail-types under two sources, which without the route are two",
      services: { orders: types.slice(0, 30), delivery: types.slice(0, 30) },
      less: { orders: types.slice(0, 30), delivery: types.slice(0, 29) },
      characters: 2_048,
      numbers: { before: [0], after: [0, 1] },
    },
    {
      name: "two rules, neither of which is the first, and then that one alone",
      services: { orders: types.filter((_, index) => index === 0 || index === 3) },
      less: { orders: types.slice(0, 1) },
      characters: 120,
      numbers: { before: [1, 3], after: [0] },
    },
  ])("may get new names by a route less: $name", ({ services, less, characters, numbers }) => {
    const quotas = { eventPatternCharacters: characters };
    const numbersOf = (some: Readonly<Record<string, readonly string[]>>) => [
      ...new Set(carriers(some, quotas).values()),
    ];
    expect({ before: numbersOf(services), after: numbersOf(less) }).toEqual(numbers);
  });

  it("are the same whether contracts are named one by one or by how they begin", () => {
    expect(carriers({ orders: "Something.*", delivery: "*" })).toEqual(
      carriers({ orders: types, delivery: "*" }),
    );
    const filter = { orderId: [{ prefix: "o-" }] };
    const filtered = (named: readonly string[]) =>
      carriersIn(
        edited(
          base,
          ["routes"],
          named.map((events) => ({ events, to: "archive", filter })),
        ),
      );
    const wanted = filtered(types.map((type) => `orders/${type}`));
    expect(new Set(wanted.values()).size).toBeGreaterThan(1);
    for (const events of ["orders/*", "orders/Something.*"]) expect(filtered([events])).toEqual(wanted);
  });

  it("keep their names and what they carry as contracts come and go under a beginning, but for one that divides", () => {
    const route = [{ events: "orders/Something.*", to: "archive" }];
    const declaring = (some: readonly string[]) =>
      carriersIn(
        editedAll(base, [
          [["services", "orders", "contracts"], Object.fromEntries(some.map((type) => [type, contract]))],
          [["routes"], route],
        ]),
      );
    fc.assert(
      fc.property(fc.shuffledSubarray(types, { minLength: 60 }), ([added, ...before]) => {
        if (added === undefined) return;
        const [fewer, more] = [declaring(before), declaring([...before, added])];
        expect([...more.values()]).toEqual(expect.arrayContaining([...fewer.values()]));
        const moved = [...fewer].filter(([key, number]) => more.get(key) !== number);
        expect(new Set(moved.map(([, number]) => number)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });

  it("are the same under another name of the service", () => {
    const numbers = [...carriers({ orders: types, delivery: types.slice(0, 70) })].filter(([key]) =>
      key.startsWith("orders/"),
    );
    const registry: unknown = editedAll(base, [
      [["services", "sales"], shopRegistry.services.orders],
      [["services", "sales", "contracts"], contracts],
      [["services", "orders"], removed],
      [
        ["routes"],
        [
          ...types.map((type) => ({ events: `sales/${type}`, to: "archive" })),
          ...types.slice(0, 70).map((type) => ({ events: `delivery/${type}`, to: "archive" })),
        ],
      ],
    ]);
    const [forward] = backboneOf(topologyOf(registry, "prod")).forwards;
    const renamed = new Map(
      (forward?.rules ?? []).flatMap(({ name, routes }) =>
        routes.map(
          (events) => [events.replace("sales/", "orders/"), Number(name.split(".")[1] ?? 0)] as const,
        ),
      ),
    );
    for (const [key, number] of numbers) expect(renamed.get(key)).toBe(number);
  });
});
