import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RegistryDefinition } from "../../infra/registry/define.js";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { registry as stagingFirst } from "../fixtures/registries/staging-first.js";

/** Each way to be in some environments only, by chance: an account without an id, a service, a route. */
function scattered(definition: RegistryDefinition, chance: () => boolean): RegistryDefinition {
  const { prod } = definition.environments;
  if (prod === undefined || typeof prod.accountIds === "string") throw new Error("no ids in prod");
  const only = () => (chance() ? { environments: ["dev"] } : {});
  // Two routes of one contract to one account must be in the same environments.
  const onlyOf = new Map(Object.keys(definition.accounts).map((name) => [name, only()]));
  const backbone = Object.entries(definition.accounts).find(([, account]) => account.backbone)?.[0];
  return {
    ...definition,
    environments: {
      ...definition.environments,
      prod: {
        ...prod,
        accountIds: Object.fromEntries(
          Object.entries(prod.accountIds).map(([name, id]) => [
            name,
            name !== backbone && chance() ? null : id,
          ]),
        ),
      },
    },
    services: Object.fromEntries(
      Object.entries(definition.services).map(([name, service]) => [name, { ...service, ...only() }]),
    ),
    routes: definition.routes.map((route) => ({ ...route, ...onlyOf.get(route.to) })),
  };
}

describe("an environment that does not have everything", () => {
  it.each(["prod", "dev"])(
    "is proven: the one that gets a service in dev first, in %s",
    async (environment) => {
      expect(verifyPlan(await rehearse(stagingFirst, environment)).failures).toEqual([]);
    },
  );

  it("emits nothing of what it does not have", async () => {
    const { plan } = await rehearse(stagingFirst, "prod");
    expect(plan.stacks.map(({ account }) => account)).toEqual(["global", "delivery", "orders"]);
    expect(JSON.stringify(plan)).not.toMatch(/payment|loyalty/i);
  });

  it("is proven, whatever it has and whatever is routed where", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryRegistry({ members: 4 }),
        fc.infiniteStream(fc.boolean()),
        async (definition, coins) => {
          const sparse = scattered(
            definition,
            () => coins.next().value === true && coins.next().value === true,
          );
          for (const environment of ["prod", "dev"])
            expect(verifyPlan(await rehearse(sparse, environment)).failures).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
  });
});
