import { Queue, QueuePolicy } from "@pulumi/aws/sqs/index.js";
import * as pulumi from "@pulumi/pulumi";
import { queueMessageMaxBytes, queueRetentionSeconds } from "../aws/limits.js";
import type { PlannedDeadLetterQueue } from "../topology/index.js";
import { diesWithOwner, fixedName } from "./fixed-name.js";

export interface DeadLetterQueueArgs {
  readonly deadLetterQueue: PlannedDeadLetterQueue;
  readonly protect: boolean;
}

/** Keeps events that a target of this account's bus refused. */
export class DeadLetterQueue extends pulumi.ComponentResource {
  readonly queue: Queue;
  readonly policy: QueuePolicy;

  constructor(name: string, args: DeadLetterQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:DeadLetterQueue", name, {}, opts);
    const { deadLetterQueue, protect } = args;
    this.queue = new Queue(
      name,
      {
        name: deadLetterQueue.name,
        messageRetentionSeconds: queueRetentionSeconds,
        maxMessageSize: queueMessageMaxBytes,
        // SQS's own key: what the customer's refuses, or no longer reads, must find its queue open. The KMS key that
        // AWS manages for SQS would refuse EventBridge.
        sqsManagedSseEnabled: true,
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
