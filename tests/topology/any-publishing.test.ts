import { ask, buildWorld, type NamedPolicy, renderWorldProblem, type World } from "eventbridge-simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StackPlan } from "../../infra/topology/index.js";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import {
  type Declared,
  declaredIn,
  environmentNames,
  type PublishingDefinition,
} from "../fixtures/declared.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

const everything: NamedPolicy = {
  name: "AdministratorAccess",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Everything", Effect: "Allow", Action: "*", Resource: "*" }],
  }),
};
const stranger = "000000000001";

/** The global bus as it is planned, and who asks it. */
function publishingIn(definition: PublishingDefinition, environment: string) {
  const { ids, declared } = declaredIn(definition, environment);
  const topology = topologyOf(definition, environment);
  const { bus } = backboneOf(topology);
  const hub = ids.get("hub") ?? "";
  const outside = new Set(
    [...ids].flatMap(([name, id]) =>
      definition.accounts[name]?.outsideOrganization && id !== hub ? [id] : [],
    ),
  );
  const accountIds = [...new Set([...ids.values(), stranger])];
  const { organizationId } = definition.environments[environment] ?? {};
  const world = worldOf(
    accountIds.map((id) => ({ id, ...(outside.has(id) || id === stranger ? {} : { organizationId }) })),
    { arn: bus.arn, policy: JSON.stringify(bus.policy) },
  );
  /** What a role with these policies can publish of all that is declared, crossed, and more. */
  const published = (id: string, policies: readonly NamedPolicy[]): string[] => {
    const caller = { arn: `arn:aws:iam::${id}:role/somebody`, policies };
    return pairs(declared)
      .filter(({ source, detailType }) => {
        const claims = { sources: [source], detailTypes: [detailType] };
        const { outcome } = ask(world, { may: "put-events", caller, bus: bus.arn, claims });
        expect(outcome).not.toBe("undecided");
        return outcome === "allowed";
      })
      .map(textOf);
  };
  return { ids, declared, accountIds, published, stacks: [...topology.stacks.values()] };
}

function worldOf(
  accounts: readonly { readonly id: string; readonly organizationId?: string | undefined }[],
  bus: { readonly arn: string; readonly policy: string },
): World {
  const reading = buildWorld({
    accounts,
    buses: [bus],
    rules: [],
    roles: [],
    managedPolicies: [],
    logGroups: [],
    logResourcePolicies: [],
    queues: [],
    topics: [],
    keys: [],
    functions: [],
    mappings: [],
    assumed: [],
  });
  if (!reading.ok) throw new Error(reading.problems.map(renderWorldProblem).join("\n"));
  return reading.world;
}

interface Pair {
  readonly source: string;
  readonly detailType: string;
}

function pairs(declared: readonly Declared[]): Pair[] {
  const sources = new Set([...declared.map(({ source }) => source), "com.example.nobody"]);
  const types = new Set([...declared.map(({ detailType }) => detailType), "Nothing.Declared"]);
  return [...sources].flatMap((source) => [...types].map((detailType) => ({ source, detailType })));
}

function textOf({ source, detailType }: Pair): string {
  return `${source} "${detailType}"`;
}

/** What is declared of those that somebody publishes, in the order of {@link pairs}. */
function wanted(
  declared: readonly Declared[],
  isBy: Parameters<Declared["publishers"]["some"]>[0],
): string[] {
  const texts = new Set(declared.filter(({ publishers }) => publishers.some(isBy)).map(textOf));
  return pairs(declared)
    .map(textOf)
    .filter((text) => texts.has(text));
}

function publisherPolicies(stack: StackPlan) {
  return stack.kind === "member" ? stack.publisherPolicies : [];
}

const registries = arbitraryRegistry({ members: 5 });

describe("for any registry that holds, in every environment", () => {
  it("whoever an account lets do anything can publish what the registry says of the AWS account, and nothing else", () => {
    fc.assert(
      fc.property(registries, (definition) => {
        for (const environment of environmentNames) {
          const { declared, accountIds, published } = publishingIn(definition, environment);
          for (const id of accountIds) {
            const own = wanted(declared, (one) => one.id === id);
            expect([id, published(id, [everything])]).toEqual([id, own]);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("a role that carries a publisher policy can publish what its service may, whatever else it is allowed", () => {
    fc.assert(
      fc.property(registries, (definition) => {
        for (const environment of environmentNames) {
          const { ids, declared, published, stacks } = publishingIn(definition, environment);
          for (const stack of stacks)
            for (const { service, name, policy } of publisherPolicies(stack)) {
              const id = ids.get(stack.account) ?? "";
              const own = wanted(declared, (one) => one.service === service && one.id === id);
              const attached = { name, policy: JSON.stringify(policy) };
              for (const policies of [[attached], [attached, everything]])
                expect([service, published(id, policies)]).toEqual([service, own]);
            }
        }
      }),
      { numRuns: 20 },
    );
  });
});
