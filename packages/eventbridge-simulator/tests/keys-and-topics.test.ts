import { describe, expect, it } from "vitest";
import type { WorldData } from "../src/index.js";
import {
  accounts,
  arrivals,
  buses,
  globalBus,
  globalLetters,
  globalLog,
  globalLogging,
  globalLogRule,
  lettersPolicy,
  logPolicy,
  policy,
  put,
  region,
  threeAccounts,
  worldOf,
} from "./delivery-world.js";

const keyArn = `arn:aws:kms:${region}:${accounts.global}:key/1`;
const letters = threeAccounts.queues.filter(({ arn }) => arn !== globalLetters);

/** The key lets these services do anything, in any context. */
function key(...services: readonly string[]): WorldData["keys"] {
  const allow = { Effect: "Allow", Principal: { Service: services }, Action: "kms:*", Resource: "*" };
  return [{ arn: keyArn, policy: policy(allow) }];
}

const encryptedBus = (more: Partial<WorldData> = {}): Partial<WorldData> => ({
  buses: buses.map((bus) => (bus.arn === globalBus ? { ...bus, keyArn, deadLetterArn: globalLetters } : bus)),
  ...more,
});

describe("a bus under a customer key", () => {
  it("takes events that the key lets EventBridge encrypt", () => {
    const { steps, accepted } = put(worldOf(encryptedBus({ keys: key("events.amazonaws.com") })));
    expect(accepted).toBe(true);
    expect(steps.find(({ kind }) => kind === "encryption")).toMatchObject({ outcome: "encrypted" });
  });

  it("puts what it cannot encrypt into its own dead-letter queue", () => {
    const queues = [{ arn: globalLetters, policy: lettersPolicy(globalLetters, globalBus) }, ...letters];
    const delivery = put(worldOf(encryptedBus({ keys: key("sns.amazonaws.com"), queues })));
    expect(arrivals(delivery)).toEqual([`dead-letter ${globalLetters}`]);
  });

  it("loses it where that queue refuses it too", () => {
    const delivery = put(worldOf(encryptedBus({ keys: key("sns.amazonaws.com") })));
    expect(delivery.arrivals).toEqual([]);
    expect(delivery.lost).toMatchObject([{ arn: globalBus, reason: "key-denied" }]);
  });

  it("loses everything where the key does not exist", () => {
    expect(put(worldOf(encryptedBus())).lost).toMatchObject([{ reason: "key-missing" }]);
  });

  it("loses everything under a key of AWS's own, whose policy nobody can change", () => {
    const own = keyArn.replace("key/1", "alias/aws/events");
    const aws = buses.map((bus) => (bus.arn === globalBus ? { ...bus, keyArn: own } : bus));
    expect(put(worldOf({ buses: aws })).lost).toMatchObject([{ reason: "key-of-aws" }]);
  });

  it("is not decided where the key's policy asks for what AWS does not document", () => {
    const allow = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "kms:*",
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": "events" } },
    };
    const keys = [{ arn: keyArn, policy: policy(allow) }];
    expect(put(worldOf(encryptedBus({ keys }))).undecided).toMatchObject([{ arn: globalBus }]);
  });
});

describe("a log group under a customer key", () => {
  const logGroups = [
    {
      arn: globalLog,
      keyArn,
      resourcePolicies: [{ name: "log", policy: logPolicy(globalLog, globalLogRule) }],
    },
  ];

  it.each([
    [`logs.${region}.amazonaws.com`, true],
    ["logs.eu-west-9.amazonaws.com", false],
    ["events.amazonaws.com", false],
  ])("with a key for %s takes events: %s", (service, expected) => {
    const world = worldOf({ rules: [globalLogging], logGroups, keys: key(service) });
    expect(arrivals(put(world)).includes(`log-group ${globalLog}`)).toBe(expected);
  });
});

describe("a topic as a target", () => {
  const arn = `arn:aws:sns:${region}:${accounts.global}:alarms`;
  const rules = [{ ...globalLogging, targets: [{ id: "topic", arn }] }];
  const publish = (source: string) =>
    policy({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sns:Publish",
      Resource: arn,
      Condition: { ArnEquals: { "aws:SourceArn": source } },
    });
  const topicWith = (topic: Partial<WorldData["topics"][number]>, more: Partial<WorldData> = {}) =>
    put(worldOf({ rules, topics: [{ arn, ...topic }], ...more }));

  it("receives what its policy lets the rule publish", () => {
    expect(arrivals(topicWith({ policy: publish(globalLogRule) }))).toContain(`topic ${arn}`);
  });

  it.each([
    ["lets another rule publish", { policy: publish(`${globalLogRule}-2`) }, "topic-denied"],
    ["has no policy", {}, "topic-denied"],
    ["is under a key that does not exist", { policy: publish(globalLogRule), keyArn }, "key-missing"],
  ])("refuses it where the topic %s", (_name, topic, reason) => {
    const delivery = topicWith(topic);
    expect(arrivals(delivery)).not.toContain(`topic ${arn}`);
    expect(delivery.steps).toContainEqual(expect.objectContaining({ kind: "target", reason }));
  });

  it("under a key refuses it where the key lets CloudWatch in but not EventBridge", () => {
    const topic = { policy: publish(globalLogRule), keyArn };
    const refused = topicWith(topic, { keys: key("cloudwatch.amazonaws.com") });
    expect(refused.steps).toContainEqual(expect.objectContaining({ kind: "target", reason: "key-denied" }));
    const taken = topicWith(topic, { keys: key("events.amazonaws.com") });
    expect(arrivals(taken)).toContain(`topic ${arn}`);
  });

  it("under a key cannot ask on whose behalf EventBridge publishes: AWS documents that it is not told", () => {
    const allow = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "kms:*",
      Resource: "*",
    };
    const Condition = { StringEquals: { "aws:SourceAccount": accounts.global } };
    const keys = [{ arn: keyArn, policy: policy({ ...allow, Condition }) }];
    const delivery = topicWith({ policy: publish(globalLogRule), keyArn }, { keys });
    expect(delivery.steps).toContainEqual(expect.objectContaining({ kind: "target", reason: "key-denied" }));
  });
});
