import { describe, expect, it } from "vitest";
import { fateOf, type FateFacts } from "../../operations/dead-letters/fate.js";
import { noHistory } from "../../operations/dead-letters/history.js";
import { readLetter } from "../../operations/dead-letters/letter.js";
import { letterQueuesOf } from "../../operations/dead-letters/letter-queues.js";
import type { StayReason } from "../../operations/dead-letters/stay-reasons.js";
import { eventText, orderDetail, type LetterText } from "../fixtures/fake-backbone.js";
import { member, registry, subscriptionAttributes, topology } from "../fixtures/subscribed-backbone.js";

interface Case {
  readonly name: string;
  readonly account?: string;
  /** As the command calls it. */
  readonly queue?: string;
  readonly of?: string;
  readonly event?: LetterText;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly facts?: Partial<FateFacts>;
}

function fate({ account = "delivery", queue = "dead-letters", of, event, attributes = {}, facts }: Case) {
  const own = of === undefined ? {} : subscriptionAttributes(account, of);
  const found = letterQueuesOf(member(account)).find(({ as }) => as === queue);
  if (found === undefined) throw new Error(`no queue ${queue}`);
  const letter = readLetter({
    MessageId: "m-1",
    Body: eventText(event),
    MessageAttributes: Object.fromEntries(
      Object.entries({ ...own, ...attributes }).map(([key, StringValue]) => [
        key,
        { DataType: "String", StringValue },
      ]),
    ),
  });
  return fateOf(
    {
      registry,
      topology,
      account: member(account),
      queue: found,
      // What else is on the bus does not matter: nobody else sees what goes to a target.
      rules: undefined,
      targets: new Map(),
      history: noHistory,
      alsoTo: new Set(),
      without: new Set(),
      receivers: new Map(),
      again: false,
      ...facts,
    },
    letter,
  );
}

const rules = "arn:aws:events:eu-west-1:333333333333:rule/backbone-delivery";
const delivered: LetterText = {
  source: "com.example.delivery",
  detailType: "Delivery.Updated",
  detail: '{"orderId":"o-7","status":"delivered"}',
};
const large = orderDetail.replace('"amount":5', '"amount":500');

describe("a letter of a subscription goes to its target", () => {
  it.each<Case & { readonly to: string; readonly partitionKey?: string }>([
    {
      name: "a queue that is made",
      of: "delivery/start-delivery",
      to: "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery--start-delivery",
    },
    {
      name: "a queue by name",
      of: "delivery/large-orders",
      event: { detail: large },
      to: "arn:aws:sqs:eu-west-1:333333333333:large-orders",
    },
    {
      name: "a state machine",
      of: "delivery/watch-orders",
      to: "arn:aws:states:eu-west-1:333333333333:stateMachine:watch-orders",
    },
    {
      name: "a function",
      of: "billing/send-invoice",
      to: "arn:aws:lambda:eu-west-1:333333333333:function:send-invoice",
    },
    {
      name: "a topic",
      of: "billing/count-deliveries",
      event: delivered,
      to: "arn:aws:sns:eu-west-1:333333333333:deliveries",
    },
    {
      name: "a delivery stream",
      account: "orders",
      of: "reports/everything",
      event: delivered,
      to: "arn:aws:firehose:eu-west-1:222222222222:deliverystream/lake",
    },
    {
      name: "a stream, with its partition key",
      account: "orders",
      of: "reports/order-status",
      event: delivered,
      to: "arn:aws:kinesis:eu-west-1:222222222222:stream/status",
      partitionKey: "o-7",
    },
    {
      name: "a rule that was divided into others since",
      of: "delivery/start-delivery",
      attributes: { RULE_ARN: `${rules}/delivery--start-delivery.17` },
      to: "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery--start-delivery",
    },
    {
      name: "what a replay brought, which looks the same there",
      of: "delivery/start-delivery",
      event: { replay: "monday" },
      to: "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery--start-delivery",
    },
    {
      name: "what a consumer gave up, which names no rule",
      queue: "delivery/start-delivery",
      to: "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery--start-delivery",
    },
    {
      name: "what a consumer rejected",
      queue: "delivery/start-delivery",
      attributes: { ERROR_CODE: "INVALID_JSON", ERROR_MESSAGE: "a word of the consumer's own" },
      to: "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery--start-delivery",
    },
  ])("$name", ({ to, partitionKey, ...one }) => {
    expect(fate(one)).toEqual({
      kind: "goes",
      account: one.account ?? "delivery",
      to,
      also: [],
      ...(partitionKey === undefined ? {} : { partitionKey }),
    });
  });
});

describe("a letter of a subscription stays", () => {
  it.each<Case & { readonly reason: StayReason; readonly detail?: string }>([
    {
      name: "whose subscription is gone, whatever is on the bus",
      attributes: { RULE_ARN: `${rules}/delivery--forgotten.0`, TARGET_ARN: "arn:aws:sqs:x:y:z" },
      reason: "no-subscription",
      detail: "delivery--forgotten.0",
    },
    {
      name: "whose subscription only begins like another",
      attributes: { RULE_ARN: `${rules}/delivery--start-delivery-2.0` },
      reason: "no-subscription",
    },
    {
      name: "whose subscription has another target now",
      of: "delivery/start-delivery",
      attributes: { TARGET_ARN: "arn:aws:sqs:eu-west-1:333333333333:old" },
      reason: "other-target",
      detail: "arn:aws:sqs:eu-west-1:333333333333:old",
    },
    {
      name: "that its subscription does not take any more",
      of: "delivery/large-orders",
      reason: "no-match",
      detail: "delivery--large-orders.0",
    },
    {
      name: "that a consumer gave up, and its subscription does not take any more",
      queue: "delivery/start-delivery",
      event: { detailType: "Order.Updated" },
      reason: "no-match",
    },
    {
      name: "without a text for the partition key",
      account: "orders",
      of: "reports/order-status",
      event: { ...delivered, detail: '{"status":"delivered"}' },
      reason: "no-partition-key",
      detail: "$.detail.orderId",
    },
    {
      name: "that breaks its contract",
      queue: "delivery/start-delivery",
      event: { detail: "{}" },
      reason: "breaks-contract",
    },
    {
      name: "a canary",
      of: "delivery/start-delivery",
      event: { resources: ["event-backbone:canary:night"] },
      reason: "canary",
    },
    {
      name: "a code that says that the execution is there",
      of: "delivery/watch-orders",
      attributes: { ERROR_CODE: "RESOURCE_ALREADY_EXISTS" },
      reason: "never-again",
    },
    {
      name: "a third round, which the message says and not the event",
      queue: "delivery/start-delivery",
      attributes: { "backbone-redrive": "2" },
      reason: "many-rounds",
      detail: "2 rounds since event-1",
    },
    {
      name: "a local rule's that is called otherwise, as before",
      attributes: { RULE_ARN: `${rules}/pack`, TARGET_ARN: "arn:aws:sqs:x:y:z" },
      reason: "rules-unknown",
    },
  ])("$name: $reason", ({ reason, detail, ...one }) => {
    expect(fate(one)).toMatchObject({ kind: "stays", reason, ...(detail === undefined ? {} : { detail }) });
  });
});
