import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { RouteDefinition } from "../../infra/registry/define.js";
import { editedAll, removed } from "../fixtures/edit.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

/** The patterns of the rules that bring one member its events, by rule name. */
function patternsFor(member: string, routes: readonly RouteDefinition[]): Record<string, unknown> {
  const registry = editedAll(shopRegistry, [
    [["routes"], routes],
    [["stories"], removed],
  ]);
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

  it("takes everything of a service by its source alone", () => {
    expect(patternsFor("archive", [{ events: "orders/*", to: "archive" }])).toEqual({
      "forward-archive": { source: ["com.example.orders"] },
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

  it("has a role that trusts exactly these rules", () => {
    expect(forward?.trustPolicy.Statement[0]?.Condition?.ArnEquals).toEqual({
      "aws:SourceArn": forward?.rules.map(({ arn }) => arn),
    });
  });

  it("has one rule again where AWS has raised the limit", () => {
    const raised = editedAll(registry, [
      [["environments", "prod", "quotas"], { eventPatternCharacters: 4096 }],
    ]);
    expect(backboneOf(topologyOf(raised, "prod")).forwards[0]?.rules).toHaveLength(1);
  });
});
