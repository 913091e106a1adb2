import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventPattern } from "../../infra/aws/event-pattern.js";
import type { RegistryDefinition, RouteDefinition } from "../../infra/registry/define.js";
import { isLater } from "../../rehearsal/numbered.js";
import { arbitraryDividedRegistry, arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import { editedAll } from "../fixtures/edit.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { registry as organisation } from "../fixtures/registries/organisation-publishing.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

type Publishing = "statements" | "organisation";
const both: readonly Publishing[] = ["statements", "organisation"];

/** Each account in an AWS account of its own, all in one organisation. */
function published(definition: RegistryDefinition, publishing: Publishing): unknown {
  const ids = Object.keys(definition.accounts).map((name, index) => [name, String(100_000_000_000 + index)]);
  return editedAll(definition, [
    [["environments", "prod", "accountIds"], Object.fromEntries(ids)],
    [["environments", "prod", "organizationId"], "o-example0000"],
    [["environments", "prod", "publishing"], publishing],
  ]);
}

function rulesIn(definition: unknown) {
  return backboneOf(topologyOf(definition, "prod")).forwards.flatMap(({ rules }) => rules);
}

/** A pattern's branches, each with all of its fields. */
function branchesOf({ $or, ...fields }: EventPattern): EventPattern[] {
  return $or === undefined ? [fields] : $or.flatMap(branchesOf).map((branch) => ({ ...fields, ...branch }));
}

describe("forwards where the global bus lets in an organisation", () => {
  it.each([
    { name: "any registry", registries: arbitraryRegistry({ members: 6 }) },
    { name: "any registry with short patterns", registries: arbitraryDividedRegistry({ members: 6 }) },
  ])(
    "of $name have every rule of the other publishing, and bind accounts in every branch",
    ({ registries }) => {
      fc.assert(
        fc.property(registries, (definition) => {
          const [statements, bound] = both.map((publishing) => rulesIn(published(definition, publishing)));
          const names = new Set(bound?.map(({ name }) => name));
          expect(statements?.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
          for (const { eventPattern } of bound ?? [])
            for (const branch of branchesOf(eventPattern)) {
              expect(branch.account?.length).toBeGreaterThan(0);
              expect(branch["detail-type"]?.length).toBeGreaterThan(0);
            }
        }),
        { numRuns: 40 },
      );
    },
  );

  it("bind the accounts of all who publish: the owner's, the one it comes from, and others'", () => {
    const rules = rulesIn(organisation);
    const branches = (name: string) =>
      rules.filter((rule) => rule.name === name).flatMap(({ eventPattern }) => branchesOf(eventPattern));
    expect(branches("forward-audit")).toContainEqual({
      account: ["222222222222", "333333333333", "555555555555"],
      source: ["com.example.parcels"],
      "detail-type": ["Parcel.Sent"],
    });
    expect(branches("forward-orders")).toEqual([
      { account: ["555555555555"], source: ["com.example.transport"], "detail-type": ["Parcel.Handed"] },
    ]);
  });
});

describe("what a forward carries, as routes come and go and publishing is changed", () => {
  const base = generateRegistry({ members: 30, receives: 1 });
  const services = Object.keys(base.services);
  const types = ["Thing0.Happened", "Thing1.Happened"];
  const brought = fc.record({
    publishing: fc.constantFrom(...both),
    routes: fc.oneof(
      fc.constant([{ events: "*", to: "team-0000" }]),
      fc
        .subarray(services.slice(1), { minLength: 1 })
        .chain((some) =>
          fc.tuple(
            ...some.map((service) =>
              fc
                .constantFrom("*", ...types)
                .map((type): RouteDefinition => ({ events: `${service}/${type}`, to: "team-0000" })),
            ),
          ),
        ),
    ),
  });

  function carriers({ publishing, routes }: { publishing: Publishing; routes: readonly RouteDefinition[] }) {
    const rules = rulesIn(published({ ...base, routes }, publishing));
    return new Map(rules.flatMap(({ name, contracts }) => contracts.map((key) => [key, name])));
  }

  it("never moves to an earlier rule that is kept, which would take it on too late", () => {
    fc.assert(
      fc.property(brought, brought, (earlier, later) => {
        const [before, after] = [carriers(earlier), carriers(later)];
        const kept = new Set(after.values());
        for (const [key, name] of before) {
          const now = after.get(key);
          if (now !== undefined && isLater(name, now)) expect(kept).not.toContain(name);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is divided in several rules of one number, so that the above has something to say", () => {
    const names = new Set(
      carriers({ publishing: "organisation", routes: [{ events: "*", to: "team-0000" }] }).values(),
    );
    expect(names).toContain("forward-team-0000");
    expect([...names].some((name) => /\.0\.\d+$/.test(name))).toBe(true);
  });
});
