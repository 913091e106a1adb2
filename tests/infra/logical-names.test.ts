import { beforeAll, describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import type { RecordedResource, RecordedStack } from "../../rehearsal/emission/plan-file.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { kindOf, recordByName, recordEnvironment } from "../fixtures/recordings.js";

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

function logicalNames({ resources }: RecordedStack): string[] {
  return resources.map((resource) => `${kindOf(resource)} ${resource.name}`);
}

const referenceOf = ({ type, name }: RecordedResource) => `${type}::${name}`;

describe("the logical names of a stack, which must not change", () => {
  it("are held for the backbone", () => {
    expect(logicalNames(stackOf("global"))).toMatchInlineSnapshot(`
      [
        "aws aws",
        "CustomerKey customer-key",
        "Key customer-key",
        "Alias customer-key",
        "DeadLetterQueue encryption-failures",
        "Queue encryption-failures",
        "QueuePolicy encryption-failures",
        "GlobalBus global-bus",
        "EventBus global-bus",
        "EventBusPolicy global-bus",
        "DeadLetterQueue dead-letters",
        "Queue dead-letters",
        "QueuePolicy dead-letters",
        "RedriveRole redrive",
        "Role redrive",
        "RolePolicy redrive",
        "EventLog event-log",
        "LogGroup event-log",
        "LogResourcePolicy event-log",
        "EventRule event-log",
        "EventTarget event-log",
        "Archive archive",
        "EventArchive archive",
        "BusLog bus-log",
        "LogGroup bus-log",
        "LogResourcePolicy bus-log",
        "LogDeliveryDestination bus-log",
        "LogDeliverySource bus-log-error",
        "LogDelivery bus-log-error",
        "Alarms alarms",
        "Topic alarms",
        "TopicPolicy alarms",
        "TopicSubscription alarms-backbone-on-call@example.com",
        "MetricAlarm bus.lost",
        "MetricAlarm bus.dead-letters",
        "MetricAlarm bus.loops",
        "MetricAlarm bus.failed",
        "MetricAlarm bus.throttled",
        "MetricAlarm dead-letters.waiting",
        "MetricAlarm encryption-failures.waiting",
        "MetricAlarm encryption-failures.new",
        "MetricAlarm account.volume",
        "MetricAlarm routing-watch.failed",
        "Dashboard alarms",
        "AuditTrail audit-trail",
        "Trail audit-trail",
        "BucketPublicAccessBlock audit-trail",
        "BucketServerSideEncryptionConfiguration audit-trail",
        "RoutingWatch routing-watch",
        "EventRule routing-watch",
        "EventTarget routing-watch",
        "Parameter global-bus-arn",
        "Parameter dead-letter-queue-arn",
        "Parameter redrive-role-arn",
        "Forward forward-delivery",
        "Role forward-delivery",
        "RolePolicy forward-delivery",
        "EventRule forward-delivery",
        "EventTarget forward-delivery",
        "Forward forward-orders",
        "Role forward-orders",
        "RolePolicy forward-orders",
        "EventRule forward-orders",
        "EventTarget forward-orders",
      ]
    `);
    // The environment with fewer switches emits fewer resources, and names none differently.
    expect(logicalNames(stackOf("global"))).toEqual(
      expect.arrayContaining(logicalNames(stackOf("global-dev"))),
    );
  });

  it("are held for a member", () => {
    expect(logicalNames(stackOf("orders"))).toMatchInlineSnapshot(`
      [
        "aws aws",
        "CustomerKey customer-key",
        "Key customer-key",
        "Alias customer-key",
        "DeadLetterQueue encryption-failures",
        "Queue encryption-failures",
        "QueuePolicy encryption-failures",
        "LocalBus local-bus",
        "EventBus local-bus",
        "EventBusPolicy local-bus",
        "DeadLetterQueue dead-letters",
        "Queue dead-letters",
        "QueuePolicy dead-letters",
        "RedriveRole redrive",
        "Role redrive",
        "RolePolicy redrive",
        "EventLog event-log",
        "LogGroup event-log",
        "LogResourcePolicy event-log",
        "EventRule event-log",
        "EventTarget event-log",
        "BusLog bus-log",
        "LogGroup bus-log",
        "LogResourcePolicy bus-log",
        "LogDeliveryDestination bus-log",
        "LogDeliverySource bus-log-error",
        "LogDelivery bus-log-error",
        "Alarms alarms",
        "Topic alarms",
        "TopicPolicy alarms",
        "TopicSubscription alarms-backbone-on-call@example.com",
        "MetricAlarm bus.lost",
        "MetricAlarm bus.dead-letters",
        "MetricAlarm bus.loops",
        "MetricAlarm bus.failed",
        "MetricAlarm bus.throttled",
        "MetricAlarm dead-letters.waiting",
        "MetricAlarm encryption-failures.waiting",
        "MetricAlarm encryption-failures.new",
        "MetricAlarm orders--update-order.given-up",
        "MetricAlarm orders--update-order.late",
        "MetricAlarm account.volume",
        "Dashboard alarms",
        "Parameter global-bus-arn",
        "Parameter local-bus-arn",
        "Parameter dead-letter-queue-arn",
        "Parameter redrive-role-arn",
        "Parameter publisher-policies/orders",
        "Parameter subscriptions/orders/update-order/queue-url",
        "Policy publish-orders",
        "Subscription orders--update-order",
        "SubscriptionQueue orders--update-order",
        "Queue orders--update-order-letters",
        "Queue orders--update-order",
        "QueuePolicy orders--update-order",
        "SubscriptionFunction orders--update-order",
        "Role orders--update-order",
        "RolePolicy orders--update-order",
        "RolePolicyAttachment orders--update-order",
        "LogGroup orders--update-order",
        "Table orders--update-order",
        "Function orders--update-order",
        "EventSourceMapping orders--update-order",
        "EventRule orders--update-order.0",
        "EventTarget orders--update-order.0",
      ]
    `);
    // The environment with fewer switches emits fewer resources, and names none differently.
    expect(logicalNames(stackOf("orders"))).toEqual(
      expect.arrayContaining(logicalNames(stackOf("orders-dev"))),
    );
  });

  it("are held for another member", () => {
    expect(logicalNames(stackOf("delivery"))).toMatchInlineSnapshot(`
      [
        "aws aws",
        "CustomerKey customer-key",
        "Key customer-key",
        "Alias customer-key",
        "DeadLetterQueue encryption-failures",
        "Queue encryption-failures",
        "QueuePolicy encryption-failures",
        "LocalBus local-bus",
        "EventBus local-bus",
        "EventBusPolicy local-bus",
        "DeadLetterQueue dead-letters",
        "Queue dead-letters",
        "QueuePolicy dead-letters",
        "RedriveRole redrive",
        "Role redrive",
        "RolePolicy redrive",
        "EventLog event-log",
        "LogGroup event-log",
        "LogResourcePolicy event-log",
        "EventRule event-log",
        "EventTarget event-log",
        "Archive archive",
        "EventArchive archive",
        "BusLog bus-log",
        "LogGroup bus-log",
        "LogResourcePolicy bus-log",
        "LogDeliveryDestination bus-log",
        "LogDeliverySource bus-log-error",
        "LogDelivery bus-log-error",
        "Alarms alarms",
        "Topic alarms",
        "TopicPolicy alarms",
        "TopicSubscription alarms-backbone-on-call@example.com",
        "MetricAlarm bus.lost",
        "MetricAlarm bus.dead-letters",
        "MetricAlarm bus.loops",
        "MetricAlarm bus.failed",
        "MetricAlarm bus.throttled",
        "MetricAlarm dead-letters.waiting",
        "MetricAlarm encryption-failures.waiting",
        "MetricAlarm encryption-failures.new",
        "MetricAlarm delivery--start-delivery.given-up",
        "MetricAlarm delivery--start-delivery.late",
        "MetricAlarm account.volume",
        "Dashboard alarms",
        "Parameter global-bus-arn",
        "Parameter local-bus-arn",
        "Parameter dead-letter-queue-arn",
        "Parameter redrive-role-arn",
        "Parameter publisher-policies/delivery",
        "Parameter subscriptions/delivery/start-delivery/queue-url",
        "Policy publish-delivery",
        "Subscription delivery--start-delivery",
        "SubscriptionQueue delivery--start-delivery",
        "Queue delivery--start-delivery-letters",
        "Queue delivery--start-delivery",
        "QueuePolicy delivery--start-delivery",
        "SubscriptionFunction delivery--start-delivery",
        "Role delivery--start-delivery",
        "RolePolicy delivery--start-delivery",
        "RolePolicyAttachment delivery--start-delivery",
        "LogGroup delivery--start-delivery",
        "Table delivery--start-delivery",
        "Function delivery--start-delivery",
        "EventSourceMapping delivery--start-delivery",
        "EventRule delivery--start-delivery.0",
        "EventTarget delivery--start-delivery.0",
      ]
    `);
    // The environment with fewer switches emits fewer resources, and names none differently.
    expect(logicalNames(stackOf("delivery"))).toEqual(
      expect.arrayContaining(logicalNames(stackOf("delivery-dev"))),
    );
  });

  it("are unique within their kind", () => {
    for (const stack of [...recorded.values()].flat()) {
      const references = stack.resources.map(referenceOf);
      expect(new Set(references).size).toBe(references.length);
    }
  });

  it("stay when a route is added, which only adds resources", async () => {
    const route = { events: "orders/Order.Created", to: "archive" };
    const withoutArchive = { ...shopRegistry, routes: shopRegistry.routes.slice(0, 3) };
    const before = await recordByName(withoutArchive, "global");
    const after = await recordByName(
      { ...withoutArchive, routes: [...withoutArchive.routes, route] },
      "global",
    );
    const references = after.resources.map(referenceOf);
    for (const resource of before.resources) {
      expect(references).toContain(referenceOf(resource));
      const now = after.resources.find((candidate) => referenceOf(candidate) === referenceOf(resource));
      expect(now?.inputs).toEqual(resource.inputs);
    }
    const added = after.resources.filter(
      (resource) => !before.resources.some((known) => referenceOf(known) === referenceOf(resource)),
    );
    expect(added.map((resource) => `${kindOf(resource)} ${resource.name}`)).toEqual([
      "Forward forward-archive",
      "Role forward-archive",
      "RolePolicy forward-archive",
      "EventRule forward-archive",
      "EventTarget forward-archive",
    ]);
  });
});
