import { describe, expect, it } from "vitest";
import type { QuotaName } from "../../infra/aws/limits.js";
import type { EnvironmentDefinition, RegistryDefinition } from "../../infra/registry/define.js";
import type { PlannedForward, StackPlan, Topology } from "../../infra/topology/index.js";
import { editedAll, removed } from "../fixtures/edit.js";
import type { Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { registry as example } from "../fixtures/registries/aws-events.js";
import { reordered } from "../fixtures/reordered.js";
import { memberOf, topologyOf } from "../fixtures/topologies.js";

const prod = topologyOf(example, "prod");
const dev = topologyOf(example, "dev");
const alone = topologyOf(example, "alone");

function stackOf({ stacks }: Topology, account: string): StackPlan {
  const stack = stacks.get(account);
  if (stack === undefined) throw new Error(`no stack ${account}`);
  return stack;
}

function forwardOf(topology: Topology, account: string, key: string): PlannedForward {
  const forward = stackOf(topology, account).forwards.find((one) => one.key === key);
  if (forward === undefined) throw new Error(`no forward ${key} in ${account}`);
  return forward;
}

/** Statements of a local bus's policy that let in events of AWS, or keep them out. */
function awsStatements(topology: Topology, member: string) {
  return memberOf(topology, member).bus.policy.Statement.filter(({ Sid }) => Sid.includes("EventsOfAws"));
}

describe("what forwards events of AWS", () => {
  it("is one role for each bus and receiver, in the account whose bus it is", () => {
    const keys = [...prod.stacks.values()].map(({ account, forwards }) => [
      account,
      forwards.filter(({ busName }) => busName !== undefined).map(({ roleName }) => roleName),
    ]);
    const partner = /^backbone-forward-(billing|orders)\.p[0-9a-f]{7}$/;
    expect(keys).toEqual([
      ["global", ["backbone-forward-audit.default"]],
      ["audit", ["backbone-forward-audit.default"]],
      [
        "billing",
        [
          "backbone-forward-audit.default",
          "backbone-forward-billing.default",
          expect.stringMatching(partner),
          expect.stringMatching(partner),
        ],
      ],
      [
        "orders",
        [
          "backbone-forward-audit.default",
          "backbone-forward-billing.default",
          "backbone-forward-orders.default",
        ],
      ],
    ]);
  });

  it("may be taken on by its own rules only, puts events on its receiver's bus only, and goes straight there", () => {
    const { trustPolicy, executionPolicy, targetBus, busName } = forwardOf(prod, "orders", "billing.default");
    const rule = "arn:aws:events:eu-west-1:444444444444:rule/backbone-forward-billing.default";
    expect(trustPolicy.Statement).toEqual([
      expect.objectContaining({
        Principal: { Service: "events.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": "444444444444" },
          ArnLike: { "aws:SourceArn": [rule, `${rule}.*`] },
        },
      }),
    ]);
    const receiver = "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-billing";
    expect(executionPolicy.Statement).toEqual([
      { Sid: "PutEventsOnLocalBus", Effect: "Allow", Action: "events:PutEvents", Resource: receiver },
    ]);
    expect([busName, targetBus]).toEqual(["default", receiver]);
  });

  it("trusts the rules of a partner bus under that bus's name", () => {
    const forward = stackOf(prod, "billing").forwards.find(({ busName }) =>
      busName?.startsWith("aws.partner/"),
    );
    expect(forward?.busName).toBe("aws.partner/example.com/prod/payments");
    expect(forward?.rules.map(({ arn }) => arn)).toEqual([
      `arn:aws:events:eu-west-1:333333333333:rule/aws.partner/example.com/prod/payments/${String(forward?.roleName)}`,
    ]);
  });

  it.each([
    { account: "orders", key: "audit.default", state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" },
    { account: "orders", key: "billing.default", state: "ENABLED" },
  ])("has rules in the state $state for $key", ({ account, key, state }) => {
    expect(forwardOf(prod, account, key).rules.map((rule) => rule.state)).toEqual([state]);
  });

  it("leaves events of the global bus their way, and takes nothing of AWS there", () => {
    const { rules } = forwardOf(prod, "global", "billing");
    expect(rules.flatMap(({ contracts }) => contracts)).toEqual(["orders/Order.Created"]);
  });

  it("stands in the backbone's stack alone where all accounts are one AWS account", () => {
    const accounts = [...dev.stacks.values()].filter(({ forwards }) => forwards.length > 0);
    expect(accounts.map(({ account }) => account)).toEqual(["global"]);
    const roles = stackOf(dev, "global").forwards.map(({ roleName }) => roleName);
    expect(new Set(roles).size).toBe(roles.length);
  });

  it("may leave dead letters in its account's queue", () => {
    const [allow] = stackOf(prod, "billing").deadLetterQueue.policy.Statement;
    expect(allow?.Condition).toEqual({
      ArnLike: {
        "aws:SourceArn": [
          "arn:aws:events:eu-west-1:333333333333:rule/backbone-billing/*",
          "arn:aws:events:eu-west-1:333333333333:rule/backbone-forward-*",
          "arn:aws:events:eu-west-1:333333333333:rule/aws.partner/example.com/prod/payments/backbone-forward-*",
        ],
      },
    });
  });

  it("is as it was, whatever order the registry is written in", () => {
    for (const environment of ["prod", "dev", "alone"])
      for (const seed of [1, 2, 3])
        expect(JSON.stringify([...topologyOf(reordered(example, seed), environment).stacks])).toBe(
          JSON.stringify([...topologyOf(example, environment).stacks]),
        );
  });
});

describe("a local bus's policy for events of AWS", () => {
  const ofOrganisation = { StringEquals: { "aws:PrincipalOrgID": "o-exampleorg1" } };

  it("admits the forward roles of the whole organisation by their name, whoever sends now", () => {
    for (const member of ["audit", "billing", "orders"])
      expect(
        awsStatements(prod, member).map(({ Sid, Principal, Condition }) => [Sid, Principal, Condition]),
      ).toEqual([
        [
          "AllowEventsOfAws",
          "*",
          {
            ArnLike: { "aws:PrincipalArn": `arn:aws:iam::*:role/backbone-forward-${member}.*` },
            ...ofOrganisation,
          },
        ],
        [
          "DenyAllButEventsOfAws",
          "*",
          {
            ArnLike: { "aws:PrincipalArn": `arn:aws:iam::*:role/backbone-forward-${member}.*` },
            "ForAnyValue:StringNotLike": { "events:source": "aws.*" },
          },
        ],
      ]);
  });

  it("lists the senders where there is no organisation, without the account itself", () => {
    const [allow] = awsStatements(alone, "audit");
    expect(allow?.Sid).toBe("AllowEventsOfAwsFrom");
    expect(allow?.Principal).toEqual({
      AWS: ["666666666666", "888888888888", "999999999999"].map((id) => `arn:aws:iam::${id}:root`),
    });
  });

  it("lists a sender outside of the organisation beside it", () => {
    const outside = topologyOf(
      editedAll(example, [[["accounts", "orders", "outsideOrganization"], true]]),
      "prod",
    );
    expect(awsStatements(outside, "billing").map(({ Sid, Principal }) => [Sid, Principal])).toEqual([
      ["AllowEventsOfAws", "*"],
      ["AllowEventsOfAwsFrom", { AWS: ["arn:aws:iam::444444444444:root"] }],
      ["DenyAllButEventsOfAws", "*"],
    ]);
    // What comes to it is of accounts inside, and of its own.
    expect(awsStatements(outside, "orders").map(({ Sid }) => Sid)).toEqual([
      "AllowEventsOfAws",
      "DenyAllButEventsOfAws",
    ]);
  });

  it("allows nobody where all is one AWS account, and still denies these roles what is not AWS's", () => {
    expect(awsStatements(dev, "audit").map(({ Sid }) => Sid)).toEqual(["DenyAllButEventsOfAws"]);
  });

  it("says nothing of it where there is no organisation and nothing is received", () => {
    const silent = topologyOf(
      editedAll(example, [
        [["routes"], []],
        [["subscriptions"], removed],
        [["services", "watch"], removed],
      ]),
      "alone",
    );
    expect(awsStatements(silent, "audit")).toEqual([]);
  });

  it("gives the path of roles", () => {
    const withPath = topologyOf(
      editedAll(example, [[["environments", "prod", "roles"], { path: "/mesh/" }]]),
      "prod",
    );
    expect(JSON.stringify(awsStatements(withPath, "audit")[0]?.Condition)).toContain(
      "arn:aws:iam::*:role/mesh/backbone-forward-audit.*",
    );
    expect(forwardOf(withPath, "orders", "audit.default").roleArn).toBe(
      "arn:aws:iam::444444444444:role/mesh/backbone-forward-audit.default",
    );
  });
});

/** An account that receives what CloudTrail records of as many others, without an organisation. */
function watched(members: number): RegistryDefinition {
  const names = Array.from({ length: members }, (_, index) => `team-${index}`);
  const { alone: environment } = example.environments;
  const { trail } = example.services;
  if (environment === undefined || trail === undefined) throw new Error("no environment, or no trail");
  const all: EnvironmentDefinition = {
    ...environment,
    accountIds: {
      global: "666666666666",
      audit: "777777777777",
      ...Object.fromEntries(names.map((name, index) => [name, String(100_000_000_000 + index)])),
    },
  };
  return {
    accounts: {
      global: { backbone: true, description: "Owns the global bus." },
      audit: { description: "Watches." },
      ...Object.fromEntries(names.map((name) => [name, { description: "A team." }])),
    },
    environments: { alone: all },
    defaultEnvironment: "alone",
    services: { trail },
    routes: [{ events: "trail/*", to: "audit" }],
  };
}

describe("quotas of events of AWS", () => {
  const used = (topology: Topology, quota: QuotaName, where: string) =>
    topology.quotaUsage.find((usage) => usage.quota === quota && usage.where === where)?.used;

  it("count the rules on default buses and partner buses", () => {
    expect(used(prod, "rulesPerBus", "bus default of orders")).toBe(3);
    expect(used(prod, "rulesPerBus", "bus aws.partner/example.com/prod/payments of billing")).toBe(2);
  });

  it("count the roles of every account that forwards", () => {
    // Its redrive role and three that forward.
    expect(used(prod, "rolesPerAccount", "AWS account 444444444444")).toBe(4);
  });

  it("end a list of senders between 230 and 280 accounts, and no organisation", () => {
    expect(topologyOf(watched(230), "alone").problems).toEqual([]);
    expect(topologyOf(watched(280), "alone").problems).toEqual([
      expect.stringMatching(/^bus alone-audit uses \d+ of 10240 characters/),
    ]);
    const organisation = editedAll(watched(280), [
      [["environments", "alone", "organizationId"], "o-exampleorg1"],
    ]);
    expect(topologyOf(organisation, "alone").problems).toEqual([]);
  });

  it("end names that are too long before anything is planned", () => {
    const prefix = "p".repeat(40);
    const edits: Mistake["edits"] = [[["environments", "prod", "prefix"], prefix]];
    expect(problemsOf(editedAll(example, edits)).map(({ path }) => path)).toEqual([
      "environments.prod.prefix",
    ]);
  });
});

describe("what watches events of AWS", () => {
  it("is an alarm for each rule, by the metrics that rules of that bus have", () => {
    const alarms = stackOf(alone, "billing").alarms?.alarms ?? [];
    const dimensions = alarms
      .flatMap(({ queries }) =>
        queries.flatMap((query) => ("metric" in query ? [query.metric.dimensions] : [])),
      )
      .filter(({ RuleName = "" }) => RuleName.includes("alone-forward-billing"));
    expect(dimensions).toContainEqual({ RuleName: "alone-forward-billing.default" });
    const ofPartner = dimensions.filter(({ EventBusName }) => EventBusName?.startsWith("aws.partner/"));
    expect(ofPartner.length).toBeGreaterThan(0);
    for (const { RuleName } of ofPartner) expect(RuleName).toMatch(/^alone-forward-billing\.p[0-9a-f]{7}$/);
  });

  it("is told by each alarm on which bus, and for whom", () => {
    const about = (stackOf(alone, "orders").alarms?.alarms ?? []).filter(({ description }) =>
      description.includes("on bus default"),
    );
    expect(about).toHaveLength(6);
    for (const { description } of about)
      expect(description).toMatch(/which brings events of AWS to (audit|billing|orders): /);
  });

  it("is on the dashboard", () => {
    expect(JSON.stringify(stackOf(alone, "billing").alarms?.dashboard)).toContain(
      "alone-forward-billing.default",
    );
  });
});

describe("a permissions boundary", () => {
  it("bounds the roles that forward in every account, which it must let put events", () => {
    const bounded = topologyOf(
      editedAll(example, [[["environments", "prod", "roles"], { permissionsBoundary: "team" }]]),
      "prod",
    );
    expect(forwardOf(bounded, "orders", "audit.default")).toMatchObject({
      permissionsBoundary: "arn:aws:iam::444444444444:policy/team",
    });
    const allows = bounded.boundary?.allows ?? [];
    expect(allows.flatMap(({ accounts }) => accounts).sort()).toEqual([
      "audit",
      "billing",
      "global",
      "orders",
    ]);
    for (const { actions } of allows) expect(actions).toContain("events:PutEvents");
  });
});
