import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { RegistryDefinition } from "../../infra/registry/define.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { planTopology } from "../../infra/topology/index.js";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { changeInput, changeResource, everyFailure, rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { ofKind, stackOf, textOf } from "../fixtures/recordings.js";
import { registry as harbours } from "../fixtures/registries/systems/harbours.js";
import { registry as idsFromFile } from "../fixtures/registries/ids-from-file/index.js";
import { registry as market } from "../fixtures/registries/systems/market.js";
import { registry as moving } from "../fixtures/registries/systems/moving.js";
import { registry as notices } from "../fixtures/registries/systems/notices.js";
import { registry as records } from "../fixtures/registries/systems/records.js";

const systems: Readonly<Record<string, RegistryDefinition>> = {
  harbours,
  idsFromFile,
  market,
  moving,
  notices,
  records,
};

describe("a system as companies have it", () => {
  const cases = Object.entries(systems).flatMap(([name, definition]) =>
    Object.keys(definition.environments).map((environment) => ({ name, definition, environment })),
  );

  it.each(cases)(
    "is checked, planned and proven: $name in $environment",
    async ({ definition, environment }) => {
      const registry = parseRegistry(definition);
      const found = registry.environments.get(environment);
      expect(found && planTopology(registry, found).problems).toEqual([]);
      expect(verifyPlan(await rehearse(definition, environment)).failures).toEqual([]);
    },
  );
});

describe("an environment some of whose accounts are one AWS account", () => {
  it.each([
    { environment: "test", says: 'clinic and pharmacy in "test" share one AWS account: ' },
    { environment: "staging", says: 'clinic and post in "staging" share one AWS account: ' },
    { environment: "dev", says: 'the accounts of "dev" share one AWS account: ' },
    { environment: "prod", says: undefined },
  ])("is warned of: $environment", ({ environment, says }) => {
    const registry = parseRegistry(notices);
    const found = registry.environments.get(environment);
    if (found === undefined) throw new Error(`no ${environment}`);
    const warnings = planTopology(registry, found).warnings.filter((text) => text.includes("AWS account: "));
    expect(warnings.map((text) => text.split("a principal")[0])).toEqual(says === undefined ? [] : [says]);
  });

  it("fails the proof where the bus takes other accounts' events from inside its own", async () => {
    const rehearsed = await rehearse(notices, "staging");
    const wrong = changeResource(rehearsed.plan, "post-staging", "EventBusPolicy global-bus", (policy) => ({
      ...policy,
      inputs: {
        ...policy.inputs,
        policy: withoutStatement(textOf(policy, "policy"), "DenyUndeclaredSource"),
      },
    }));
    const failed = everyFailure(rehearsed, wrong).map(({ id }) => id);
    expect(failed).toContain("global-bus");
  });
});

const policyShape = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Sid: z.string(),
      Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))),
    }),
  ),
});

function omit(condition: PolicyCondition, operator: string): PolicyCondition {
  return Object.fromEntries(Object.entries(condition).filter(([key]) => key !== operator));
}

type Policy = z.infer<typeof policyShape>;
type PolicyCondition = Policy["Statement"][number]["Condition"];

function policyOf(text: string): Policy {
  return policyShape.parse(JSON.parse(text));
}

function withoutStatement(text: string, sid: string): string {
  const policy = policyOf(text);
  const kept = policy.Statement.filter(({ Sid }) => Sid !== sid);
  expect(kept).toHaveLength(policy.Statement.length - 1);
  return JSON.stringify({ ...policy, Statement: kept });
}

/** What the global bus admits: statement, source, detail-types. */
function publishing(plan: RecordedPlan, stack: string): string[] {
  return ofKind(stackOf(plan, stack), "EventBusPolicy")
    .flatMap((resource) => policyOf(textOf(resource, "policy")).Statement)
    .filter(({ Sid }) => Sid.startsWith("publish-"))
    .map(({ Sid, Condition }) => {
      const said = Condition["ForAllValues:StringEquals"] ?? {};
      return `${Sid}: ${[said["events:source"]].flat().join()}: ${[said["events:detail-type"]].flat().join(", ")}`;
    });
}

function patternsOf(plan: RecordedPlan): Record<string, unknown> {
  const rules = plan.stacks.flatMap((stack) => ofKind(stack, "EventRule"));
  return Object.fromEntries(
    rules
      .filter(({ name }) => name.startsWith("forward-"))
      .map((rule) => [rule.name, JSON.parse(textOf(rule, "eventPattern"))]),
  );
}

