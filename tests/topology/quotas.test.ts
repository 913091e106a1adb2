import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { QuotaName } from "../../infra/aws/limits.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { planStack, TopologyError, type QuotaUsage } from "../../infra/topology/index.js";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { topologyOf } from "../fixtures/topologies.js";

function usageOf(definition: unknown, quota: QuotaName): QuotaUsage[] {
  return topologyOf(definition, "prod").quotaUsage.filter((usage) => usage.quota === quota);
}

/** As many members as asked for, with AWS's default quotas unless others are given. */
function unraised(members: number, quotas: Readonly<Partial<Record<QuotaName, number>>> = {}): unknown {
  return edited(generateRegistry({ members }), ["environments", "prod", "quotas"], quotas);
}

/** The shop, whose archive receives one contract filtered as given. */
function filtered(filters: readonly unknown[]): unknown {
  const detailTypes = filters.map((_, index) => `Thing.${index}`);
  const contract = { description: "Happened.", version: 1, detail: z.looseObject({}), example: {} };
  return editedAll(shopRegistry, [
    [["services", "orders", "contracts"], Object.fromEntries(detailTypes.map((type) => [type, contract]))],
    [
      ["routes"],
      filters.map((filter, index) => ({ events: `orders/Thing.${index}`, to: "archive", filter })),
    ],
    [["stories"], removed],
  ]);
}

