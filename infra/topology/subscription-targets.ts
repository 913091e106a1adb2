import { type Place, queueArn, serviceArn, topicArn } from "../aws/arn.js";
import type { NamedTarget } from "../registry/index.js";

/** How EventBridge gives an event to things of a kind, which is also how a dead letter goes back. */
export interface TargetKind {
  readonly arn: (place: Place, name: string) => string;
  /** Actions on the thing; the first is what gives one event. */
  readonly actions: readonly [string, ...string[]];
  /** Whether the thing's own policy lets EventBridge in, by a statement that we may add; else an execution role does. */
  readonly takesPermission?: true;
}

/**
 * A queue, a topic, a stream, a state machine and a delivery stream are given to by an execution role: their policies are
 * one document each and not ours. To a function's policy a statement is added.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
 */
export const targetKinds: Readonly<Record<NamedTarget["kind"], TargetKind>> = {
  queue: { arn: queueArn, actions: ["sqs:SendMessage"] },
  topic: { arn: topicArn, actions: ["sns:Publish"] },
  stream: {
    arn: (place, name) => serviceArn(place, "kinesis", `stream/${name}`),
    actions: ["kinesis:PutRecord"],
  },
  firehose: {
    arn: (place, name) => serviceArn(place, "firehose", `deliverystream/${name}`),
    actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
  },
  stateMachine: {
    arn: (place, name) => serviceArn(place, "states", `stateMachine:${name}`),
    actions: ["states:StartExecution"],
  },
  function: {
    arn: (place, name) => serviceArn(place, "lambda", `function:${name}`),
    actions: ["lambda:InvokeFunction"],
    takesPermission: true,
  },
};

/** What whoever sends to something under a customer key needs of it. */
export const keyActions = ["kms:Decrypt", "kms:GenerateDataKey"];
