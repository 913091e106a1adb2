import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { editedAll } from "../fixtures/edit.js";
import { changeResource, everyFailure, rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const policyShape = z.object({
  Version: z.string(),
  Statement: z.array(z.record(z.string(), z.json())),
});

let rehearsed: Rehearsed;

beforeAll(async () => {
  rehearsed = await rehearse(example, "prod");
});

/** What fails when the key of one account denies its use to one service. */
function failuresWithout(stack: string, service: string): readonly string[] {
  const plan = changeResource(rehearsed.plan, stack, "Key customer-key", (key) => {
    const policy = policyShape.parse(JSON.parse(z.string().parse(key.inputs.policy)));
    const deny = {
      Sid: "Forbid",
      Effect: "Deny",
      Principal: { Service: service },
      Action: "kms:*",
      Resource: "*",
    };
    const Statement = [...policy.Statement, deny];
    return { ...key, inputs: { ...key.inputs, policy: JSON.stringify({ ...policy, Statement }) } };
  });
  const failures = everyFailure(rehearsed, plan);
  expect(failures).not.toEqual([]);
  return failures.map((failure) => JSON.stringify(failure));
}

describe("a key policy", () => {
  it.each(["global", "delivery"])(
    "that forbids EventBridge in %s stops deliveries, and is named",
    (stack) => {
      const failures = failuresWithout(stack, "events.amazonaws.com");
      const concerned = failures.filter((failure) => failure.includes("delivery:orders/Order.Created"));
      expect(concerned.join("\n")).toMatch(/cannot encrypt it with arn:aws:kms:[\w:-]+key\//);
      expect(concerned.join("\n")).toContain("Forbid");
    },
  );

  it("that forbids CloudWatch Logs stops the event log, and is named", () => {
    const failures = failuresWithout("orders", "logs.eu-west-1.amazonaws.com");
    const log = failures.find((failure) => failure.includes('"step":"event log"'));
    expect(log).toContain("the key's policy does not let the service use it");
    expect(log).toContain("Forbid");
  });
});

describe("the proof with every switch on", () => {
  const everything = {
    archive: { retentionDays: 30, local: { orders: 7, delivery: 7, archive: 7 } },
    alarms: { emails: ["on-call@example.com"] },
    busLogging: { level: "TRACE", includeDetail: true },
    encryption: true,
    auditTrail: {
      retentionDays: 365,
      deployRoleArn: "arn:aws:iam::*:role/aws-reserved/*/AWSReservedSSO_Deploy_*",
    },
  };

  it.each(["prod", "dev"])("holds in %s, where accounts are apart or shared", async (environment) => {
    const definition = editedAll(
      shopRegistry,
      Object.entries(everything).map(([key, value]) => [["environments", environment, key], value] as const),
    );
    const { failures } = verifyPlan(await rehearse(definition, environment));
    expect(failures).toEqual([]);
  });
});

describe("what the rehearsal does not model", () => {
  it.each([
    ["Key customer-key", { multiRegion: true }, "does not model multiRegion"],
    ["MetricAlarm dead-letters.waiting", { actionsEnabled: false }, "no alarm that tells people"],
    ["MetricAlarm dead-letters.waiting", { treatMissingData: "breaching" }, "treatMissingData"],
    ["EventArchive archive", { region: "us-east-1" }, "is in us-east-1, and its stack in eu-west-1"],
    ["Trail audit-trail", { snsTopicName: "x" }, "does not model snsTopicName"],
    ["Topic alarms", { fifoTopic: true }, "does not model fifoTopic"],
  ])("is refused by name: %s with %j", (reference, inputs, says) => {
    const plan = changeResource(rehearsed.plan, "global", reference, (resource) => ({
      ...resource,
      inputs: { ...resource.inputs, ...inputs },
    }));
    const failures = everyFailure(rehearsed, plan);
    expect(failures.map(({ problem }) => problem).join("\n")).toContain(says);
  });
});