describe("a source that several share", () => {
  it("is taken by its declared detail-types, one that is a service's alone as a whole", async () => {
    const { plan } = await rehearse(records, "prod");
    expect(patternsOf(plan)).toEqual({
      "forward-archive": {
        $or: [
          {
            source: ["records"],
            "detail-type": ["Deed.Changed", "Deed.Filed", "Paper.Signed", "Title.Given"],
          },
          { source: [{ "anything-but": ["records"] }] },
        ],
      },
      "forward-court": { source: ["records"], "detail-type": ["Deed.Changed", "Deed.Filed"] },
      "forward-notary": { source: ["records"], "detail-type": ["Deed.Filed"] },
      "forward-registry": { source: ["com.example.court"] },
    });
  });

  it("is admitted source by source, what differs in one thing only in one statement", async () => {
    const { plan } = await rehearse(records, "prod");
    expect(publishing(plan, "hub")).toEqual([
      "publish-deeds: records: Deed.Changed, Deed.Filed, Title.Given",
      "publish-deeds--2: cases: Case.Closed",
      "publish-signatures: records: Deed.Changed, Deed.Filed, Paper.Signed",
      "publish-storage: records: Box.Stored",
      "publish-verdicts: com.example.court: Verdict.Given",
    ]);
  });

  it.each(["prod", "dev"])(
    "fails the proof where a forward takes it as a whole, in %s",
    async (environment) => {
      const rehearsed = await rehearse(records, environment);
      const stack = environment === "prod" ? "hub" : "hub-dev";
      const wrong = changeInput(rehearsed.plan, stack, "EventRule forward-court", {
        eventPattern: JSON.stringify({ source: ["records"] }),
      });
      const failed = everyFailure(rehearsed, wrong).map(({ id }) => id);
      expect(failed).toContain("exact-forward:court");
      expect(failed).toContain("delivery:titles/Title.Given");
    },
  );

  it("is bound in the bus's own AWS account to what is published there, elsewhere by what is allowed", async () => {
    const rehearsed = await rehearse(records, "staging");
    const damaged = (edit: (condition: PolicyCondition) => PolicyCondition) =>
      changeResource(rehearsed.plan, "hub-staging", "EventBusPolicy global-bus", (policy) => {
        const { Statement, ...rest } = policyOf(textOf(policy, "policy"));
        const edited = Statement.map((one) =>
          one.Sid === "publish-deeds" ? { ...one, Condition: edit(one.Condition) } : one,
        );
        return {
          ...policy,
          inputs: { ...policy.inputs, policy: JSON.stringify({ ...rest, Statement: edited }) },
        };
      });
    const failed = (plan: RecordedPlan) => everyFailure(rehearsed, plan).map(({ id }) => id);
    const types = "ForAnyValue:StringNotEquals";
    const all = ["Deed.Changed", "Deed.Filed", "Title.Given", "Paper.Signed", "Box.Stored"];
    expect(
      failed(damaged((condition) => ({ ...condition, [types]: { "events:detail-type": all } }))),
    ).toEqual(expect.arrayContaining(["global-bus"]));
    expect(failed(damaged((condition) => omit(condition, "StringEquals")))).toContain(
      "delivery:storage/Box.Stored",
    );
  });

  it.each([
    { environment: "prod", stack: "registry" },
    { environment: "dev", stack: "registry-dev" },
  ])("fails the proof where a publisher's role may claim others' events, in $environment", async (place) => {
    const rehearsed = await rehearse(records, place.environment);
    const wrong = changeResource(rehearsed.plan, place.stack, "Policy publish-titles", (policy) => ({
      ...policy,
      inputs: { ...policy.inputs, policy: withoutStatement(textOf(policy, "policy"), "DenyOtherTypes") },
    }));
    const failed = everyFailure(rehearsed, wrong).map(({ id }) => id);
    expect(failed).toContain("publisher-policy:titles:registry");
  });
});

describe("a service on its way", () => {
  it("publishes out of both accounts and under both sources, and out of the old one where the new is not there", async () => {
    const { plan: dev } = await rehearse(moving, "dev");
    const { plan: prod } = await rehearse(moving, "prod");
    for (const plan of [dev, prod])
      expect(publishing(plan, "hub").filter((text) => text.startsWith("publish-orders"))).toEqual([
        "publish-orders: com.example.monolith.orders,com.example.orders: Order.Placed, Order.Sent",
      ]);
    expect(
      prod.stacks
        .filter(({ resources }) => resources.some(({ name }) => name === "publish-orders"))
        .map(({ stack }) => stack),
    ).toEqual(["monolith"]);
  });

  it("fails the proof where it can publish out of one account only", async () => {
    const rehearsed = await rehearse(moving, "dev");
    const wrong = changeResource(rehearsed.plan, "hub-dev", "EventBusPolicy global-bus", (policy) => ({
      ...policy,
      inputs: {
        ...policy.inputs,
        policy: textOf(policy, "policy").replace(
          /"arn:aws:iam::710000000001:root",|,"arn:aws:iam::710000000001:root"/u,
          "",
        ),
      },
    }));
    expect(everyFailure(rehearsed, wrong).map(({ id, account }) => `${id} ${account ?? ""}`)).toContain(
      "delivery:orders/Order.Placed monolith",
    );
  });
});
