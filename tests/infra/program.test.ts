import { beforeAll, describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import type { RecordedResource, RecordedStack } from "../../rehearsal/emission/plan-file.js";
import { kindOf, ofKind, recordEnvironment, textOf } from "../fixtures/recordings.js";

/** The example's stacks by environment; recorded once, one after another. */
const recorded = new Map<string, readonly RecordedStack[]>();

beforeAll(async () => {
  for (const environment of ["prod", "dev"]) {
    recorded.set(environment, await recordEnvironment(example, environment));
  }
});

function stackOf(name: string): RecordedStack {
  const stack = [...recorded.values()].flat().find((candidate) => candidate.stack === name);
  if (stack === undefined) throw new Error(`no stack ${name} was recorded`);
  return stack;
}

const allStacks = ["global", "delivery", "orders", "global-dev", "delivery-dev", "orders-dev"];
const referenceOf = ({ type, name }: RecordedResource) => `${type}::${name}`;

/** What lets a target's events through, by the target's name; for a forward it is its role's policy. */
const permissions = new Map([
  ["event-log", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy::event-log"],
  ["routing-watch", "aws:sns/topicPolicy:TopicPolicy::alarms"],
]);

describe.each(allStacks.map((name) => ({ name })))("in stack $name", ({ name }) => {
  it("every resource but the provider, the parameters and the publisher policies belongs to a component", () => {
    const { resources } = stackOf(name);
    const components = resources.filter(({ type }) => type.startsWith("backbone:"));
    const owners = new Set(components.map(referenceOf));
    for (const resource of resources) {
      const alone =
        ["aws", "Parameter", "Policy"].includes(kindOf(resource)) || components.includes(resource);
      const isWithin = components.includes(resource) && resource.parent !== undefined;
      if (alone && !isWithin) expect(resource.parent).toBeUndefined();
      else expect(owners).toContain(resource.parent);
    }
    for (const { type } of components)
      expect(type).toMatch(/^backbone:(?:cloudtrail|cloudwatch|eventbridge|iam|kms|lambda|sqs):[A-Z]\w+$/);
  });

  it("what the stack has once is protected exactly where the environment says so, and nothing else is", () => {
    const { resources } = stackOf(name);
    const guarded = resources.filter(({ options }) => options.protect);
    // Forwards, subscriptions, publisher policies and parameters come and go with the registry: protection would stop an
    // edit half-way.
    const once = [
      "aws",
      "Alias",
      "EventArchive",
      "EventBus",
      "EventBusPolicy",
      "Key",
      "Queue",
      "QueuePolicy",
      "Trail",
    ];
    const isOnce = (resource: RecordedResource) =>
      (once.includes(kindOf(resource)) && !resource.name.includes("--")) ||
      (resource.name === "event-log" && resource.type.startsWith("aws:")) ||
      (resource.name === "bus-log" && kindOf(resource) === "LogGroup");
    expect(guarded.map(referenceOf)).toEqual(
      name.endsWith("-dev") ? [] : resources.filter(isOnce).map(referenceOf),
    );
  });

  it("every resource is replaced, or refused, when the stack's identity changes: the provider first of all", () => {
    const { resources, outputs } = stackOf(name);
    const [first, ...others] = resources.filter(({ type }) => !type.startsWith("backbone:"));
    expect(first?.type).toBe("pulumi:providers:aws");
    for (const { type, options } of [first, ...others].filter((resource) => resource !== undefined)) {
      // The trail's own component runs in a plugin that takes no trigger; its names hold the identity.
      if (!type.startsWith("awsx:")) expect(options.replacementTrigger).toBe(outputs.busArn);
    }
  });

  it("policies that AWS deletes with their owner are left to it, so that none goes before", () => {
    for (const resource of stackOf(name).resources) {
      const dies = ["EventBusPolicy", "QueuePolicy", "TopicPolicy"].includes(kindOf(resource));
      expect(`${referenceOf(resource)} ${resource.options.retainOnDelete === true}`).toBe(
        `${referenceOf(resource)} ${dies}`,
      );
    }
  });

  it("every resource has a fixed name or key, and is deleted before it is replaced", () => {
    for (const resource of stackOf(name).resources) {
      // A key has no name that could be taken, and what the old one encrypted must stay readable.
      const isFixed = resource.type.startsWith("aws:") && kindOf(resource) !== "Key";
      expect(`${referenceOf(resource)} ${resource.options.deleteBeforeReplace}`).toBe(
        `${referenceOf(resource)} ${isFixed}`,
      );
    }
  });

  it("every target waits for the policies that let its events through", () => {
    for (const target of ofKind(stackOf(name), "EventTarget")) {
      const [subscription = "", part] = target.name.split(".");
      const permission =
        permissions.get(target.name) ??
        (part === undefined
          ? `aws:iam/rolePolicy:RolePolicy::${target.name}`
          : `aws:sqs/queuePolicy:QueuePolicy::${subscription}`);
      expect(target.options.dependsOn).toEqual([permission, "aws:sqs/queuePolicy:QueuePolicy::dead-letters"]);
    }
  });

  it("every target names rule, bus and id, and has the account's dead-letter queue", () => {
    const stack = stackOf(name);
    const queue = ofKind(stack, "Queue").find((candidate) => candidate.name === "dead-letters");
    const [bus] = ofKind(stack, "EventBus");
    for (const target of ofKind(stack, "EventTarget")) {
      expect(textOf(target, "rule")).not.toBe("");
      expect(textOf(target, "targetId")).not.toBe("");
      expect(target.inputs).toMatchObject({
        eventBusName: target.name === "routing-watch" ? "default" : textOf(bus, "name"),
        deadLetterConfig: {
          arn: `arn:aws:sqs:${stack.region}:${stack.accountId}:${textOf(queue, "name")}`,
        },
      });
    }
  });

  it("no bus target has a retry policy or an input, which EventBridge would refuse", () => {
    for (const { inputs } of ofKind(stackOf(name), "EventTarget")) {
      expect(Object.keys(inputs)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(?:retryPolicy|input|inputPath|inputTransformer)$/)]),
      );
    }
  });

  it("the provider points at the account, and can do no harm elsewhere", () => {
    const { accountId, region, account, resources } = stackOf(name);
    const providers = resources.filter(({ type }) => type === "pulumi:providers:aws");
    expect(providers).toHaveLength(1);
    const [provider] = providers;
    expect(textOf(provider, "region")).toBe(region);
    expect(JSON.parse(textOf(provider, "allowedAccountIds"))).toEqual([accountId]);
    expect(JSON.parse(textOf(provider, "defaultTags"))).toEqual({
      tags: {
        "event-backbone:account": account,
        "event-backbone:environment": name.endsWith("-dev") ? "dev" : "prod",
      },
    });
  });

  it("every policy and pattern is JSON text without a leftover Output", () => {
    const texts = stackOf(name).resources.flatMap((resource) =>
      ["policy", "policyDocument", "assumeRolePolicy", "eventPattern"]
        .filter((key) => key in resource.inputs)
        .map((key) => textOf(resource, key)),
    );
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) {
      expect(JSON.parse(text)).toBeTypeOf("object");
      expect(text).not.toMatch(/undefined|\[object|Calling \[/);
    }
  });

  it("the outputs are flat", () => {
    const { outputs } = stackOf(name);
    const isText = (value: unknown) => typeof value === "string";
    for (const value of Object.values(outputs)) {
      expect(Array.isArray(value) ? value.every(isText) : isText(value)).toBe(true);
    }
  });
});

