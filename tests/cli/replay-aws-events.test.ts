import { describe, expect, it } from "vitest";
import { namedRules, planReplay, seenAgain } from "../../cli/commands/replay/plan.js";
import { inEnvironment, parseRegistry } from "../../infra/registry/index.js";
import { planTopology } from "../../infra/topology/index.js";
import { selectRules } from "../../operations/replay.js";
import type { BusRule } from "../../operations/rules.js";
import { registry as definition } from "../fixtures/registries/aws-events.js";

const whole = parseRegistry({
  ...definition,
  environments: {
    ...definition.environments,
    prod: { ...definition.environments.prod, archive: { retentionDays: 7, local: { billing: 7 } } },
  },
});
const prod = whole.environments.get("prod");
if (prod === undefined) throw new Error("no environment prod");
const topology = planTopology(whole, prod);
const registry = inEnvironment(whole, prod);

const times = { from: new Date("2026-01-01T10:00:00Z"), to: new Date("2026-01-01T11:00:00Z") };

function rule(name: string, pattern: object): BusRule {
  return { name, isEnabled: true, pattern: JSON.stringify(pattern), isManaged: false };
}

/** What stands on billing's bus. */
const listed = {
  kind: "listed",
  rules: [
    rule("all", { source: ["aws.s3"] }),
    rule("own", { account: ["333333333333"] }),
    rule("orders", { source: ["com.example.orders"] }),
  ],
} as const;

describe("a replay of events of AWS", () => {
  it("is none of the global archive, which names the receivers whose own could have them", () => {
    expect(() => planReplay(registry, topology, { contract: "uploads/Object Created" }, times)).toThrow(
      "events of AWS, which never pass the global bus: its archive has none; replay the archive of a receiver, if archive.local has one, to a rule on its bus: --account <receiver> --to-rule <rule> (its receivers are billing, orders)",
    );
  });

  it("is left out, in plain words, of what the global archive delivers again", () => {
    const { rules, warnings } = planReplay(registry, topology, { account: "billing" }, times);
    expect(rules.map(({ name, wanted }) => ({ name, wanted }))).toEqual([
      { name: "forward-billing", wanted: ["orders/Order.Created"] },
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^events of AWS never pass the global bus, so its archive has none of .*uploads\/Object Created/,
      ),
    ]);
    expect(
      planReplay(registry, topology, { contract: "orders/Order.Created", account: "audit" }, times).warnings,
    ).toEqual([
      "events of AWS never pass the global bus, so its archive has none of trail/AWS API Call via CloudTrail",
    ]);
  });

  it("takes no rule of a default bus for one of the global bus, and logs none there", () => {
    const backbone = topology.stacks.get("global");
    if (backbone?.kind !== "backbone") throw new Error("global is the backbone");
    const all = [
      ...selectRules(registry, backbone, {}),
      ...selectRules(registry, backbone, { account: "global" }),
    ];
    expect(all.map(({ name }) => name)).toEqual(["forward-audit", "forward-billing", "log-all-events"]);
    expect(
      all.flatMap(({ wanted }) => wanted).filter((key) => /^(?:uploads|invoices|trail|payments)/.test(key)),
    ).toEqual([]);
  });

  it("goes from a receiver's own archive to the rules that take them, of whatever account they are", () => {
    const plan = planReplay(
      registry,
      topology,
      { account: "billing", toRule: ["all", "own", "orders"] },
      times,
    );
    const taken = namedRules(registry, prod, plan, listed).map(({ name, wanted }) => [
      name,
      [...wanted].sort(),
    ]);
    expect(Object.fromEntries(taken)).toEqual({
      all: ["invoices/Object Created", "uploads/Object Created"],
      own: ["invoices/Object Created", "payments/Payment Succeeded"],
      orders: ["orders/Order.Created"],
    });
    expect(plan.warnings).toEqual([]);
  });

  it("is seen again by a rule that takes those of another account than the first", () => {
    const bus = rule("global's", { account: ["111111111111"] });
    const replayed = [
      {
        name: "x",
        arn: "arn:aws:events:eu-west-1:1:rule/b/x",
        account: "audit",
        wanted: ["trail/AWS API Call via CloudTrail"],
        besides: [],
      },
    ] as const;
    const seen = (of: BusRule) =>
      seenAgain(registry, prod, replayed, new Map([["audit", { kind: "listed", rules: [of] }]]));
    expect(seen(bus)).toMatchObject([{ rules: [{ name: "global's" }] }]);
    expect(seen(rule("nobody's", { account: ["999999999999"] }))).toEqual([{ account: "audit", rules: [] }]);
  });
});

describe("a canary", () => {
  it("is no event of AWS", () => {
    expect(() => parseRegistry({ ...definition, canary: "uploads/Object Created" })).toThrow(/canary/);
  });
});
