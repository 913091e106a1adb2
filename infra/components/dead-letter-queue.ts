import { Queue, QueuePolicy } from "@pulumi/aws/sqs/index.js";
import * as pulumi from "@pulumi/pulumi";
import { queueMessageMaxBytes, queueRetentionSeconds } from "../aws/limits.js";
import type { PlannedDeadLetterQueue } from "../topology/index.js";
import { diesWithOwner, fixedName } from "./fixed-name.js";

export interface DeadLetterQueueArgs {
  readonly deadLetterQueue: PlannedDeadLetterQueue;
  /** Customer key of the account, if the queue is to be under it. Default: SQS's own key. */
  readonly keyArn?: pulumi.Input<string> | undefined;
  readonly protect: boolean;
}

/** Keeps events that a target of this account's bus refused. */
export class DeadLetterQueue extends pulumi.ComponentResource {
  readonly queue: Queue;
  readonly policy: QueuePolicy;

  constructor(name: string, args: DeadLetterQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:DeadLetterQueue", name, {}, opts);
    const { deadLetterQueue, keyArn, protect } = args;
    this.queue = new Queue(
      name,
      {
        name: deadLetterQueue.name,
        messageRetentionSeconds: queueRetentionSeconds,
        maxMessageSize: queueMessageMaxBytes,
        // EventBridge may write to a queue under SQS's own key, or a customer's that lets it; the AWS-managed KMS
        // key would refuse it.
        ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn }),
      },
      { parent: this, protect, ...fixedName },
    );
    this.policy = new QueuePolicy(
      name,
      { queueUrl: this.queue.url, policy: JSON.stringify(deadLetterQueue.policy) },
      { parent: this, protect, ...diesWithOwner },
    );
    this.registerOutputs({ queueArn: this.queue.arn });
  }
}