describe("the stack outputs", () => {
  it("name bus, log group, dead-letter queue and forward rules of the backbone", () => {
    expect(stackOf("global").outputs).toEqual({
      busName: "backbone-global",
      busArn: "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global",
      logGroupName: "/aws/events/backbone-global",
      deadLetterQueueArn: "arn:aws:sqs:eu-west-1:111111111111:backbone-global-dead-letters",
      redriveRoleArn: "arn:aws:iam::111111111111:role/backbone-redrive-global",
      forwardRules: ["forward-delivery", "forward-orders"],
    });
  });

  it("name a member's publisher policy per service", () => {
    expect(stackOf("orders-dev").outputs).toMatchObject({
      busArn: "arn:aws:events:eu-west-1:999999999999:event-bus/backbone-dev-orders",
      "publisherPolicyArn-orders": "arn:aws:iam::999999999999:policy/backbone-dev-publish-orders",
    });
  });

  it("stand in SSM parameters too, under the account's own path", () => {
    const { outputs } = stackOf("orders");
    const parameters = Object.fromEntries(
      ofKind(stackOf("orders"), "Parameter").map((parameter) => [
        textOf(parameter, "name"),
        textOf(parameter, "insecureValue"),
      ]),
    );
    expect(parameters).toEqual({
      "/backbone/orders/global-bus-arn": stackOf("global").outputs.busArn,
      "/backbone/orders/local-bus-arn": outputs.busArn,
      "/backbone/orders/dead-letter-queue-arn": outputs.deadLetterQueueArn,
      "/backbone/orders/redrive-role-arn": outputs.redriveRoleArn,
      "/backbone/orders/publisher-policies/orders": outputs["publisherPolicyArn-orders"],
      "/backbone/orders/subscriptions/orders/update-order/queue-url":
        "https://sqs.eu-west-1.amazonaws.com/222222222222/backbone-orders--update-order",
    });
  });
});
