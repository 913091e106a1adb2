import { describe, expect, it } from "vitest";
import { edited } from "../fixtures/edit.js";
import { registry } from "../fixtures/registries/services-1000.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

const topology = topologyOf(registry, "prod");

describe("a thousand services in a thousand accounts, and a receiver of everything", () => {
  it("fit, with rules and roles raised and nothing else", () => {
    expect(topology.problems).toEqual([]);
    expect(Object.keys(registry.environments.prod?.quotas ?? {})).toEqual(["rulesPerBus", "rolesPerAccount"]);
    const unraised = topologyOf(edited(registry, ["environments", "prod", "quotas"], {}), "prod");
    expect(unraised.problems.map((problem) => problem.split(" uses ")[0])).toEqual([
      "bus mesh-hub",
      "AWS account 100000000000",
    ]);
    // What to ask for is said whether or not the registry says that it was granted.
    expect(unraised.supportCases).toEqual([
      expect.stringMatching(
        /^AWS account 100000000000, eu-west-1: please raise "Rules per event bus" from 300 to 1,300 rules;/,
      ),
      expect.stringMatching(
        /^AWS account 100000000000, eu-west-1: please raise "IAM roles per account" from 1,000 to 1,300 roles;/,
      ),
    ]);
    expect(topology.supportCases).toHaveLength(2);
  });

  it("take a rule each, and who receives everything one for a dozen services or so", () => {
    const { forwards } = backboneOf(topology);
    const counts = new Map(forwards.map(({ member, rules }) => [member, rules.length]));
    const audit = counts.get("audit") ?? 0;
    expect(audit).toBeGreaterThan(1_000 / 18);
    expect(audit).toBeLessThan(1_000 / 9);
    expect([...counts].filter(([member, rules]) => member !== "audit" && rules !== 1)).toEqual([]);
    const carried = forwards
      .find(({ member }) => member === "audit")
      ?.rules.flatMap(({ contracts }) => contracts);
    expect([...(carried ?? [])].sort()).toEqual(
      Object.entries(registry.services)
        .flatMap(([service, { contracts }]) => Object.keys(contracts).map((type) => `${service}/${type}`))
        .sort(),
    );
  });

  it("leave room for as many more as the rules do", () => {
    const { roomForServices } = topology;
    const used = backboneOf(topology).forwards.flatMap(({ rules }) => rules).length + 1;
    const audit = backboneOf(topology).forwards.find(({ member }) => member === "audit")?.rules.length ?? 0;
    expect(roomForServices).toEqual({
      quota: "rulesPerBus",
      count: Math.floor(((1_500 - used) * 1_000) / audit),
    });
  });
});
