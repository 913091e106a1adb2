import { Queue, QueuePolicy } from "@pulumi/aws/sqs/index.js";
import * as pulumi from "@pulumi/pulumi";
import { queueMessageMaxBytes, queueRetentionSeconds } from "../aws/limits.js";
import type { PlannedQueue } from "../topology/index.js";
import { diesWithOwner, fixedName } from "./fixed-name.js";

export interface SubscriptionQueueArgs {
  readonly queue: PlannedQueue;
}

/** A queue that a consumer reads, and another for what it gives up. */
export class SubscriptionQueue extends pulumi.ComponentResource {
  readonly queue: Queue;
  readonly letters: Queue;
  readonly policy: QueuePolicy;

  constructor(name: string, args: SubscriptionQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:sqs:SubscriptionQueue", name, {}, opts);
    const { queue } = args;
    const common = {
      messageRetentionSeconds: queueRetentionSeconds,
      maxMessageSize: queueMessageMaxBytes,
      // SQS's own key: whether events arrive must not hang on a customer's key.
      sqsManagedSseEnabled: true,
    };
    const options = { parent: this, ...fixedName };
    this.letters = new Queue(
      `${name}-letters`,
      {
        name: queue.lettersName,
        ...common,
        redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
      },
      options,
    );
    this.queue = new Queue(
      name,
      {
        name: queue.name,
        ...common,
        visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: this.letters.arn,
          maxReceiveCount: queue.maxReceiveCount,
        }),
      },
      options,
    );
    this.policy = new QueuePolicy(
      name,
      { queueUrl: this.queue.url, policy: JSON.stringify(queue.policy) },
      { parent: this, ...diesWithOwner },
    );
    this.registerOutputs({ queueArn: this.queue.arn });
  }
}
