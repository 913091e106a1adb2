import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RegistryDefinition } from "../../infra/registry/define.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { planTopology, type StackPlan, type Topology } from "../../infra/topology/index.js";
import { arbitraryDividedRegistry, arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import type { PublishingDefinition } from "../fixtures/declared.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { reordered } from "../fixtures/reordered.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

const environments = ["prod", "dev"] as const;

/** What AWS allows, written down a second time: here from the API models, by kind of thing. */
const nameLimits = {
  bus: /^[A-Za-z0-9._-]{1,256}$/,
  rule: /^[A-Za-z0-9._-]{1,64}$/,
  targetId: /^[A-Za-z0-9._-]{1,64}$/,
  role: /^[\w+=,.@-]{1,64}$/,
  managedPolicy: /^[\w+=,.@-]{1,128}$/,
  queue: /^[A-Za-z0-9_-]{1,80}$/,
  logGroup: /^[A-Za-z0-9_/.#-]{1,512}$/,
  parameter: /^(?:\/[A-Za-z0-9_.-]+){1,15}$/,
} as const;

interface Named {
  readonly kind: keyof typeof nameLimits;
  readonly name: string;
}

function namesOf(stack: StackPlan): Named[] {
  const common: Named[] = [
    { kind: "bus", name: stack.bus.name },
    { kind: "logGroup", name: stack.log.logGroupName },
    { kind: "rule", name: stack.log.ruleName },
    { kind: "targetId", name: stack.log.targetId },
    { kind: "queue", name: stack.deadLetterQueue.name },
    ...stack.parameters.map(({ name }): Named => ({ kind: "parameter", name })),
  ];
  if (stack.kind === "member") {
    return [
      ...common,
      ...stack.publisherPolicies.map(({ name }): Named => ({ kind: "managedPolicy", name })),
    ];
  }
  return [
    ...common,
    ...stack.forwards.flatMap(({ roleName, targetId, rules }): Named[] => [
      { kind: "role", name: roleName },
      { kind: "targetId", name: targetId },
      ...rules.map(({ name }): Named => ({ kind: "rule", name })),
    ]),
  ];
}

/** Policies and patterns of a stack, as the text AWS would receive, with the quota each is measured by. */
function documentsOf(stack: StackPlan): { readonly limit: number; readonly text: string }[] {
  const policies = [
    { limit: 10_240, value: stack.bus.policy },
    { limit: 8_192, value: stack.deadLetterQueue.policy },
    { limit: 5_120, value: stack.log.policy },
  ];
  const own =
    stack.kind === "member"
      ? stack.publisherPolicies.map(({ policy }) => ({ limit: 6_144, value: policy }))
      : stack.forwards.flatMap(({ trustPolicy, executionPolicy, rules }) => [
          { limit: 2_048, value: trustPolicy },
          { limit: 10_240, value: executionPolicy },
          ...rules.map(({ eventPattern }) => ({ limit: 2_048, value: eventPattern })),
        ]);
  return [...policies, ...own].map(({ limit, value }) => ({ limit, text: JSON.stringify(value) }));
}

function stacksOf(topology: Topology): StackPlan[] {
  return [...topology.stacks.values()];
}

function withoutRoute(registry: RegistryDefinition, pick: number): RegistryDefinition {
  const { routes } = registry;
  return { ...registry, routes: routes.filter((_, index) => index !== pick % routes.length) };
}

/** The rule that carries each contract to each member. */
function carriersIn(registry: RegistryDefinition, environment: string) {
  const rules = backboneOf(topologyOf(registry, environment)).forwards.flatMap(({ member, rules: own }) =>
    own.map((rule) => ({ member, ...rule })),
  );
  return new Map(
    rules.flatMap(({ member, name, contracts }) =>
      contracts.map((key) => [`${key} to ${member}`, { name, number: Number(name.split(".")[1] ?? 0) }]),
    ),
  );
}

const registries = arbitraryRegistry({ members: 8 });

describe("for any registry that holds, in every environment", () => {
  it("the order in which it is written changes no name and no policy text", () => {
    fc.assert(
      fc.property(registries, fc.nat(), (registry, seed) => {
        for (const environment of environments) {
          const written = [...topologyOf(registry, environment).stacks];
          const other = [...topologyOf(reordered(registry, seed), environment).stacks];
          expect(JSON.stringify(other)).toBe(JSON.stringify(written));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("taking a route away takes names away and gives no other a new one, but for rules", () => {
    fc.assert(
      fc.property(registries, fc.nat(), (registry, pick) => {
        const fewer = withoutRoute(registry, pick);
        for (const environment of environments) {
          const names = (definition: RegistryDefinition) =>
            stacksOf(topologyOf(definition, environment)).flatMap((stack) =>
              namesOf(stack).flatMap(({ kind, name }) =>
                kind === "rule" ? [] : [`${stack.account} ${kind} ${name}`],
              ),
            );
          expect(names(registry)).toEqual(expect.arrayContaining(names(fewer)));
        }
      }),
      { numRuns: 40 },
    );
  });

  // A forward may divide then: without the route, two sources have no longer the same detail-types.
  it("taking a route away moves no contract to an earlier rule that is kept", () => {
    fc.assert(
      fc.property(arbitraryDividedRegistry({ members: 4 }), fc.nat(), (registry, pick) => {
        for (const environment of environments) {
          const before = carriersIn(registry, environment);
          const after = carriersIn(withoutRoute(registry, pick), environment);
          const kept = new Set([...after.values()].map(({ name }) => name));
          for (const [key, { name, number }] of before) {
            const now = after.get(key);
            if (now !== undefined && now.number < number) expect([key, kept.has(name)]).toEqual([key, false]);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("every name is one that AWS takes, and no two things of a kind share one in an AWS account", () => {
    fc.assert(
      fc.property(registries, (registry) => {
        const taken = new Set<string>();
        for (const stack of environments.flatMap((name) => stacksOf(topologyOf(registry, name)))) {
          for (const { kind, name } of namesOf(stack)) {
            expect(name).toMatch(nameLimits[kind]);
            if (kind === "rule" || kind === "targetId") continue;
            const claim = `${stack.accountId} ${kind} ${name}`;
            expect(taken.has(claim)).toBe(false);
            taken.add(claim);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("every policy and pattern fits its quota, or the topology says which does not", () => {
    fc.assert(
      fc.property(arbitraryRegistry({ members: 60 }), (registry) => {
        for (const environment of environments) {
          const topology = topologyOf(registry, environment);
          const tooLong = stacksOf(topology)
            .flatMap(documentsOf)
            .filter(({ limit, text }) => text.length > limit);
          const reported = topology.problems.filter((problem) => problem.includes("characters"));
          expect(reported).toHaveLength(tooLong.length);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("with 300 members", () => {
  it("every name is one that AWS takes, with the longest account names that pass", () => {
    const accounts = Array.from({ length: 300 }, (_, index) => `${"a".repeat(41)}-${100 + index}`);
    const small = generateRegistry({ members: 300 });
    const rename = (name: string) => {
      const index = /^team-(\d+)$/.exec(name)?.[1];
      return index === undefined ? name : (accounts[Number(index)] ?? name);
    };
    const registry = parseRegistry(renamedAccounts(small, rename));
    const prod = registry.environments.get("prod");
    if (prod === undefined) throw new Error("no environment prod");
    for (const stack of planTopology(registry, prod).stacks.values()) {
      for (const { kind, name } of namesOf(stack)) expect(name).toMatch(nameLimits[kind]);
    }
  });

  it("adding one route changes the patterns of its receiver only", () => {
    const before = generateRegistry({ members: 300 });
    const after = {
      ...before,
      routes: [...before.routes, { events: "service-0150/Thing1.Happened", to: "team-0007" }],
    };
    const patterns = (definition: RegistryDefinition) =>
      new Map(
        backboneOf(topologyOf(definition, "prod")).forwards.flatMap(({ rules }) =>
          rules.map(({ name, eventPattern }) => [name, JSON.stringify(eventPattern)]),
        ),
      );
    const later = patterns(after);
    const changed = [...patterns(before)].filter(([name, pattern]) => later.get(name) !== pattern);
    expect(changed.map(([name]) => name)).toEqual(["forward-team-0007"]);
  });
});

function renamedAccounts(
  registry: PublishingDefinition,
  rename: (name: string) => string,
): PublishingDefinition {
  const keys = <Value>(object: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), value]));
  const environments = Object.entries(registry.environments).map(([name, environment]) => {
    const { accountIds } = environment;
    return [
      name,
      { ...environment, accountIds: typeof accountIds === "string" ? accountIds : keys(accountIds) },
    ] as const;
  });
  const services = Object.entries(registry.services).map(
    ([name, service]) => [name, { ...service, account: rename(service.account) }] as const,
  );
  return {
    ...registry,
    accounts: keys(registry.accounts),
    environments: Object.fromEntries(environments),
    services: Object.fromEntries(services),
    routes: registry.routes.map((route) => ({ ...route, to: rename(route.to) })),
  };
}
