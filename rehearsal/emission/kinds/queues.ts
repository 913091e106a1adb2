import { z } from "zod";
import { arnOf, queueUrl } from "../arns.js";
import {
  anything,
  attachment,
  described,
  kind,
  named,
  policyText,
  settingText,
  text,
  within,
} from "./kind.js";

const daySeconds = 86_400;
/** What an event may have, and a message of a queue (API references of PutEvents and SQS). */
const mostBytes = 1_048_576;

const arn = z.string().startsWith("arn:");

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const redrivePolicy = settingText(
  z.strictObject({ deadLetterTargetArn: arn, maxReceiveCount: within(1, 1_000) }),
  '{"deadLetterTargetArn": "<ARN of a queue>", "maxReceiveCount": <1 to 1000>}',
);
const redriveAllowPolicy = settingText(
  z.discriminatedUnion("redrivePermission", [
    z.strictObject({ redrivePermission: z.enum(["allowAll", "denyAll"]) }),
    z.strictObject({
      redrivePermission: z.literal("byQueue"),
      sourceQueueArns: z.array(arn).min(1).max(10),
    }),
  ]),
  '{"redrivePermission": "byQueue", "sourceQueueArns": [<ARNs of 1 to 10 queues>]}, or "allowAll" or "denyAll" without them',
);

/** Queues, for events, for dead letters and for what consumers give up. */
export const queueKinds = {
  queues: kind({
    type: "aws:sqs/queue:Queue",
    arn: named(arnOf.queue),
    answers: (inputs, place) => ({ url: queueUrl(place, text(inputs, "name")) }),
    shape: {
      name: z.string(),
      fifoQueue: z.boolean().default(false),
      // The provider's own values where nothing is said.
      messageRetentionSeconds: z.number().default(4 * daySeconds),
      maxMessageSize: z.number().default(262_144),
      sqsManagedSseEnabled: anything,
      kmsMasterKeyId: z.string().optional(),
      kmsDataKeyReusePeriodSeconds: anything,
      policy: policyText.optional(),
      visibilityTimeoutSeconds: within(0, 43_200).default(30),
      receiveWaitTimeSeconds: anything,
      delaySeconds: anything,
      redrivePolicy: redrivePolicy.optional(),
      redriveAllowPolicy: redriveAllowPolicy.optional(),
      ...described,
    },
    part: (inputs, { arn, keyArn, report }) => {
      const { fifoQueue: fifo, messageRetentionSeconds, maxMessageSize, kmsMasterKeyId, policy } = inputs;
      if (messageRetentionSeconds < 4 * daySeconds) {
        const kept = `keeps messages for ${messageRetentionSeconds} seconds, less than four days`;
        report(`queue ${arn} ${kept}`, "let its messageRetentionSeconds be 1209600, which is fourteen days");
      }
      if (maxMessageSize < mostBytes) {
        const taken = `takes messages of ${maxMessageSize} bytes, and an event may have ${mostBytes}`;
        report(`queue ${arn} ${taken}`, `let its maxMessageSize be ${mostBytes}`);
      }
      return {
        arn,
        fifo,
        keyArn: keyArn(kmsMasterKeyId),
        policy,
        visibilitySeconds: inputs.visibilityTimeoutSeconds,
        /** Where a message goes that nobody can work with, and after how many receives. */
        redrive: inputs.redrivePolicy,
        /** Which queues may send such messages here; without it those of the same account and Region. */
        redriveAllow: inputs.redriveAllowPolicy,
      };
    },
  }),
  queuePolicies: attachment({
    type: "aws:sqs/queuePolicy:QueuePolicy",
    owner: "queues",
    words: ["queue policy", "queue"],
    isOnly: true,
    shape: { queueUrl: z.string(), policy: policyText },
    part: ({ queueUrl: url, policy }, { place, report }) => {
      const of = arnOf.queueByUrl(place, url);
      if (of === undefined) {
        const prefix = queueUrl(place, "");
        report(`${url} is no queue URL of its account and Region`, `name the queue as ${prefix}<name>`);
      }
      return { of, policy };
    },
  }),
};
