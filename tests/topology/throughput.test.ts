import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultQuota } from "../../infra/aws/limits.js";
import type { RegistryDefinition } from "../../infra/registry/define.js";
import { inEnvironment, parseRegistry } from "../../infra/registry/index.js";
import type { Throughput } from "../../infra/topology/index.js";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import { edited, editedAll, type EditPath } from "../fixtures/edit.js";
import { itReportsOnce } from "../fixtures/mistake.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

const created: EditPath = ["services", "orders", "contracts", "Order.Created"];
const peak = (value: unknown, contract = created) => [[...contract, "peakPerSecond"], value] as const;
const route = (route: object, index = shopRegistry.routes.length) => [["routes", index], route] as const;
const prod = (key: string, value: unknown) => [["environments", "prod", key], value] as const;

/** Requests and invocations a second, by AWS account. */
function loadsOf(
  throughput: Throughput | undefined,
): Record<string, [requests: number, invocations: number]> {
  const loads: Record<string, [number, number]> = {};
  for (const { quota, where, used } of throughput?.quotas ?? []) {
    const load = (loads[where.replace("AWS account ", "")] ??= [0, 0]);
    load[quota === "putEventsPerSecond" ? 0 : 1] = used;
  }
  return loads;
}

const [global, orders, delivery, archive] = ["111111111111", "222222222222", "333333333333", "444444444444"];

/** Order.Created goes to delivery, and to archive by `*`. */
describe("the throughput of an environment", () => {
  it.each([
    {
      name: "a request to the global bus, its log, a forward per receiver, and the log of each",
      edits: [peak(100)],
      loads: { [global]: [100, 300], [orders]: [100, 0], [delivery]: [0, 100], [archive]: [0, 100] },
    },
    {
      name: "another receiver",
      edits: [peak(100), route({ events: "orders/Order.Created", to: "orders", includeOwn: true })],
      loads: { [global]: [100, 400], [orders]: [100, 100], [delivery]: [0, 100], [archive]: [0, 100] },
    },
    {
      name: "contracts one with another",
      edits: [peak(100), peak(0.5, ["services", "delivery", "contracts", "Delivery.Updated"])],
      loads: {
        [global]: [100.5, 301.5],
        [orders]: [100, 0.5],
        [delivery]: [0.5, 100],
        [archive]: [0, 100.5],
      },
    },
    {
      name: "a filter as if it let all pass, and several of one contract as the one rule that they are",
      edits: [
        peak(100),
        route({ events: "orders/Order.Created", to: "delivery", filter: { orderId: ["a"] } }, 0),
        route({ events: "orders/Order.Created", to: "delivery", filter: { orderId: ["b"] } }),
      ],
      loads: { [global]: [100, 300], [orders]: [100, 0], [delivery]: [0, 100], [archive]: [0, 100] },
    },
    {
      name: "the rules that archives have on their buses",
      edits: [peak(100), prod("archive", { retentionDays: 7, local: { delivery: 1 } })],
      loads: { [global]: [100, 400], [orders]: [100, 0], [delivery]: [0, 200], [archive]: [0, 100] },
    },
    {
      name: "what shares an AWS account together, and each request once",
      edits: [peak(100), prod("accountIds", global)],
      loads: { [global]: [100, 500] },
    },
    {
      name: "environments that share an AWS account in one Region",
      edits: [peak(100), prod("accountIds", "999999999999")],
      loads: { "999999999999": [200, 1000] },
    },
    {
      name: "environments of different Regions apart",
      edits: [peak(100), prod("accountIds", "999999999999"), prod("region", "eu-central-1")],
      loads: { "999999999999": [100, 500] },
    },
    {
      name: "only what is in the environment",
      edits: [
        peak(100),
        prod("accountIds", { global, orders, delivery, archive: null }),
        [["services", "delivery", "environments"], ["dev"]] as const,
      ],
      loads: { [global]: [100, 200], [orders]: [100, 0], [delivery]: [0, 100] },
    },
  ])("counts $name", ({ edits, loads }) => {
    expect(loadsOf(topologyOf(editedAll(shopRegistry, edits), "prod").throughput)).toEqual(loads);
  });

  it("is not spoken of where no contract says its peak, and says how many do not", () => {
    expect(topologyOf(shopRegistry, "prod")).not.toHaveProperty("throughput");
    const { throughput } = topologyOf(editedAll(shopRegistry, [peak(1)]), "prod");
    expect(throughput).toMatchObject({ contracts: 3, withoutPeak: 2 });
  });
});

