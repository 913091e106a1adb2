import type { JsonObject } from "../../aws/event-pattern.js";

/** What a service wants to hear, and where it is to go: everything between follows from it. */
export interface SubscriptionDefinition<Events extends string = string, Contract extends string = string> {
  /**
   * What it takes; a list means all of it. A subscription is a route to the service's account: no other is needed. Wildcards
   * leave out the account's own contracts; to hear one of them, name it.
   */
  readonly events: Events | readonly Events[];
  /** Content filter on `detail`, in EventBridge's pattern language. Each contract taken must have its fields. */
  readonly filter?: JsonObject;
  /** Lets the filter ask for fields that the contract's schema allows without declaring them: no warning then. */
  readonly allowUndeclared?: boolean;
  /** One thing of the service's account that gets each event. */
  readonly to: TargetDefinition;
  /** How long EventBridge tries to hand over an event before it becomes a dead letter. Default: a day, 185 times. */
  readonly retry?: RetryDefinition;
  /** What the code behind it publishes in answer: `backbone check` warns of contracts that go round in a circle. */
  readonly answers?: Contract | readonly Contract[];
}

export interface RetryDefinition {
  /** Seconds, 60 to 86400. */
  readonly maximumEventAgeInSeconds?: number;
  /** 0 to 185. */
  readonly maximumRetryAttempts?: number;
}

interface Named {
  /** What it is called on AWS, in the service's account and Region. It is deployed elsewhere and must be there. */
  readonly name: string;
}

interface NamedUnderKey extends Named {
  /** ARN of the customer key it is encrypted with, whose policy must let the account use it. Default: none. */
  readonly key?: string;
}

/** A queue that is made here, with another for what its consumer gives up. */
export interface MadeQueueDefinition {
  readonly name?: never;
  /** How long a message is hidden from others while a consumer works on it. Seconds; default: 60. */
  readonly visibilityTimeoutSeconds?: number;
  /** How often a message is handed out before it becomes a letter. Default: 5. */
  readonly maxReceiveCount?: number;
}

/** A function that is made here of a TypeScript file, fed through a queue of its own. */
export interface MadeFunctionDefinition {
  readonly name?: never;
  /** Path of the file that exports `handler`, from the folder of Pulumi.yaml: `services/delivery/start-delivery.ts`. */
  readonly handler: string;
  /** Seconds that one call may take, 1 to 900; its messages stay hidden six times as long. Default: 30. */
  readonly timeoutSeconds?: number;
  /** 128 to 10240. Default: 256. */
  readonly memoryMegabytes?: number;
  /** Messages that one call gets at most, 1 to 10. Default: 10. */
  readonly batchSize?: number;
  /** Calls at the same time at most, 2 to 1000. Default: as many as the account allows. */
  readonly maximumConcurrency?: number;
  /** How often a message is handed out before it becomes a letter. Default: 5. */
  readonly maxReceiveCount?: number;
  /** Whether it gets a DynamoDB table by which `once` of backbone-runtime does a thing once. Default: false. */
  readonly once?: boolean;
}

/** The kinds of things that get events. A FIFO queue or topic is none: EventBridge would put all into one group. */
export interface TargetKinds {
  /** A queue by name, or with `{}` one that is made here. */
  readonly queue: NamedUnderKey | MadeQueueDefinition;
  /** A function by name, or with a `handler` one that is made here. */
  readonly function: Named | MadeFunctionDefinition;
  readonly stateMachine: Named;
  readonly stream: Named & {
    /** What keeps events in order: a path into the event, such as `$.detail.orderId`. Default: each its own. */
    readonly partitionKeyPath?: string;
  };
  readonly topic: NamedUnderKey;
  readonly firehose: Named;
}

/** Exactly one of {@link TargetKinds}. A bus is none: a rule that forwards to it would be the second hop. */
export type TargetDefinition = {
  [Kind in keyof TargetKinds]: Readonly<
    Pick<TargetKinds, Kind> & Partial<Record<Exclude<keyof TargetKinds, Kind>, never>>
  >;
}[keyof TargetKinds];

/** By service, then by the subscription's name. */
export type SubscriptionDefinitions = Readonly<
  Record<string, Readonly<Record<string, SubscriptionDefinition>>>
>;
