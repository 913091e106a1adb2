export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

export interface PublishedMessage {
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
}

/** SNS, as far as who listens, and one message to them. */
export interface Topics {
  /** Undefined of a topic that does not exist. */
  readonly subscriptions: (topicArn: string) => readonly Subscription[] | undefined;
  /** @returns the message's id */
  readonly publish: (message: PublishedMessage) => string;
}
