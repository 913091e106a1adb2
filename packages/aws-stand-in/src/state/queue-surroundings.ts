import type { Clock } from "./clock.js";
import type { Message, QueuedMessage } from "./message.js";
import type { QueueChange } from "./queue-change.js";

/** Which messages a receive hands out, of all that are in the queue; a real queue keeps no order. */
export type HandOut = (messages: readonly QueuedMessage[], most: number) => readonly QueuedMessage[];

/** Throws an AwsError where SQS shall fail with a single message. */
export type Refuse = (doing: "send" | "delete" | "change-visibility", message: Message) => void;

/** What a queue needs of others. */
export interface QueueSurroundings {
  readonly clock: Clock;
  readonly find: (
    arn: string,
  ) => { readonly arn: string; readonly put: (message: Message) => void } | undefined;
  readonly onChange: (change: QueueChange) => void;
  readonly handOut: HandOut | undefined;
  readonly refuse: Refuse;
}
