import { describe, expect, it } from "vitest";
import { names, nameRules } from "../../infra/aws/names.js";
import type { PlannedAlarms } from "../../infra/topology/index.js";
import { editedAll } from "../fixtures/edit.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
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
  const keysOf = (plan: { readonly alarms?: PlannedAlarms } | undefined) =>
    plan?.alarms?.alarms.map(({ key }) => key);
  const ofBus = ["bus.lost", "bus.dead-letters", "bus.loops", "bus.failed", "bus.throttled"];
  const ofQueues = ["dead-letters.waiting", "encryption-failures.waiting", "encryption-failures.new"];

  it("watch the bus, the queues and the volume of an account, and the watch of the routing", () => {
    const backbone = [...ofBus, ...ofQueues, "account.volume", "routing-watch.failed"];
    expect(keysOf(backboneOf(withAll))).toEqual(backbone);
    expect(keysOf(memberOf(withAll, "orders"))).toEqual([...ofBus, ...ofQueues, "account.volume"]);
  });

  it("are as many with 300 members as with two", () => {
    const registry = editedAll(generateRegistry({ members: 300 }), [
      [["environments", "prod", "alarms"], {}],
    ]);
    const { alarms } = backboneOf(topologyOf(registry, "prod"));
    expect(alarms?.alarms).toHaveLength(7);
  });

  it("name bus and rule for a custom bus, and the rule alone for the default bus", () => {
    const text = JSON.stringify(backboneOf(withAll).alarms?.alarms);
    expect(text.match(/FROM SCHEMA\(\\"AWS\/Events\\", EventBusName, RuleName\)/g)).toHaveLength(5);
    expect(text).toContain('"dimensions":{"RuleName":"backbone-routing-changes"}');
  });

  it("use no series that a rule with a bus target never has", () => {
    const text = JSON.stringify(backboneOf(withAll).alarms?.alarms);
    expect(text).not.toMatch(/Latency|SuccessfulInvocationAttempts|ApproximateAgeOfOldestMessage/);
  });

  it("look back at most a day, and at most three hours by a query over all rules", () => {
    for (const { queries, evaluationPeriods } of backboneOf(withAll).alarms?.alarms ?? []) {
      for (const query of queries) {
        const period = "metric" in query ? query.metric.period : query.period;
        const seconds = (period ?? 0) * evaluationPeriods;
        expect(seconds).toBeLessThanOrEqual("metric" in query ? 86_400 : 10_800);
      }
    }
  });

  it("say where it is, what it means and what to do, in no more than CloudWatch takes", () => {
    const runbook = `https://wiki.example.com/${"a".repeat(270)}`;
    const settings = { runbook };
    const topology = topologyOf(
      editedAll(shopRegistry, [[["environments", "prod", "alarms"], settings]]),
      "prod",
    );
    const lost = memberOf(topology, "delivery").alarms?.alarms.find(({ key }) => key === "bus.dead-letters");
    expect(lost?.description.split("\n")).toEqual([
      "Environment prod, account delivery (333333333333), bus backbone-delivery: rules cannot deliver events and put them into a dead-letter queue. OK means that for an hour none has been added, not that the queue is empty.",
      "Run: npx backbone dead-letters delivery --env prod",
      `Runbook: ${runbook}`,
      "Dashboard: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/backbone-delivery",
    ]);
    for (const { alarms } of topology.stacks.values()) {
      for (const { description } of alarms?.alarms ?? []) expect(description.length).toBeLessThan(1_000);
    }
  });

  it("watch the volume of an AWS account once, whoever shares it", () => {
    const shared = topologyOf(editedAll(shopRegistry, [[["environments", "dev", "alarms"], {}]]), "dev");
    const volumes = [...shared.stacks].filter(([, plan]) => keysOf(plan)?.includes("account.volume"));
    expect(volumes.map(([account]) => account)).toEqual(["global"]);
  });

  it("hold the volume against the declared peaks, where every contract has one", () => {
    const contracts = [
      ["orders", "Order.Created"],
      ["orders", "Order.Updated"],
      ["delivery", "Delivery.Updated"],
    ] as const;
    const peaks = contracts.map(
      ([service, type]) => [["services", service, "contracts", type, "peakPerSecond"], 2] as const,
    );
    const above = (edits: typeof peaks, account: string) => {
      const registry = editedAll(shopRegistry, [[["environments", "prod", "alarms"], {}], ...edits]);
      const { alarms } = topologyOf(registry, "prod").stacks.get(account) ?? {};
      return alarms?.alarms.find(({ key }) => key === "account.volume")?.above;
    };
    const threshold = (count: number) => ({ comparisonOperator: "GreaterThanThreshold", threshold: count });
    // Two events a second and contract, for five minutes: each is logged, and forwarded twice.
    expect(above(peaks, "global")).toEqual(threshold(3 * 2 * 3 * 300));
    expect(above(peaks, "orders")).toEqual(threshold(2 * 2 * 300));
    const usual = { comparisonOperator: "GreaterThanUpperThreshold", thresholdMetricId: "usual" };
    expect(above(peaks.slice(1), "global")).toEqual(usual);
    expect(above([], "orders")).toEqual(usual);
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

  it("knows neither dead letters nor alarms, which are not under the key", () => {
    expect(JSON.stringify(statements)).not.toMatch(/aws:sqs:arn|aws:sns:topicArn/);
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
