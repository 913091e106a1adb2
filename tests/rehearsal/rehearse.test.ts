import { beforeAll, describe, expect, it } from "vitest";
import type { RegistryDefinition } from "../../infra/registry/define.js";
import { type Rehearsal, rehearse } from "../../rehearsal/rehearse.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const definition: RegistryDefinition = {
  ...shopRegistry,
  routes: [
    { events: "orders/Order.Created", to: "delivery", filter: { total: { currency: ["EUR"] } } },
    { events: "orders/Order.Updated", to: "delivery", filter: { status: ["shipped"] } },
    { events: "delivery/*", to: "orders" },
    { events: "*", to: "archive" },
  ],
};

describe("what an account receives, as a rehearsal says it", () => {
  let backbone: Rehearsal;
  beforeAll(async () => {
    backbone = await rehearse(definition, "prod");
  });

  it.each([
    {
      name: "every event of a contract that a wildcard brings is named by its key",
      account: "archive",
      contracts: ["delivery/Delivery.Updated", "orders/Order.Created", "orders/Order.Updated"],
    },
    {
      name: "a service's wildcard brings its contracts and no others",
      account: "orders",
      contracts: ["delivery/Delivery.Updated"],
    },
    {
      name: "a contract of which a filter keeps some back is marked, though its example passes",
      account: "delivery",
      contracts: ["orders/Order.Created (filtered)", "orders/Order.Updated (filtered)"],
    },
    { name: "the backbone's own account receives nothing by a route", account: "global", contracts: [] },
  ])("$name", ({ account, contracts }) => {
    expect(backbone.receivedBy(account)).toEqual(contracts);
  });

  it("is proven like any other environment", () => {
    expect(backbone.verify().ok).toBe(true);
    expect(backbone.plan.stacks.map(({ stack }) => stack)).toEqual([
      "global",
      "archive",
      "delivery",
      "orders",
    ]);
  });

  it("needs an environment that the registry has", async () => {
    await expect(rehearse(definition, "staging")).rejects.toThrow("no environment staging");
  });
});
