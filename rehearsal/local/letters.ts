import {
  type Message,
  type MessageAttributes,
  type Queue,
  type QueuedMessage,
  type Queues,
} from "aws-stand-in";
import { redriveAttribute } from "backbone-runtime";
import { renderReason, type TargetStep } from "eventbridge-simulator";
import { z } from "zod";

/** What EventBridge writes beside the event in a dead letter. What a policy refuses is not tried again. */
export function letterAttributes({
  rule,
  to,
  errorCode = "NO_PERMISSIONS",
  reason = "check-undecided",
  subject,
}: Pick<TargetStep, "rule" | "to" | "errorCode" | "reason" | "subject">): MessageAttributes {
  return textAttributes({
    RULE_ARN: rule,
    TARGET_ARN: to,
    ERROR_CODE: errorCode,
    ERROR_MESSAGE: renderReason(reason, subject),
    RETRY_ATTEMPTS: "0",
  });
}

export function textAttributes(texts: Readonly<Record<string, string>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [name, { dataType: "String", value }]),
  );
}

/** An event that a subscription's consumer has given up, or that EventBridge could not give to it. */
export interface DeadLetter {
  /** Of the event; undefined if the letter holds none. */
  readonly id: string | undefined;
  readonly detailType: string | undefined;
  readonly detail: unknown;
  /** EventBridge's, or backbone-runtime's; undefined where the queue has given the message up. */
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  /** How often it has been received. */
  readonly receives: number;
  /** Name of the queue that has it. */
  readonly queue: string;
}

/** Where letters of a subscription may be: in that of its own queue, and in its account's, among others'. */
export interface LetterBox {
  readonly queue: Queue;
  readonly isOurs: (message: Pick<Message, "attributes">) => boolean;
}

/** @param target ARN of what EventBridge gives to */
export function letterBoxes(queues: Queues, target: string, accountQueues: readonly string[]): LetterBox[] {
  const own = queues.get(target)?.settings.redrivePolicy?.deadLetterTargetArn;
  const find = (arn: string | undefined) => (arn === undefined ? undefined : queues.get(arn));
  const ownQueue = find(own);
  return [
    ...(ownQueue === undefined ? [] : [{ queue: ownQueue, isOurs: () => true }]),
    ...accountQueues.flatMap((arn) => {
      const queue = find(arn);
      return queue === undefined || arn === own || arn === target
        ? []
        : [
            {
              queue,
              isOurs: ({ attributes }: Pick<Message, "attributes">) =>
                attributes.TARGET_ARN?.value === target,
            },
          ];
    }),
  ];
}

export function readLetters(boxes: readonly LetterBox[]): DeadLetter[] {
  return boxes.flatMap(({ queue, isOurs }) =>
    queue
      .peek()
      .filter(isOurs)
      .map((letter) => read(queue, letter)),
  );
}

const event = z
  .object({ id: z.string(), "detail-type": z.string(), detail: z.unknown() })
  .partial()
  .catch({});

function read({ arn }: Queue, { body, attributes, receiveCount }: QueuedMessage): DeadLetter {
  const { id, "detail-type": detailType, detail } = readEvent(body);
  return {
    id,
    detailType,
    detail,
    errorCode: attributes.ERROR_CODE?.value,
    errorMessage: attributes.ERROR_MESSAGE?.value,
    receives: receiveCount,
    queue: arn.slice(arn.lastIndexOf(":") + 1),
  };
}

/** The event in a message; nothing of what is none. */
export function readEvent(body: string): z.infer<typeof event> {
  try {
    return event.parse(JSON.parse(body));
  } catch {
    return {};
  }
}

/** Takes all letters of a subscription out of their queues. */
export function takeLetters(boxes: readonly LetterBox[]): Message[] {
  const taken: Message[] = [];
  for (const { queue, isOurs } of boxes) {
    const others: string[] = [];
    for (
      let letters = queue.receive({ most: 10 });
      letters.length > 0;
      letters = queue.receive({ most: 10 })
    ) {
      for (const letter of letters) {
        if (!isOurs(letter)) others.push(letter.receiptHandle);
        else if (queue.delete(letter.receiptHandle)) taken.push(letter);
      }
    }
    for (const handle of others) queue.giveBack(handle);
  }
  return taken;
}

/** By which `consume` knows that a redrive has brought it. */
export const redriven: MessageAttributes = textAttributes({ [redriveAttribute]: "true" });

/** Whether a dead letter goes back on a queue, from which a consumer here takes it. */
export function isQueue(arn: string): boolean {
  return arn.split(":")[2] === "sqs";
}
