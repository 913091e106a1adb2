import type { QueueSettings } from "aws-stand-in";
import { z } from "zod";
import { arnOf } from "../emission/arns.js";
import type { Stage } from "../stage.js";

const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });

const emittedQueue = z.object({
  name: z.string(),
  visibilityTimeoutSeconds: z.number().optional(),
  messageRetentionSeconds: z.number().optional(),
  delaySeconds: z.number().optional(),
  receiveWaitTimeSeconds: z.number().optional(),
  maxMessageSize: z.number().optional(),
  redrivePolicy: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(redrivePolicy)
    .optional(),
});

/** The queues of all accounts, set as the emitted ones are. */
export function emittedQueues({ plan }: Stage): QueueSettings[] {
  return plan.stacks.flatMap(({ accountId, region, resources }) =>
    resources
      .filter(({ type }) => type === "aws:sqs/queue:Queue")
      .map(({ inputs }): QueueSettings => {
        const queue = emittedQueue.parse(inputs);
        return {
          arn: arnOf.queue({ accountId, region }, queue.name),
          ...given("visibilityTimeout", queue.visibilityTimeoutSeconds),
          ...given("retentionSeconds", queue.messageRetentionSeconds),
          ...given("delaySeconds", queue.delaySeconds),
          ...given("waitSeconds", queue.receiveWaitTimeSeconds),
          ...given("maxMessageBytes", queue.maxMessageSize),
          ...given("redrivePolicy", queue.redrivePolicy),
        };
      }),
  );
}

function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  const said: Partial<Record<Name, Value>> = {};
  if (value !== undefined) said[name] = value;
  return said;
}