describe("a throughput quota", () => {
  it.each([
    { region: "eu-west-1", requests: 10_000, invocations: 18_750 },
    { region: "eu-central-1", requests: 2_400, invocations: 4_500 },
    { region: "eu-west-2", requests: 1_200, invocations: 2_250 },
    { region: "eu-north-1", requests: 600, invocations: 1_100 },
    { region: "eu-south-1", requests: 400, invocations: 750 },
  ])("is that of $region", ({ region, requests, invocations }) => {
    expect(defaultQuota("putEventsPerSecond", region)).toBe(requests);
    expect(defaultQuota("invocationsPerSecond", region)).toBe(invocations);
  });

  const warningsAt = (perSecond: number, quotas = {}) =>
    topologyOf(editedAll(shopRegistry, [peak(perSecond), prod("quotas", quotas)]), "prod");

  it("says what AWS delays and what it refuses, and stops nothing", () => {
    const { problems, warnings } = warningsAt(12_000);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^AWS account 111111111111 would use, with every contract at its peak, 12000 of 10000 requests per second \(.+, 120 %\); AWS refuses the requests beyond it, and publishers must try again; ask AWS for more and write it in environments\.prod\.quotas\.putEventsPerSecond/,
      ),
      expect.stringMatching(
        /^AWS account 111111111111 would use, .+ 36000 of 18750 invocations per second \(.+, 192 %\); AWS delays the events beyond it, for up to 24 hours; ask AWS .+\.invocationsPerSecond/,
      ),
      expect.stringContaining(
        "AWS account 222222222222 would use, with every contract at its peak, 12000 of",
      ),
    ]);
  });

  it("is near from 80 % on, and can be raised", () => {
    expect(warningsAt(4_999).warnings).toEqual([]);
    expect(warningsAt(5_000).warnings).toEqual([expect.stringMatching(/15000 of 18750 .+ 80 %\); ask AWS/)]);
    expect(warningsAt(5_000, { invocationsPerSecond: 30_000 }).warnings).toEqual([]);
  });
});

describe("for any registry", () => {
  const withPeaks = fc
    .tuple(arbitraryRegistry({ members: 6 }), fc.nat({ max: 50 }))
    .map(([registry, base]): RegistryDefinition => ({
      ...registry,
      services: Object.fromEntries(
        Object.entries(registry.services).map(([name, service]) => [
          name,
          {
            ...service,
            contracts: Object.fromEntries(
              Object.entries(service.contracts).map(([type, contract], index) => [
                type,
                { ...contract, peakPerSecond: base + index + 1 },
              ]),
            ),
          },
        ]),
      ),
    }));

  it("a route less raises nothing", () => {
    fc.assert(
      fc.property(withPeaks, fc.nat(), (registry, pick) => {
        const { routes } = registry;
        const fewer = { ...registry, routes: routes.filter((_, index) => index !== pick % routes.length) };
        for (const environment of ["prod", "dev"]) {
          const all = loadsOf(topologyOf(registry, environment).throughput);
          for (const [id, load] of Object.entries(loadsOf(topologyOf(fewer, environment).throughput)))
            load.forEach((less, index) => {
              expect(less).toBeLessThanOrEqual(all[id]?.[index] ?? 0);
            });
        }
      }),
      { numRuns: 50 },
    );
  });

  it("the invocations of the global bus are those of the rules that are emitted", () => {
    fc.assert(
      fc.property(withPeaks, (definition) => {
        const ids = Object.keys(definition.accounts).map((name, index) => [
          name,
          `${700_000_000_000 + index}`,
        ]);
        const apart = edited(definition, ["environments", "prod", "accountIds"], Object.fromEntries(ids));
        const registry = parseRegistry(apart);
        const prod = registry.environments.get("prod");
        if (prod === undefined) throw new Error("no prod");
        const { contracts, backbone } = inEnvironment(registry, prod);
        const topology = topologyOf(apart, "prod");
        const rules = backboneOf(topology).forwards.flatMap((forward) => forward.rules);
        const peakOf = (key: string) => contracts.get(key)?.peakPerSecond ?? 0;
        const carried = rules.flatMap((rule) => [...new Set(rule.contracts)]).map(peakOf);
        const logged = [...contracts.keys()].map(peakOf);
        const id = prod.accountIds.get(backbone) ?? "";
        const total = [...carried, ...logged].reduce((sum, value) => sum + value, 0);
        if (contracts.size > 0) expect(loadsOf(topology.throughput)[id]?.[1]).toBe(total);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a mistake in a peak", () => {
  const path = 'services.orders.contracts["Order.Created"].peakPerSecond';
  itReportsOnce([
    {
      name: "that is text",
      edits: [peak("50")],
      path,
      says: ['expected a number, received the string "50"', "such as 50"],
    },
    { name: "of nothing", edits: [peak(0)], path, says: ["0 events a second are no peak", "leave it out"] },
    { name: "below nothing", edits: [peak(-1)], path, says: ["-1 events a second are no peak"] },
    { name: "without an end", edits: [peak(Infinity)], path, says: ["expected a number"] },
  ]);
});
