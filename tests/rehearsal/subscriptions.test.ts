import { describe, expect, it } from "vitest";
import { all, type Change, gone, inputs, says, text, unsaid, unset } from "../fixtures/plan-changes.js";
import { rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { registry as subscribers } from "../fixtures/registries/subscribers.js";

/** What a subscription needs, and what is told of it where it is wrong. */

const shop = await rehearse(example, "prod");
const many = await rehearse(subscribers, "prod");

describe("subscriptions of every kind", () => {
  it.each(["prod", "dev"])("are proven in %s", async (environment) => {
    const { ok, checks } = verifyPlan(await rehearse(subscribers, environment));
    expect(ok).toBe(true);
    const of = (contract: string) => checks.find(({ id }) => id === `delivery:${contract}`)?.title;
    expect(of("orders/Order.Created")).toBe(
      "orders/Order.Created reaches archive, delivery (send-invoice, start-delivery, watch-orders), and their logs, once",
    );
    expect(of("delivery/Delivery.Updated")).toContain("delivery (count-deliveries)");
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        "filter:orders/Order.Created:delivery/large-orders",
        "exact-subscription:reports/order-status",
        "subscription-role:reports/everything",
        "function-policies:delivery",
      ]),
    );
  });

  it("have functions of their own in the example", () => {
    const { ok, checks } = verifyPlan(shop);
    expect(ok).toBe(true);
    expect(checks.find(({ id }) => id === "delivery:orders/Order.Created")?.title).toContain(
      "reaches delivery (start-delivery), and",
    );
    expect(checks.map(({ id }) => id)).toContain("function-role:delivery/start-delivery");
  });
});

const at = "eu-west-1:333333333333";
const start = "delivery--start-delivery";
const elsewhere = `arn:aws:sqs:${at}:backbone-delivery-dead-letters`;
const patternOf = (source: string, type: string) =>
  JSON.stringify({ source: [source], "detail-type": [type] });

interface Row {
  readonly what: string;
  readonly of: Rehearsed;
  readonly change: Change;
  /** What the one cause says. */
  readonly says: string;
  /** Its claim. */
  readonly by: string;
}

