import { describe, expect, it } from "vitest";
import { names, nameRules } from "../../infra/aws/names.js";
import { editedAll } from "../fixtures/edit.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, memberOf, topologyOf } from "../fixtures/topologies.js";

const deployRoleArn = "arn:aws:iam::111111111111:role/deploy";
const everything = {
  archive: { retentionDays: 30, local: { orders: 7 } },
  alarms: { emails: ["b@example.com", "a@example.com"] },
  busLogging: { level: "TRACE", includeDetail: true },
  encryption: true,
  auditTrail: { retentionDays: 365, deployRoleArn },
};
const withAll = topologyOf(
  editedAll(
    shopRegistry,
    Object.entries(everything).map(([key, value]) => [["environments", "prod", key], value] as const),
  ),
  "prod",
);
const without = topologyOf(
  editedAll(shopRegistry, [[["environments", "prod", "busLogging"], { level: "OFF" }]]),
  "prod",
);

describe("an environment without switches", () => {
  it("adds nothing to any account", () => {
    for (const plan of without.stacks.values()) {
      expect(Object.keys(plan)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(?:archive|busLog|alarms|encryption|auditTrail)$/)]),
      );
    }
  });
});

describe("archives", () => {
  it("stand on the global bus, and on local buses that the registry names", () => {
    expect(backboneOf(withAll).archive).toMatchObject({ name: "backbone-global", retentionDays: 30 });
    expect(memberOf(withAll, "orders").archive).toMatchObject({ name: "backbone-orders", retentionDays: 7 });
    expect(memberOf(withAll, "delivery").archive).toBeUndefined();
  });
});

describe("the log of a bus", () => {
  it.each([
    { level: "ERROR", types: ["ERROR_LOGS"] },
    { level: "INFO", types: ["ERROR_LOGS", "INFO_LOGS"] },
    { level: "TRACE", types: ["ERROR_LOGS", "INFO_LOGS", "TRACE_LOGS"] },
  ])("has a source for each type of level $level", ({ level, types }) => {
    const topology = topologyOf(
      editedAll(shopRegistry, [[["environments", "prod", "busLogging"], { level }]]),
      "prod",
    );
    expect(backboneOf(topology).busLog?.sources.map(({ logType }) => logType)).toEqual(types);
  });

  it("gives its sources names that AWS takes and that no dot spoils", () => {
    for (const { busLog } of withAll.stacks.values()) {
      for (const { name } of busLog?.sources ?? []) {
        expect(name).toMatch(nameRules.logDeliverySource.characters);
      }
    }
  });
});

describe("alarms", () => {
  it("watch every rule of a bus by four series, and every queue by two", () => {
    const { alarms, forwards } = backboneOf(withAll);
    const rules = forwards.flatMap((forward) => forward.rules).length + 1;
    expect(alarms?.alarms).toHaveLength(rules * 4 + 2 * 2 + 1);
    expect(memberOf(withAll, "orders").alarms?.alarms).toHaveLength(4 + 2 * 2);
  });

  it("name both bus and rule for a custom bus, and the rule alone for the default bus", () => {
    const { alarms, auditTrail } = backboneOf(withAll);
    for (const { namespace, dimensions } of alarms?.alarms ?? []) {
      if (namespace !== "AWS/Events") expect(Object.keys(dimensions)).toEqual(["QueueName"]);
      else if (dimensions.RuleName === auditTrail?.rule.name) {
        expect(dimensions).toEqual({ RuleName: "backbone-routing-changes" });
      } else expect(Object.keys(dimensions)).toEqual(["EventBusName", "RuleName"]);
    }
  });

  it("use no series that a rule with a bus target never has", () => {
    const series = backboneOf(withAll).alarms?.alarms.map(({ metricName }) => metricName);
    expect(series).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Latency|SuccessfulInvocationAttempts/)]),
    );
  });

  it("have names that no other account's can equal", () => {
    expect(names.alarm("p", "orders", "log-a", "b")).not.toBe(names.alarm("p", "orders-log", "a", "b"));
    const all = [...withAll.stacks.values()].flatMap(({ alarms }) => alarms?.alarms ?? []);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it("tell the addresses in one order, however they were written", () => {
    expect(backboneOf(withAll).alarms?.emails).toEqual(["a@example.com", "b@example.com"]);
  });
});

describe("the customer key's policy", () => {
  const statements = backboneOf(withAll).encryption?.policy.Statement ?? [];
  const statement = (sid: string) => statements.find(({ Sid }) => Sid === sid);

  it("lets EventBridge describe the key without an encryption context", () => {
    expect(statement("AllowEventBridgeToCheckKey")).toMatchObject({ Action: "kms:DescribeKey" });
    expect(statement("AllowEventBridgeToCheckKey")?.Condition).toBeUndefined();
  });

  it("names the bus as source only where no archive uses the key, which has none", () => {
    const ofBackbone = JSON.stringify(statement("AllowEvents"));
    const ofDelivery = memberOf(withAll, "delivery").encryption?.policy.Statement;
    expect(ofBackbone).not.toContain("aws:SourceArn");
    expect(ofBackbone).toContain("kms:ReEncrypt*");
    expect(JSON.stringify(ofDelivery?.find(({ Sid }) => Sid === "AllowEvents"))).toContain("aws:SourceArn");
  });

  it("limits whoever publishes on the topic by the topic, not by a source SNS does not pass on", () => {
    expect(statement("AllowAlarms")).toMatchObject({
      Principal: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
      Condition: {
        StringEquals: {
          "kms:EncryptionContext:aws:sns:topicArn":
            "arn:aws:sns:eu-west-1:111111111111:backbone-global-alarms",
        },
      },
    });
  });

  it("limits every service but the one that only describes", () => {
    for (const { Sid, Principal, Condition } of statements) {
      const isService = typeof Principal === "object" && "Service" in Principal;
      if (isService && Sid !== "AllowEventBridgeToCheckKey") expect(Condition).toBeDefined();
    }
  });

  it("stays far below the 32 KB that KMS takes", () => {
    expect(JSON.stringify(statements).length).toBeLessThan(8_192);
  });
});

describe("the audit trail", () => {
  it("stands in the backbone account only", () => {
    expect(backboneOf(withAll).auditTrail?.bucketName).toBe("backbone-trail-111111111111-eu-west-1");
    expect(memberOf(withAll, "orders")).not.toHaveProperty("auditTrail");
  });

  it("lets the default bus's one rule use the dead-letter queue, and only with a trail", () => {
    const rule = "arn:aws:events:eu-west-1:111111111111:rule/backbone-routing-changes";
    expect(JSON.stringify(backboneOf(withAll).deadLetterQueue.policy)).toContain(rule);
    expect(JSON.stringify(backboneOf(without).deadLetterQueue.policy)).not.toContain(rule);
  });
});
