import { beforeAll, describe, expect, it } from "vitest";
import { renderTrace } from "../../cli/commands/trace.js";
import { registry as example } from "../../config/index.js";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import type { PutEventsEntry } from "eventbridge-simulator";
import { traceEvent } from "../../rehearsal/trace.js";
import { all } from "../fixtures/plan-changes.js";
import { made, queue, queues, target } from "../fixtures/subscription-resources.js";
import { changeInput, rehearse, stageOf, type Rehearsed } from "../fixtures/rehearsed.js";

let prod: Rehearsed;
beforeAll(async () => {
  prod = await rehearse(example, "prod");
});

const created = {
  Source: "com.example.orders",
  DetailType: "Order.Created",
  Detail: JSON.stringify({
    orderId: "o",
    customerId: "c",
    items: [{ sku: "s", quantity: 1 }],
    total: { amount: 1, currency: "EUR" },
  }),
};

function told(entry: PutEventsEntry, plan: RecordedPlan = prod.plan): string {
  const stage = stageOf({ ...prod, plan });
  return renderTrace(traceEvent(stage, entry, "orders"), { everyRule: true, world: stage.world });
}

const bus = (region: string, account: string): string =>
  `arn:aws:events:${region}:${account}:event-bus/backbone-delivery`;

describe("a trace for people", () => {
  it.each([
    { what: "another account", arn: bus("eu-west-1", "222222222222") },
    { what: "another Region", arn: bus("eu-central-1", "333333333333") },
    { what: "a rule", arn: "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-delivery" },
    { what: "another name", arn: bus("eu-west-1", "333333333333").replace("delivery", "delivrey") },
  ])("shows a target that is no bus of the world with its ARN: $what", ({ arn }) => {
    const plan = changeInput(prod.plan, "global", "EventTarget forward-delivery", { arn });
    expect(told(created, plan)).toContain(`to ${arn}: `);
    expect(told(created)).toContain("to backbone-delivery: delivered");
  });

  it.each([
    {
      what: "a role that is not there",
      change: { roleArn: "arn:aws:iam::111111111111:role/backbone-forward-delivrey" },
      says: "there is no such execution role: arn:aws:iam::111111111111:role/backbone-forward-delivrey",
    },
    {
      what: "a role of another account",
      change: { roleArn: "arn:aws:iam::222222222222:role/backbone-forward-delivery" },
      says: "the execution role must be of the account that made the rule: arn:aws:iam::222222222222:role/backbone-forward-delivery",
    },
    {
      what: "a bus that is not there",
      change: { arn: bus("eu-west-1", "333333333333").replace("delivery", "delivrey") },
      says: `the execution role may not put events on the receiving bus: no stack emits ${bus("eu-west-1", "333333333333").replace("delivery", "delivrey")}`,
    },
  ])("names $what beside the reason", ({ change, says }) => {
    const plan = changeInput(prod.plan, "global", "EventTarget forward-delivery", change);
    expect(told(created, plan)).toContain(says);
  });

  it("names a key that is not there", () => {
    const kmsKeyIdentifier = "arn:aws:kms:eu-west-1:333333333333:key/11111111-2222-3333-4444-555555555555";
    const plan = changeInput(prod.plan, "delivery", "EventBus local-bus", { kmsKeyIdentifier });
    expect(told(created, plan)).toContain(`there is no such customer key: ${kmsKeyIdentifier}`);
  });

  it("shows whole what is compared, and in what two ARNs differ", () => {
    const arn = bus("eu-west-1", "222222222222");
    const plan = changeInput(prod.plan, "global", "EventTarget forward-delivery", { arn });
    expect(told(created, plan)).toContain(
      `PutEventsOnLocalBus does not allow it: resource wants ${bus("eu-west-1", "333333333333")}; the request has ${arn} (account 222222222222, not 333333333333)`,
    );
  });

  it("follows it out of a queue to the function that Lambda feeds", () => {
    const fed = (actions?: readonly string[]) =>
      told(created, all(target(queue), queues(), made(actions === undefined ? {} : { actions }))(prod.plan));
    expect(fed()).toMatch(
      /to backbone-delivery--notify: delivered\n[^]*by Lambda to backbone-delivery--notify: delivered\n/,
    );
    expect(fed(["sqs:ReceiveMessage"])).toContain(
      "by Lambda to backbone-delivery--notify: it stays in the queue, the function's role may not take messages from the queue",
    );
  });

  it("lets no control character of an event through", () => {
    const text = told({ ...created, Source: "a.b\u001b[2K", DetailType: "T\rx\u202e" });
    expect(text).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u);
    expect(text).toContain("a.b\\u001b[2K");
  });

  it.each<{ what: string; entry: PutEventsEntry; says: string | undefined }>([
    { what: "nothing of an event as its contract says", entry: created, says: undefined },
    {
      what: "what is missing",
      entry: { ...created, Detail: "{}" },
      says: "detail does not satisfy orders/Order.Created: orderId: expected string, received undefined; customerId: expected string",
    },
    {
      what: "what is wrong further down",
      entry: { ...created, Detail: created.Detail.replace('"quantity":1', '"quantity":"1"') },
      says: "detail does not satisfy orders/Order.Created: items[0].quantity: expected number, received string",
    },
    {
      what: "a misspelt detail-type",
      entry: { ...created, DetailType: "Order.Craeted" },
      says: "no contract has source com.example.orders and detail-type Order.Craeted; did you mean orders/Order.Created?",
    },
    {
      what: "a misspelt source",
      entry: { ...created, Source: "com.example.order" },
      says: "no contract has source com.example.order and detail-type Order.Created; did you mean orders/Order.Created?",
    },
    {
      what: "an event of nobody",
      entry: { ...created, Source: "zzz", DetailType: "Something.Else.Entirely" },
      says: "no contract has source zzz and detail-type Something.Else.Entirely",
    },
  ])("tells of the contract $what", ({ entry, says }) => {
    const [, second = ""] = told(entry).split("\n");
    if (says === undefined) expect(second).toMatch(/^ {2}✓/);
    else expect(second.trim()).toContain(says);
  });
});
