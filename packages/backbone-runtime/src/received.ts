import { isEnvelope, isRecord, isText, keysOf } from "./envelope.js";

/** One event as it came in, from whatever host. */
export interface Received {
  /** SQS's, if it came through a queue. */
  readonly messageId: string | undefined;
  /** The event as text. */
  readonly body: string;
  readonly attempt: number;
  readonly queueArn: string | undefined;
  /** Events of one group are handled in order; undefined in queues without an order. */
  readonly group: string | undefined;
  /** What a redrive that has put it on its queue says of itself: how often that was. */
  readonly redriven: string | undefined;
}

export type Input =
  | { readonly kind: "batch"; readonly messages: readonly Received[] }
  | { readonly kind: "single"; readonly message: Received };

/** Message attribute that a redrive writes, with the number of its round, where it puts a letter back on its queue. */
export const redriveAttribute = "backbone-redrive";

/**
 * Beginning of the entry that a redrive adds to the `resources` of an event that it puts on a bus: then the event's first
 * id, and which round it is.
 */
export const redrivenMark = "event-backbone:redriven:";

/**
 * Tells the hosts apart by what they hand over.
 * @throws TypeError if it is of none of them
 */
export function readInput(input: unknown): Input {
  if (isRecord(input)) {
    const { Records: records } = input;
    if (Array.isArray(records) && records.every(isLambdaRecord))
      return { kind: "batch", messages: records.map(readLambdaRecord) };
    if (isText(input.Body)) return { kind: "single", message: readMessage(input.Body, input) };
    if (isEnvelope(input)) return { kind: "single", message: { ...direct, body: JSON.stringify(input) } };
  }
  throw new TypeError(
    `this is no batch of SQS records, no event of EventBridge and no message of SQS's ReceiveMessage: ${keysOf(input)}${recordsIn(input)}`,
  );
}

const direct = {
  messageId: undefined,
  attempt: 1,
  queueArn: undefined,
  group: undefined,
  redriven: undefined,
};

interface LambdaRecord extends Readonly<Record<string, unknown>> {
  readonly eventSource: "aws:sqs";
  readonly messageId: string;
  readonly body: string;
}

/** Lambda names them in lower camel case. */
function isLambdaRecord(record: unknown): record is LambdaRecord {
  return (
    isRecord(record) &&
    record.eventSource === "aws:sqs" &&
    // An answer cannot name one without: Lambda would count all as failed.
    isText(record.messageId) &&
    typeof record.body === "string"
  );
}

function readLambdaRecord(record: LambdaRecord): Received {
  const { messageId, body, attributes, messageAttributes } = record;
  const queueArn = isText(record.eventSourceARN) ? record.eventSourceARN : undefined;
  const group = isRecord(attributes) ? attributes.MessageGroupId : undefined;
  return {
    messageId,
    body,
    queueArn,
    attempt: attemptIn(attributes),
    // A standard queue has groups, too, for fairness and without order.
    group: isText(group) && queueArn?.endsWith(".fifo") !== false ? group : undefined,
    redriven: redriveIn(messageAttributes, "stringValue"),
  };
}

function readMessage(body: string, message: Readonly<Record<string, unknown>>): Received {
  const { MessageId, Attributes, MessageAttributes } = message;
  return {
    ...direct,
    messageId: isText(MessageId) ? MessageId : undefined,
    body,
    attempt: attemptIn(Attributes),
    redriven: redriveIn(MessageAttributes, "StringValue"),
  };
}

function redriveIn(attributes: unknown, text: "stringValue" | "StringValue"): string | undefined {
  const attribute = isRecord(attributes) ? attributes[redriveAttribute] : undefined;
  return isRecord(attribute) && typeof attribute[text] === "string" ? attribute[text] : undefined;
}

function attemptIn(attributes: unknown): number {
  const count = isRecord(attributes) ? Number(attributes.ApproximateReceiveCount) : Number.NaN;
  return Number.isInteger(count) && count > 0 ? count : 1;
}

/** What of a list of records is not SQS's. */
function recordsIn(input: unknown): string {
  const records: unknown = isRecord(input) ? input.Records : undefined;
  if (!Array.isArray(records)) return "";
  const stranger: unknown = records.find((record) => !isLambdaRecord(record));
  return `; of one of its records ${keysOf(stranger)}`;
}
