import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { RecordedResource } from "../../rehearsal/emission/plan-file.js";
import { projectRoot } from "../fixtures/project-copy.js";
import { recordByName } from "../fixtures/recordings.js";
import { registry } from "../fixtures/states/registry.js";

const stateShape = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        urn: z.string(),
        type: z.string(),
        protect: z.boolean().default(false),
        retainOnDelete: z.boolean().default(false),
        inputs: z.record(z.string(), z.json()).default({}),
      }),
    ),
  }),
});

/** `aws:cloudwatch/eventBus:EventBus::local-bus`, as the end of a URN and the plan have it. */
function referenceOf(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(2);
  return `${type.split("$").at(-1) ?? ""}::${name}`;
}

type Inputs = RecordedResource["inputs"];

/** Ids that AWS chooses, and texts that are JSON, brought to one form. */
function comparable(value: Inputs[string] | undefined): unknown {
  if (typeof value === "string" && /^[[{]/.test(value)) return comparable(z.json().parse(JSON.parse(value)));
  if (typeof value === "string")
    return value.replace(/\bkey\/[\w-]+$/, "key/id").replace(/^[0-9a-f-]{36}$|^[0-9A-F]{32,64}$/i, "id");
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, comparable(member)]));
}

/** Inputs that the provider writes into a state by itself. */
const ofProvider = new Set(["__defaults", "region", "tags"]);

/** What a preview of today's program would do to a stack as it was deployed, in the engine's words. */
async function preview(stack: string): Promise<string[]> {
  const file = join(projectRoot, "tests/fixtures/states", `${stack}.json`);
  const { deployment } = stateShape.parse(JSON.parse(readFileSync(file, "utf8")));
  const deployed = new Map(
    deployment.resources
      .filter(({ type }) => type.startsWith("aws:") || type.startsWith("backbone:"))
      .map((resource) => [referenceOf(resource.urn), resource]),
  );
  const { resources } = await recordByName(registry, stack);
  const emitted = new Map(resources.map((resource) => [`${resource.type}::${resource.name}`, resource]));
  return [
    ...[...deployed.keys()]
      .filter((reference) => !emitted.has(reference))
      .map((reference) => `delete ${reference}`),
    ...[...emitted].flatMap(([reference, { type, inputs, options }]) => {
      if (type.startsWith("pulumi:")) return [];
      const before = deployed.get(reference);
      if (before === undefined) return [`create ${reference}`];
      const keys = new Set([...Object.keys(inputs), ...Object.keys(before.inputs)]);
      const changed = [...keys].filter(
        (key) =>
          !ofProvider.has(key) &&
          JSON.stringify(comparable(inputs[key])) !== JSON.stringify(comparable(before.inputs[key])),
      );
      const settings = [
        ...(before.protect === options.protect ? [] : ["protect"]),
        ...(before.retainOnDelete === (options.retainOnDelete ?? false) ? [] : ["retainOnDelete"]),
      ];
      return [...changed, ...settings].map((what) => `update ${reference}: ${what}`);
    }),
  ];
}

describe("the program over a stack that was deployed", () => {
  /** Dead letters are written by AWS services only. */
  const queue = "update aws:sqs/queuePolicy:QueuePolicy::dead-letters: policy";
  /** The redrive role sees a bus before it sends anything. */
  const role = "update aws:iam/rolePolicy:RolePolicy::redrive: policy";
  const localBus = "update aws:cloudwatch/eventBusPolicy:EventBusPolicy::local-bus: policy";

  const alarm = (verb: string, keys: readonly string[]) =>
    keys.map((key) => `${verb} aws:cloudwatch/metricAlarm:MetricAlarm::${key}`);
  const ofRule = (rule: string) =>
    ["failed-invocations", "lost", "sent-to-dlq", "throttled"].map((metric) => `${rule}.${metric}`);
  /** Alarms over all rules of a bus, none of which has the name of one before: they are made before those go. */
  const alarms = [
    ...alarm("create", [
      ...["dead-letters", "failed", "loops", "lost", "throttled"].map((trouble) => `bus.${trouble}`),
      ...["account.volume", "dead-letters.waiting"],
      ...["encryption-failures.new", "encryption-failures.waiting"],
    ]),
    ...alarm("delete", ofRule("log-all-events")),
    ...["dead-letters", "encryption-failures"].flatMap((name) =>
      alarm("delete", [`${name}.age`, `${name}.depth`]),
    ),
    "update aws:cloudwatch/dashboard:Dashboard::alarms: dashboardBody",
  ];
  /** Alarms and dead letters leave the key that they tell of. */
  const offTheKey = [
    "update aws:kms/key:Key::customer-key: policy",
    "update aws:sns/topic:Topic::alarms: kmsMasterKeyId",
    "update aws:sqs/queue:Queue::dead-letters: kmsMasterKeyId",
    "update aws:sqs/queue:Queue::dead-letters: sqsManagedSseEnabled",
  ];
  const everywhere = [queue, role, ...alarms, ...offTheKey];
  const forwards = ["forward-delivery", "forward-orders"].flatMap((rule) => alarm("delete", ofRule(rule)));

  it.each([
    { stack: "global", changes: [...everywhere, ...forwards] },
    { stack: "orders", changes: [...everywhere, localBus] },
    { stack: "delivery", changes: [...everywhere, localBus] },
  ])(
    "changes nothing in $stack but what is listed here: what a release changes for those who have deployed is seen in review",
    async ({ stack, changes }) => {
      expect((await preview(stack)).sort()).toEqual([...changes].sort());
    },
  );
});
