import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import { flowsOf, parseRegistry, patternOf } from "../../infra/registry/index.js";

const registry = parseRegistry(example);
const prod = registry.environments.get("prod");
if (prod === undefined) throw new Error("no prod");

describe("flowsOf", () => {
  it("leads from the global bus to every local bus, as plain data", () => {
    expect(flowsOf(registry, prod)).toEqual([
      {
        from: { account: "global" },
        to: "delivery",
        events: [
          {
            events: "orders/Order.Created",
            contracts: ["orders/Order.Created"],
            binds: { source: ["com.example.orders"], detailType: "Order.Created" },
          },
          {
            events: "orders/Order.Updated",
            contracts: ["orders/Order.Updated"],
            binds: { source: ["com.example.orders"], detailType: "Order.Updated" },
          },
        ],
      },
      {
        from: { account: "global" },
        to: "orders",
        events: [
          {
            events: "delivery/Delivery.Updated",
            contracts: ["delivery/Delivery.Updated"],
            binds: { source: ["com.example.delivery"], detailType: "Delivery.Updated" },
          },
        ],
      },
    ]);
  });

  it("is there before a route brings the account anything", () => {
    const silent = parseRegistry({
      ...example,
      routes: [],
      subscriptions: {},
      stories: {},
      canary: undefined,
    });
    expect(flowsOf(silent, prod).map(({ to, events }) => ({ to, events }))).toEqual([
      { to: "delivery", events: [] },
      { to: "orders", events: [] },
    ]);
  });
});

describe("patternOf", () => {
  it.each([
    [{ source: ["a.b"] }, { source: ["a.b"] }],
    [
      { source: ["a.b"], detailType: "T" },
      { source: ["a.b"], "detail-type": ["T"] },
    ],
    [
      { source: ["a.b"], detailType: "T", filter: { detail: { id: ["1"] } } },
      { source: ["a.b"], "detail-type": ["T"], detail: { id: ["1"] } },
    ],
    [{ source: ["a.b"], except: true as const }, { source: [{ "anything-but": ["a.b"] }] }],
    [{ source: [], except: true as const }, { source: [{ prefix: "" }] }],
    [
      { source: ["aws.s3"], detailType: "T", account: ["111111111111", "222222222222"] },
      { account: ["111111111111", "222222222222"], source: ["aws.s3"], "detail-type": ["T"] },
    ],
  ])("of %j is %j", (binds, pattern) => {
    expect(patternOf(binds)).toEqual(pattern);
  });
});