const rows: readonly Row[] = [
  {
    what: "a rule is missing",
    of: shop,
    change: all(gone("delivery", `EventRule ${start}.0`), gone("delivery", `EventTarget ${start}.0`)),
    says: `rule ${start}.0 on bus`,
    by: "inventory",
  },
  {
    what: "a rule takes another contract",
    of: shop,
    change: inputs("delivery", `EventRule ${start}.0`, {
      eventPattern: patternOf("com.example.orders", "Order.Updated"),
    }),
    says: `${start}.0`,
    by: "exact-subscription",
  },
  {
    what: "a filter is dropped",
    of: many,
    change: inputs("delivery", "EventRule delivery--large-orders.0", {
      eventPattern: patternOf("com.acme.orders", "Order.Created"),
    }),
    says: "delivery--large-orders.0",
    by: "exact-subscription",
  },
  {
    what: "a target is another queue",
    of: shop,
    change: inputs("delivery", `EventTarget ${start}.0`, { arn: elsewhere }),
    says: `${start}.0`,
    by: "settings",
  },
  {
    what: "a role is missing",
    of: many,
    change: all(
      gone("delivery", "Role delivery--watch-orders"),
      gone("delivery", "RolePolicy delivery--watch-orders"),
    ),
    says: "role backbone-delivery--watch-orders",
    by: "inventory",
  },
  {
    what: "a role is for another action",
    of: many,
    change: says("delivery", "RolePolicy delivery--watch-orders", "GiveToTarget", [
      ["Action"],
      "states:StartSyncExecution",
    ]),
    says: "role/backbone-delivery--watch-orders",
    by: "subscription-role",
  },
  {
    what: "a role is for another target",
    of: many,
    change: text(
      "delivery",
      "RolePolicy delivery--large-orders",
      "policy",
      'large-orders"}',
      'other-orders"}',
    ),
    says: "role/backbone-delivery--large-orders",
    by: "subscription-role",
  },
  {
    what: "a role lacks one of two actions",
    of: many,
    change: says("orders", "RolePolicy reports--everything", "GiveToTarget", [
      ["Action"],
      "firehose:PutRecord",
    ]),
    says: "role/backbone-reports--everything",
    by: "subscription-role",
  },
  {
    what: "a role trusts another account",
    of: many,
    change: text(
      "delivery",
      "Role delivery--watch-orders",
      "assumeRolePolicy",
      "333333333333",
      "777777777777",
    ),
    says: "role/backbone-delivery--watch-orders",
    by: "subscription-role",
  },
  {
    what: "a target has no role",
    of: many,
    change: unset("delivery", "EventTarget delivery--watch-orders.0", "roleArn"),
    says: "delivery--watch-orders.0",
    by: "settings",
  },
  {
    what: "a permission is missing",
    of: many,
    change: gone("delivery", "Permission billing--send-invoice"),
    says: "permission backbone-billing--send-invoice",
    by: "inventory",
  },
  {
    what: "a permission is for another's rules",
    of: many,
    change: inputs("delivery", "Permission billing--send-invoice", {
      sourceArn: `arn:aws:events:${at}:rule/backbone-delivery/other.*`,
    }),
    says: "function:send-invoice",
    by: "function-policies",
  },
  {
    what: "a permission is for any rule",
    of: many,
    change: unset("delivery", "Permission billing--send-invoice", "sourceArn"),
    says: "function:send-invoice",
    by: "function-policies",
  },
  {
    what: "a function is let in that nobody names",
    of: many,
    change: inputs("delivery", "Permission billing--send-invoice", { function: "other" }),
    says: "function:other",
    by: "",
  },
  {
    what: "a queue's policy is for another's rules",
    of: shop,
    change: text(
      "delivery",
      `QueuePolicy ${start}`,
      "policy",
      "rule/backbone-delivery/",
      "rule/backbone-orders/",
    ),
    says: `:backbone-${start}`,
    by: "queue-policies",
  },
  {
    what: "a queue's policy lets everybody of the account in",
    of: shop,
    change: unsaid("delivery", `QueuePolicy ${start}`, "DenyAllButServicesAndRedrive"),
    says: `:backbone-${start}`,
    by: "queue-policies",
  },
  {
    what: "a queue's policy keeps the redrive role out",
    of: shop,
    change: text(
      "delivery",
      `QueuePolicy ${start}`,
      "policy",
      "role/backbone-redrive-delivery",
      "role/backbone-redrive-orders",
    ),
    says: `:backbone-${start}`,
    by: "queue-policies",
  },
  {
    what: "a target keeps nothing",
    of: shop,
    change: unset("delivery", `EventTarget ${start}.0`, "deadLetterConfig"),
    says: `${start}.0`,
    by: "settings",
  },
  {
    what: "a target is tried once",
    of: shop,
    change: inputs("delivery", `EventTarget ${start}.0`, { retryPolicy: { maximumRetryAttempts: 0 } }),
    says: "retryPolicy",
    by: "settings",
  },
  {
    what: "a target forgets how long to try",
    of: many,
    change: unset("delivery", "EventTarget billing--send-invoice.0", "retryPolicy"),
    says: "retryPolicy",
    by: "settings",
  },
  {
    what: "a queue gives up nothing",
    of: shop,
    change: unset("delivery", `Queue ${start}`, "redrivePolicy"),
    says: `queue backbone-${start}`,
    by: "settings",
  },
  {
    what: "a queue gives up into the dead letters",
    of: shop,
    change: inputs("delivery", `Queue ${start}`, {
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: elsewhere, maxReceiveCount: 5 }),
    }),
    says: `queue backbone-${start}`,
    by: "settings",
  },
  {
    what: "anything may give up into its letters",
    of: shop,
    change: unset("delivery", `Queue ${start}-letters`, "redriveAllowPolicy"),
    says: `queue backbone-${start}-letters`,
    by: "settings",
  },
  {
    what: "a function is fed by nothing",
    of: shop,
    change: gone("delivery", `EventSourceMapping ${start}`),
    says: "event source mapping from",
    by: "inventory",
  },
  {
    what: "a function is fed and forgets which failed",
    of: shop,
    change: unset("delivery", `EventSourceMapping ${start}`, "functionResponseTypes"),
    says: "functionResponseTypes",
    by: "emitted-resources",
  },
  {
    what: "a function publishes on another bus",
    of: shop,
    change: text2(`Function ${start}`),
    says: "environment.variables",
    by: "settings",
  },
  {
    what: "a function may not publish",
    of: shop,
    change: gone("delivery", `RolePolicyAttachment ${start}`),
    says: "attached policy arn:aws:iam::333333333333:policy/backbone-publish-delivery",
    by: "inventory",
  },
  {
    what: "a function may take what is another's",
    of: shop,
    change: says("delivery", `RolePolicy ${start}`, "TakeEvents", [["Resource"], "*"]),
    says: `role/backbone-${start}`,
    by: "function-role",
  },
  {
    what: "a function may not take events",
    of: shop,
    change: unsaid("delivery", `RolePolicy ${start}`, "TakeEvents"),
    says: `role/backbone-${start}`,
    by: "function-role",
  },
  {
    what: "a function may not remember",
    of: shop,
    change: unsaid("delivery", `RolePolicy ${start}`, "RememberWhatIsDone"),
    says: `role/backbone-${start}`,
    by: "function-role",
  },
  {
    what: "a function's role is EventBridge's",
    of: shop,
    change: text(
      "delivery",
      `Role ${start}`,
      "assumeRolePolicy",
      "lambda.amazonaws.com",
      "events.amazonaws.com",
    ),
    says: `role/backbone-${start}`,
    by: "function-role",
  },
  {
    what: "a function remembers nowhere",
    of: shop,
    change: gone("delivery", `Table ${start}`),
    says: `table backbone-${start}`,
    by: "inventory",
  },
  {
    what: "letters cannot be taken out",
    of: shop,
    change: says("delivery", "RolePolicy redrive", "TakeDeadLetters", [["Resource"], elsewhere]),
    says: "role/backbone-redrive-delivery",
    by: "redrive-role",
  },
  {
    what: "letters cannot be given to a target",
    of: many,
    change: unsaid("delivery", "RolePolicy redrive", "GiveToTargets"),
    says: "role/backbone-redrive-delivery",
    by: "redrive-role",
  },
  {
    what: "a parameter names another queue",
    of: shop,
    change: inputs("delivery", "Parameter subscriptions/delivery/start-delivery/queue-url", {
      insecureValue: "https://sqs.eu-west-1.amazonaws.com/333333333333/other",
    }),
    says: "subscriptions/delivery/start-delivery/queue-url",
    by: "settings",
  },
  {
    what: "nobody hears that events are given up",
    of: shop,
    change: gone("delivery", `MetricAlarm ${start}.given-up`),
    says: `backbone-delivery.${start}.given-up`,
    by: "inventory",
  },
  {
    what: "a late consumer is told of a day later",
    of: shop,
    change: inputs("delivery", `MetricAlarm ${start}.late`, { threshold: 86_400 }),
    says: `backbone-delivery.${start}.late`,
    by: "alarms",
  },
];

function text2(reference: string): Change {
  return inputs("delivery", reference, {
    environment: {
      variables: { BACKBONE_BUS_ARN: "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery" },
    },
  });
}

describe("a plan in which", () => {
  it.each(rows)("$what has one cause", ({ of, change, says: told, by }) => {
    const { failures } = verifyPlan(of, change(of.plan));
    expect(failures.map(({ id, cause }) => `${id}: ${cause}`)).toEqual([
      expect.stringMatching(new RegExp(`^${by}.*${told.replace(/[.*]/gu, "\\$&")}`, "su")),
    ]);
  });
});