describe("quota usage", () => {
  it("counts every quota that the topology can reach", () => {
    const { quotaUsage, problems, warnings } = topologyOf(shopRegistry, "prod");
    expect(new Set(quotaUsage.map(({ quota }) => quota))).toEqual(
      new Set<QuotaName>([
        "rulesPerBus",
        "wildcardRulesPerBus",
        "busesPerAccount",
        "busPolicyCharacters",
        "eventPatternCharacters",
        "patternCombinations",
        "rolesPerAccount",
        "wildcardComplexity",
      ]),
    );
    expect(problems).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("counts the forward rules and the logging rule of the global bus", () => {
    expect(usageOf(shopRegistry, "rulesPerBus")).toEqual([
      { quota: "rulesPerBus", where: "bus backbone-global", used: 4, limit: 300 },
    ]);
  });

  it.each([
    { region: "eu-west-1", limit: 300 },
    { region: "eu-south-1", limit: 100 },
  ])("knows the default of $region", ({ region, limit }) => {
    const registry = edited(shopRegistry, ["environments", "prod", "region"], region);
    expect(usageOf(registry, "rulesPerBus")[0]?.limit).toBe(limit);
  });

  it("takes what the environment says AWS has granted", () => {
    const registry = edited(shopRegistry, ["environments", "prod", "quotas"], { rulesPerBus: 1000 });
    expect(usageOf(registry, "rulesPerBus")[0]?.limit).toBe(1000);
  });

  it("counts the buses and roles of all environments that share an AWS account", () => {
    const { prod } = shopRegistry.environments;
    const second = { ...prod, accountIds: "999999999999", prefix: "second" };
    const registry = edited(shopRegistry, ["environments", "second"], second);
    const usages = topologyOf(registry, "dev").quotaUsage;
    expect(usages.find(({ quota }) => quota === "busesPerAccount")?.used).toBe(8);
    expect(usages.find(({ quota }) => quota === "rolesPerAccount")?.used).toBe(14);
  });
});

describe("a quota that is exceeded", () => {
  it.each([
    {
      name: "rules of a bus",
      quota: "rulesPerBus",
      registry: unraised(320, { busPolicyCharacters: 300_000 }),
      used: 321,
      limit: 300,
    },
    {
      name: "characters of the bus policy",
      quota: "busPolicyCharacters",
      registry: unraised(40),
      limit: 10_240,
    },
    {
      name: "buses of one AWS account",
      quota: "busesPerAccount",
      registry: editedAll(unraised(120, { busPolicyCharacters: 300_000 }), [
        [["environments", "prod", "accountIds"], "999999999999"],
      ]),
      used: 121,
      limit: 100,
    },
    {
      name: "characters of one pattern",
      quota: "eventPatternCharacters",
      registry: filtered([{ id: Array.from({ length: 200 }, (_, index) => `identifier-${index}`) }]),
      limit: 2048,
    },
    {
      name: "rules with wildcards",
      quota: "wildcardRulesPerBus",
      registry: edited(
        generateRegistry({ members: 40, receives: 1 }),
        ["routes"],
        generateRegistry({ members: 40, receives: 1 }).routes.map((route) => ({
          ...route,
          filter: { id: [{ wildcard: "a*b" }] },
        })),
      ),
      used: 40,
      limit: 30,
    },
    {
      name: "combinations of one pattern",
      quota: "patternCombinations",
      registry: filtered([
        Object.fromEntries([
          [
            "$or",
            Array.from({ length: 40 }, (_, index) => ({
              $or: Array.from({ length: 30 }, (__, inner) => ({ a: [index * 30 + inner] })),
            })),
          ],
        ]),
      ]),
      limit: 1000,
    },
  ] as const)(
    "is an error that names it, the number and the way out: $name",
    ({ quota, registry, limit, ...rest }) => {
      const [exceeded] = usageOf(registry, quota).filter(({ used }) => used > limit);
      expect(exceeded?.limit).toBe(limit);
      if ("used" in rest) expect(exceeded?.used).toBe(rest.used);
      const { problems } = topologyOf(registry, "prod");
      const problem = problems.find((text) => text.includes(`of ${limit} `)) ?? "";
      expect(problem).toContain(`${String(exceeded?.where)} uses ${String(exceeded?.used)} of ${limit}`);
      expect(problem).toContain(
        quota === "wildcardRulesPerBus" || quota === "patternCombinations"
          ? "AWS does not raise it further, so take routes or filters away"
          : `ask AWS for more and write it in environments.prod.quotas.${quota}`,
      );
      expect(problem).toMatch(/\(https:\/\/docs\.aws\.amazon\.com\/.+\)$/);
    },
  );

  it("stops every stack of the environment, before any resource", () => {
    const registry = parseRegistry(unraised(40));
    const plan = () => planStack(registry, { account: "team-0001", environment: "prod" });
    expect(plan).toThrow(TopologyError);
    expect(plan).toThrow('Environment "prod" exceeds 1 AWS quota:\n  bus mesh-hub uses');
  });

  it("is none any more when AWS has granted enough", () => {
    expect(topologyOf(unraised(40, { busPolicyCharacters: 40_000 }), "prod").problems).toEqual([]);
  });

  it("cannot be raised beyond AWS's ceiling", () => {
    const registry = editedAll(
      filtered([{ id: Array.from({ length: 400 }, (_, index) => `identifier-${index}`) }]),
      [[["environments", "prod", "quotas"], { eventPatternCharacters: 4096 }]],
    );
    expect(topologyOf(registry, "prod").problems.join()).toContain("AWS does not raise it further");
  });
});

describe("filters with many combinations", () => {
  it("share a rule until AWS would refuse it, then they are divided", () => {
    const branches = Array.from({ length: 20 }, (_, index) => ({ a: [index] }));
    const nested = { $or: branches.slice(0, 2).map(() => ({ $or: branches })) };
    const registry = filtered(Array.from({ length: 30 }, (_, index) => ({ ...nested, b: [index] })));
    const raised = edited(registry, ["environments", "prod", "quotas"], { eventPatternCharacters: 4096 });
    const usages = usageOf(raised, "patternCombinations");
    expect(usages.length).toBeGreaterThan(1);
    for (const { used, limit } of usages) expect(used).toBeLessThanOrEqual(limit);
  });
});

describe("near a quota", () => {
  it("warns from 80 % on, and not before", () => {
    const at = (rulesPerBus: number) =>
      topologyOf(edited(shopRegistry, ["environments", "prod", "quotas"], { rulesPerBus }), "prod").warnings;
    expect(at(6)).toEqual([]);
    expect(at(5)).toEqual([
      expect.stringContaining("bus backbone-global uses 4 of 5 rules (Rules per event bus, 80 %)"),
    ]);
    expect(at(4)).toEqual([expect.stringContaining("uses 4 of 4 rules")]);
  });

  it("says nothing of a pattern's size while the forward can be divided", () => {
    const filters = Array.from({ length: 60 }, (_, index) => ({ id: [`identifier-number-${index}`] }));
    const [usage] = usageOf(filtered(filters), "eventPatternCharacters");
    expect(topologyOf(filtered(filters), "prod").quotaUsage.length).toBeGreaterThan(10);
    expect(usage?.used).toBeGreaterThan(1_000);
    expect(topologyOf(filtered(filters), "prod").warnings).toEqual([]);
  });

  it("says what accounts that share one AWS account cannot promise", () => {
    expect(topologyOf(shopRegistry, "dev").warnings).toEqual([
      expect.stringContaining('the accounts of "dev" share one AWS account'),
    ]);
  });
});

describe("room for more", () => {
  it("counts the services that still fit into the bus policy: so many, and not one more", () => {
    const { roomForServices } = topologyOf(unraised(5), "prod");
    expect(roomForServices?.quota).toBe("busPolicyCharacters");
    const fits = 5 + (roomForServices?.count ?? 0);
    expect(topologyOf(unraised(fits), "prod").problems).toEqual([]);
    expect(topologyOf(unraised(fits + 1), "prod").problems).not.toEqual([]);
  });

  it("counts the members that still fit into the rules of the global bus: so many, and not one more", () => {
    const { roomForMembers } = topologyOf(unraised(5), "prod");
    expect(roomForMembers).toEqual({ quota: "rulesPerBus", count: 294 });
    const raised = { busPolicyCharacters: 300_000 };
    expect(topologyOf(unraised(299, raised), "prod").problems).toEqual([]);
    expect(topologyOf(unraised(300, raised), "prod").problems).not.toEqual([]);
  });
});
