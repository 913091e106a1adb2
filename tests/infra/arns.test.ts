import { describe, expect, it } from "vitest";
import { registry as awsEvents } from "../fixtures/registries/aws-events.js";
import { registry as everySwitch } from "../fixtures/registries/every-switch.js";
import { arnOf } from "../../rehearsal/emission/arns.js";
import type { RecordedResource, RecordedStack } from "../../rehearsal/emission/plan-file.js";
import { kindOf, recordEnvironment, textOf } from "../fixtures/recordings.js";

describe.each([
  { name: "every switch", example: everySwitch, environment: "prod" },
  { name: "every switch", example: everySwitch, environment: "dev" },
  { name: "events of AWS", example: awsEvents, environment: "prod" },
  { name: "events of AWS", example: awsEvents, environment: "dev" },
  { name: "events of AWS", example: awsEvents, environment: "alone" },
])("across the stacks of $environment, with $name", ({ example, environment }) => {
  it("every ARN in a policy, pattern or target is that of something a stack emits", async () => {
    const stacks = await recordEnvironment(example, environment);
    const emitted = new Set(stacks.flatMap(arnsEmittedBy));
    // The deploy role stands in the pattern that keeps quiet about it; it is not ours to emit.
    const deployRole = example.environments[environment]?.auditTrail?.deployRoleArn ?? "";
    const roots = new Set([deployRole, ...stacks.map(({ accountId }) => `arn:aws:iam::${accountId}:root`)]);
    const used = stacks.flatMap(({ resources }) => resources.flatMap(arnsUsedBy));
    expect(used.length).toBeGreaterThan(20);
    const unknown = used.filter(
      (arn) =>
        !roots.has(arn) && !emitted.has(arn) && !arn.endsWith(":invoice-objects") && !isPartOf(arn, emitted),
    );
    expect(unknown).toEqual([]);
  });
});

/** The ARNs AWS would give to what a stack emits, made from its physical names. */
function arnsEmittedBy(stack: RecordedStack): string[] {
  const { region, accountId } = stack;
  const regional = (service: string, resource: string) =>
    `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const named: Readonly<Record<string, (resource: RecordedResource) => string>> = {
    EventBus: (bus) => regional("events", `event-bus/${textOf(bus, "name")}`),
    EventRule: (rule) =>
      regional(
        "events",
        `rule/${textOf(rule, "eventBusName")}/${textOf(rule, "name")}`.replace("/default/", "/"),
      ),
    EventArchive: (archive) => regional("events", `archive/${textOf(archive, "name")}`),
    Topic: (topic) => regional("sns", textOf(topic, "name")),
    MetricAlarm: (alarm) => regional("cloudwatch", `alarm:${textOf(alarm, "name")}`),
    LogDeliverySource: (source) => regional("logs", `delivery-source:${textOf(source, "name")}`),
    LogDeliveryDestination: (destination) =>
      regional("logs", `delivery-destination:${textOf(destination, "name")}`),
    // AWS chooses a key's id, and the trail's log group is made inside its component.
    Key: (key) => arnOf.key({ region, accountId }, textOf(key, "description")),
    Trail: (trail) => regional("logs", `log-group:/aws/cloudtrail/${textOf(trail, "name")}`),
    LogGroup: (group) => regional("logs", `log-group:${textOf(group, "name")}`),
    Function: (made) => regional("lambda", `function:${textOf(made, "name")}`),
    Table: (table) => regional("dynamodb", `table/${textOf(table, "name")}`),
    Queue: (queue) => regional("sqs", textOf(queue, "name")),
    Role: (role) => `arn:aws:iam::${accountId}:role/${textOf(role, "name")}`,
    Policy: (policy) => `arn:aws:iam::${accountId}:policy/${textOf(policy, "name")}`,
  };
  return stack.resources.flatMap((resource) => named[kindOf(resource)]?.(resource) ?? []);
}

function arnsUsedBy({ type, inputs }: RecordedResource): string[] {
  if (!type.startsWith("aws:")) return [];
  return JSON.stringify(inputs).match(/arn:aws:[^"\\]+/g) ?? [];
}

/** Log streams below a log group, any rule of a bus, any bus of the members. */
function isPartOf(arn: string, emitted: ReadonlySet<string>): boolean {
  const bus = /^(.+):rule\/(.+)\/\*$/.exec(arn);
  if (bus !== null) return emitted.has(`${String(bus[1])}:event-bus/${String(bus[2])}`);
  if (emitted.has(arn.replace(/(?::log-stream)?(?::\*)+$/, ""))) return true;
  // What a forward is divided into later is trusted before it is there.
  const rule = /^arn:aws:events:[^:]+:(\d+):rule\/(?:.+\/)?([^/]*forward-[^/*]+?)(?:\.\*)?$/.exec(arn);
  if (rule !== null)
    return emitted.has(arn.replace(/\.\*$/, "")) || emitted.has(`arn:aws:iam::${rule[1]}:role/${rule[2]}`);
  // Who forwards to a bus is admitted before a route brings it anything, and of whatever account.
  const role = /^arn:aws:iam::[^:]+:role\/(.+)-forward-([^.]+)(?:\.\*)?$/.exec(arn);
  if (role !== null) return [...emitted].some((known) => known.endsWith(`:event-bus/${role[1]}-${role[2]}`));
  // A wildcard must mean something: at least one thing that is emitted.
  const covered = new RegExp(`^${arn.replace(/[.\\]/g, "\\$&").replaceAll("*", ".*")}$`);
  return arn.includes("*") && [...emitted].some((known) => covered.test(known));
}
