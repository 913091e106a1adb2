import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { registry as example } from "../fixtures/registries/every-switch.js";
import type { RecordedStack } from "../../rehearsal/emission/plan-file.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { kindOf, ofKind, recordByName, recordEnvironment, textOf } from "../fixtures/recordings.js";

const prod: RecordedStack[] = [];
const dev: RecordedStack[] = [];

beforeAll(async () => {
  prod.push(...(await recordEnvironment(example, "prod")));
  dev.push(...(await recordEnvironment(example, "dev")));
});

const kindsOf = (stacks: readonly RecordedStack[]) =>
  new Set(stacks.flatMap(({ resources }) => resources.map(kindOf)));

function stackOf(name: string): RecordedStack {
  const stack = [...prod, ...dev].find((candidate) => candidate.stack === name);
  if (stack === undefined) throw new Error(`no stack ${name}`);
  return stack;
}

describe("the example", () => {
  it("shows every switch in prod", () => {
    for (const kind of ["EventArchive", "MetricAlarm", "Dashboard", "TopicSubscription", "LogDelivery"]) {
      expect(kindsOf(prod)).toContain(kind);
    }
    for (const kind of ["Key", "Alias", "Trail", "BucketPublicAccessBlock", "RoutingWatch"]) {
      expect(kindsOf(prod)).toContain(kind);
    }
  });

  it("shows a cheap subset in dev: no keys, no trail, nobody written to", () => {
    for (const kind of ["Key", "Alias", "Trail", "BucketPublicAccessBlock", "TopicSubscription"]) {
      expect(kindsOf(dev)).not.toContain(kind);
    }
    expect(kindsOf(dev)).toContain("MetricAlarm");
    for (const archive of dev.flatMap((stack) => ofKind(stack, "EventArchive"))) {
      expect(archive.inputs.retentionDays).toBe(1);
    }
  });

  it("emits as little as ever where every switch is off", async () => {
    const hub = await recordByName(generateRegistry({ members: 3 }), "hub");
    const kinds = kindsOf([hub]);
    for (const kind of ["BusLog", "Alarms", "Archive", "CustomerKey", "AuditTrail", "LogDelivery"]) {
      expect(kinds).not.toContain(kind);
    }
    expect(ofKind(hub, "EventBus")[0]?.inputs).not.toHaveProperty("logConfig");
  });
});

describe("in every stack of both environments", () => {
  it("a topic is under no key: neither the one it tells of, nor AWS's own", () => {
    for (const stack of [...prod, ...dev]) {
      for (const { inputs } of ofKind(stack, "Topic")) expect(inputs).not.toHaveProperty("kmsMasterKeyId");
    }
  });

  it("an alarm takes missing data for good news, and tells the account's one topic of begin and end, or nobody", () => {
    for (const stack of [...prod, ...dev]) {
      const [topic] = ofKind(stack, "Topic");
      const arn = `arn:aws:sns:${stack.region}:${stack.accountId}:${textOf(topic, "name")}`;
      for (const { name, inputs } of ofKind(stack, "MetricAlarm")) {
        const told = /failed$|throttled$/.test(name) && !name.startsWith("routing") ? [] : [arn];
        expect(inputs).toMatchObject({
          treatMissingData: "notBreaching",
          alarmActions: told,
          okActions: told,
        });
      }
    }
  });

  it("a dashboard is JSON with widgets that do not overlap", () => {
    const shape = z.object({
      widgets: z.array(z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })),
    });
    for (const stack of [...prod, ...dev]) {
      const [dashboard] = ofKind(stack, "Dashboard");
      const { widgets } = shape.parse(JSON.parse(textOf(dashboard, "dashboardBody")));
      expect(new Set(widgets.map(({ x, y }) => `${x} ${y}`)).size).toBe(widgets.length);
      for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
    }
  });

  it("deliveries of one destination wait for each other and for the log group's policy", () => {
    for (const stack of [...prod, ...dev]) {
      const [first, ...others] = ofKind(stack, "LogDelivery");
      expect(first?.options.dependsOn).toEqual([
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy::bus-log",
      ]);
      for (const { options } of others) expect(options.dependsOn[0]).toContain("LogDelivery::bus-log-");
    }
  });
});

describe("an encrypted account", () => {
  it.each(["global", "delivery", "orders"])(
    "of stack %s has bus, archive and logs under its one key",
    (name) => {
      const stack = stackOf(name);
      const keys = ["kmsKeyIdentifier", "kmsKeyId"];
      const used = stack.resources.flatMap(({ inputs }) => keys.flatMap((key) => inputs[key] ?? []));
      expect(new Set(used).size).toBe(1);
      expect(ofKind(stack, "Key")[0]?.inputs).toMatchObject({ enableKeyRotation: true });
    },
  );

  it("has no queue under the key: it keeps what fails when that is gone", () => {
    for (const { inputs } of prod.flatMap((stack) => ofKind(stack, "Queue"))) {
      expect(inputs).toMatchObject({ sqsManagedSseEnabled: true });
      expect(inputs).not.toHaveProperty("kmsMasterKeyId");
    }
  });

  it("keeps what its bus cannot encrypt in a queue of its own", () => {
    const [bus] = ofKind(stackOf("global"), "EventBus");
    const failures = ofKind(stackOf("global"), "Queue").find(({ name }) => name === "encryption-failures");
    expect(bus?.inputs.deadLetterConfig).toEqual({
      arn: `arn:aws:sqs:eu-west-1:111111111111:${textOf(failures, "name")}`,
    });
    expect(bus?.options.dependsOn).toEqual(["aws:sqs/queuePolicy:QueuePolicy::encryption-failures"]);
  });

  it("has keys of different ids in different accounts", () => {
    const ids = prod.flatMap((stack) =>
      ofKind(stack, "EventBus").map((bus) => textOf(bus, "kmsKeyIdentifier")),
    );
    expect(new Set(ids).size).toBe(3);
  });
});

describe("the audit trail", () => {
  it("records management events, validated, in a bucket that is encrypted, closed and kept", () => {
    const stack = stackOf("global");
    const [trail] = ofKind(stack, "Trail");
    expect(trail?.type).toBe("awsx:cloudtrail:Trail");
    expect(trail?.inputs).toMatchObject({
      name: "backbone-trail",
      enableLogFileValidation: true,
      eventSelectors: [{ includeManagementEvents: true }],
      s3Bucket: { args: { bucket: "backbone-trail-111111111111-eu-west-1", forceDestroy: false } },
      cloudWatchLogsGroup: { enable: true, args: { retentionInDays: 365 } },
    });
    const [closed] = ofKind(stack, "BucketPublicAccessBlock");
    expect(closed?.inputs).toEqual({
      bucket: "backbone-trail-111111111111-eu-west-1",
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(closed?.options.dependsOn).toEqual(["awsx:cloudtrail:Trail::audit-trail"]);
  });

  it("is watched from the default bus, with a dead-letter queue and without a role", () => {
    const target = ofKind(stackOf("global"), "EventTarget").find(({ name }) => name === "routing-watch");
    expect(target?.inputs).toEqual({
      rule: "backbone-routing-changes",
      eventBusName: "default",
      targetId: "alarms",
      arn: "arn:aws:sns:eu-west-1:111111111111:backbone-global-alarms",
      deadLetterConfig: { arn: "arn:aws:sqs:eu-west-1:111111111111:backbone-global-dead-letters" },
    });
  });
});
