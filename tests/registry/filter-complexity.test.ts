import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseRegistry } from "../../infra/registry/index.js";
import { editedAll, removed } from "../fixtures/edit.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

const contract = {
  description: "Happened.",
  version: 1,
  detail: z.looseObject({ path: z.string() }),
  example: { path: "a" },
};

/** Two services that publish under one detail-type, routed to the archive with these filters on the path. */
function routed(...filters: readonly (readonly unknown[])[]): unknown {
  const services = ["orders", "delivery"] as const;
  return editedAll(shopRegistry, [
    ...services.map((service) => [["services", service, "contracts"], { Filed: contract }] as const),
    [
      ["routes"],
      filters.map((path, index) => ({
        events: `${services[index % 2] ?? "orders"}/Filed`,
        to: "archive",
        filter: { path },
      })),
    ],
    [["stories"], removed],
  ]);
}

/** Complexity 7 each; on one field of one rule they add up. */
const [first, second] = ["a", "b"].map((letter) =>
  [1, 2, 3].map((number) => ({ wildcard: `*:${letter}${number}/*` })),
);

describe("wildcards in the filters of routes", () => {
  it("are refused where one filter has more than EventBridge takes, with the mend", () => {
    const stars = Array.from({ length: 12 }, (_, index) => ({ wildcard: `*:stack/${index}/*` }));
    const [problem] = problemsOf(routed(stars));
    expect(problem?.path).toBe("routes[0].filter");
    expect(problem?.message).toMatch(/^has wildcard complexity \d+, EventBridge takes at most 10 a rule/);
    expect(problem?.message).toContain('{"prefix": "x"} for x*');
  });

  it("divide the forward where two routes share a field, so that no rule is refused", () => {
    const topology = topologyOf(routed(first ?? [], second ?? []), "prod");
    const [forward] = backboneOf(topology).forwards;
    expect(forward?.rules.map(({ routes }) => routes)).toHaveLength(2);
    for (const { cost } of forward?.rules ?? []) expect(cost.wildcardComplexity).toBeLessThanOrEqual(10);
    expect(topology.problems).toEqual([]);
  });

  it("are refused where two filters of one contract become one pattern, naming both routes", () => {
    const [problem] = problemsOf(routed(first ?? [], [{ prefix: "x" }], second ?? []));
    expect(problem?.path).toBe("routes[2].filter");
    expect(problem?.message).toContain("cannot stand beside routes[0].filter");
    expect(problem?.message).toContain("EventBridge takes at most 10 a rule");
  });

  it("are counted in the ARN of the deploy role, whose stars stand in a pattern", () => {
    const stars = `arn:aws:iam::111111111111:role/${Array.from({ length: 14 }, () => "a*").join("")}`;
    const registry = editedAll(shopRegistry, [
      [["environments", "prod", "alarms"], {}],
      [["environments", "prod", "auditTrail"], { retentionDays: 365, deployRoleArn: stars }],
    ]);
    expect(problemsOf(registry).map(({ message }) => message)).toEqual([
      expect.stringContaining("has too many stars: wildcard complexity"),
    ]);
  });
});

describe("a filter that AWS accepts and nobody can mean", () => {
  it("is warned of", () => {
    const { warnings } = parseRegistry(routed(["docs/*"]));
    expect(warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      expect.stringMatching(/^routes\[0\]\.filter: detail\.path\[0\]: .*\*/),
    ]);
  });
});
