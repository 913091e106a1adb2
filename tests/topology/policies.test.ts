import { describe, expect, it } from "vitest";
import { editedAll, removed } from "../fixtures/edit.js";
import { registry as organisation } from "../fixtures/registries/organisation-publishing.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, memberOf, topologyOf } from "../fixtures/topologies.js";

const prod = topologyOf(shopRegistry, "prod");
const dev = topologyOf(shopRegistry, "dev");

const globalBus = "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global";
const devGlobalBus = "arn:aws:events:eu-west-1:999999999999:event-bus/backbone-dev-global";
const deny = (Sid: string, Resource: string, Condition?: unknown) => ({
  Sid,
  Effect: "Deny",
  Principal: "*",
  Action: "events:PutEvents",
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

describe("the global bus policy", () => {
  it("lets each account publish its own source with its own detail-types, and says once what all share", () => {
    const allow = (service: string, accountId: string, detailTypes: readonly string[]) => ({
      Sid: `publish-${service}`,
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: "events:PutEvents",
      Resource: globalBus,
      Condition: {
        "ForAllValues:StringEquals": {
          "events:source": `com.example.${service}`,
          "events:detail-type": detailTypes,
        },
      },
    });
    expect(backboneOf(prod).bus.policy.Statement).toEqual([
      deny("DenyForwardedEvents", globalBus, { StringNotEquals: { "events:eventBusInvocation": "false" } }),
      deny("DenyMissingSource", globalBus, { Null: { "events:source": "true" } }),
      deny("DenyMissingDetailType", globalBus, { Null: { "events:detail-type": "true" } }),
      deny("DenyOutsideOrganisation", globalBus, {
        StringNotEquals: { "aws:PrincipalOrgID": "o-abcde12345" },
      }),
      deny("DenyBackboneAccount", globalBus, { StringEquals: { "aws:PrincipalAccount": "111111111111" } }),
      allow("delivery", "333333333333", ["Delivery.Updated"]),
      allow("orders", "222222222222", ["Order.Created", "Order.Updated"]),
    ]);
  });

  it("lets in the organisation and who publishes outside it, says no more, and has one size for any number of services", () => {
    const { Statement } = backboneOf(topologyOf(organisation, "prod")).bus.policy;
    expect(Statement.filter(({ Effect }) => Effect === "Allow")).toEqual([
      {
        Sid: "AllowOrganisation",
        Effect: "Allow",
        Principal: "*",
        Action: "events:PutEvents",
        Resource: globalBus,
        Condition: {
          StringEquals: { "aws:PrincipalOrgID": "o-example0000" },
          StringNotEquals: { "aws:PrincipalAccount": "111111111111" },
        },
      },
      {
        Sid: "AllowOutsideOrganisation",
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::555555555555:root"] },
        Action: "events:PutEvents",
        Resource: globalBus,
      },
    ]);
    expect(Statement.map(({ Sid }) => Sid).slice(0, -2)).toEqual([
      "DenyForwardedEvents",
      "DenyMissingSource",
      "DenyMissingDetailType",
      "DenyOutsideOrganisation",
      "DenyBackboneAccount",
    ]);
  });

  it("names no organisation where the environment has none", () => {
    const alone = topologyOf(
      editedAll(shopRegistry, [[["environments", "prod", "organizationId"], removed]]),
      "prod",
    );
    expect(JSON.stringify(backboneOf(alone).bus.policy)).not.toContain("PrincipalOrgID");
  });

  it("refuses undeclared sources and detail-types by name where accounts share one AWS account", () => {
    expect(backboneOf(dev).bus.policy.Statement.slice(3)).toEqual([
      deny("DenyUndeclaredSource", devGlobalBus, {
        "ForAnyValue:StringNotEquals": { "events:source": ["com.example.delivery", "com.example.orders"] },
      }),
      deny("publish-delivery", devGlobalBus, {
        "ForAnyValue:StringEquals": { "events:source": "com.example.delivery" },
        "ForAnyValue:StringNotEquals": { "events:detail-type": ["Delivery.Updated"] },
      }),
      deny("publish-orders", devGlobalBus, {
        "ForAnyValue:StringEquals": { "events:source": "com.example.orders" },
        "ForAnyValue:StringNotEquals": { "events:detail-type": ["Order.Created", "Order.Updated"] },
      }),
    ]);
  });
});

describe("a local bus policy", () => {
  const roles = [
    "arn:aws:iam::111111111111:role/backbone-forward-orders",
    "arn:aws:iam::111111111111:role/backbone-redrive-global",
  ];
  const ownRedrive = "arn:aws:iam::222222222222:role/backbone-redrive-orders";
  const bus = "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-orders";

  it("admits the backbone's forward and redrive roles and the member's redrive role, and denies everybody else", () => {
    expect(memberOf(prod, "orders").bus.policy.Statement).toEqual([
      {
        Sid: "AllowForwardAndRedrive",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "events:PutEvents",
        Resource: bus,
        Condition: { ArnEquals: { "aws:PrincipalArn": roles } },
      },
      {
        Sid: "AllowRedriveToSeeBus",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "events:DescribeEventBus",
        Resource: bus,
        Condition: {
          ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/backbone-redrive-global" },
        },
      },
      deny("DenyAllButForwardAndRedrive", bus, {
        ArnNotLike: { "aws:PrincipalArn": [...roles, ownRedrive] },
      }),
    ]);
  });

  it("denies all but these roles where accounts share one AWS account", () => {
    const { policy, arn } = memberOf(dev, "orders").bus;
    const role = (name: string) => `arn:aws:iam::999999999999:role/backbone-dev-${name}`;
    expect(policy.Statement).toEqual([
      deny("DenyAllButForwardAndRedrive", arn, {
        ArnNotLike: {
          "aws:PrincipalArn": [role("forward-orders"), role("redrive-global"), role("redrive-orders")],
        },
      }),
    ]);
  });

  it("is the same before the first route and after the last, so that no order of stacks matters", () => {
    const unrouted = topologyOf(
      editedAll(shopRegistry, [
        [["routes"], []],
        [["stories"], removed],
      ]),
      "prod",
    );
    for (const member of ["archive", "delivery", "orders"])
      expect(memberOf(unrouted, member).bus.policy).toEqual(memberOf(prod, member).bus.policy);
  });
});

describe("a publisher policy", () => {
  it("allows the service's own source on the global bus and denies every other", () => {
    const [policy, ...others] = memberOf(prod, "orders").publisherPolicies;
    expect(others).toEqual([]);
    expect(policy).toMatchObject({ service: "orders", name: "backbone-publish-orders" });
    expect(policy?.policy.Statement).toEqual([
      {
        Sid: "AllowOwnSource",
        Effect: "Allow",
        Action: "events:PutEvents",
        Resource: globalBus,
        Condition: { "ForAllValues:StringEquals": { "events:source": "com.example.orders" } },
      },
      {
        Sid: "DenyOtherSources",
        Effect: "Deny",
        Action: "events:PutEvents",
        Resource: globalBus,
        Condition: { "ForAnyValue:StringNotEquals": { "events:source": "com.example.orders" } },
      },
    ]);
  });

  it("exists for publishing services only", () => {
    expect(memberOf(prod, "archive").publisherPolicies).toEqual([]);
  });
});

describe.each([
  { environment: "prod", topology: prod },
  { environment: "dev", topology: dev },
])("in $environment", ({ topology }) => {
  it("a dead-letter queue takes messages of any rule of its own account's bus, and of no other", () => {
    for (const { bus, deadLetterQueue } of topology.stacks.values()) {
      expect(deadLetterQueue.policy.Statement).toEqual([
        {
          Sid: "AllowDeadLetters",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: deadLetterQueue.arn,
          Condition: { ArnLike: { "aws:SourceArn": `${bus.arn.replace(":event-bus/", ":rule/")}/*` } },
        },
        {
          Sid: "DenyAllButServices",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:SendMessage",
          Resource: deadLetterQueue.arn,
          Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } },
        },
      ]);
    }
  });

  it("a log group takes log events of its bus's logging rule only", () => {
    for (const { bus, log } of topology.stacks.values()) {
      const write = log.policy.Statement.find(({ Action }) => Action === "logs:PutLogEvents");
      expect(write).toMatchObject({
        Resource: `${log.logGroupArn}:*:*`,
        Condition: {
          ArnEquals: { "aws:SourceArn": `${bus.arn.replace(":event-bus/", ":rule/")}/${log.ruleName}` },
        },
      });
    }
  });

  it("a forward role trusts the rules its forward has and may come to have, and may put to one bus", () => {
    const backbone = backboneOf(topology);
    const rules = backbone.bus.arn.replace(":event-bus/", ":rule/");
    for (const { member, trustPolicy, executionPolicy, targetBus } of backbone.forwards) {
      expect(trustPolicy.Statement).toEqual([
        {
          Sid: "TrustForwardRules",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": backbone.accountId },
            ArnLike: { "aws:SourceArn": [`${rules}/forward-${member}`, `${rules}/forward-${member}.*`] },
          },
        },
      ]);
      expect(executionPolicy.Statement).toEqual([
        { Sid: "PutEventsOnLocalBus", Effect: "Allow", Action: "events:PutEvents", Resource: targetBus },
      ]);
    }
  });
});
