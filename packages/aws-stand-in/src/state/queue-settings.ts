export interface RedrivePolicy {
  /** Queue of the same account and Region. */
  readonly deadLetterTargetArn: string;
  /** Received so often and not deleted, a message goes there instead of being handed out once more. */
  readonly maxReceiveCount: number;
}

/** A queue as it is made; what is left out has SQS's default. */
export interface QueueSettings {
  readonly arn: string;
  /** Seconds. Default: 30. */
  readonly visibilityTimeout?: number;
  /** Default: four days. */
  readonly retentionSeconds?: number;
  /** Default: 0. */
  readonly delaySeconds?: number;
  /** How long a receive waits that does not say. Default: 0. */
  readonly waitSeconds?: number;
  /** Default: 1,048,576. */
  readonly maxMessageBytes?: number;
  readonly redrivePolicy?: RedrivePolicy;
}
