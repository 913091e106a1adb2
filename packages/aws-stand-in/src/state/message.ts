import { createHash } from "node:crypto";
import { AwsError } from "../aws-error.js";

export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, and perhaps a label of one's own after a dot. */
  readonly dataType: string;
  /** Of a binary one in base64. */
  readonly value: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface NewMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes;
  /** AWS knows one, `AWSTraceHeader`. */
  readonly systemAttributes?: MessageAttributes;
  /** Instead of the queue's own delay. */
  readonly delaySeconds?: number;
  /** Account or role id of who sent it. */
  readonly senderId?: string;
}

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly systemAttributes: MessageAttributes;
  readonly senderId: string;
  /** Milliseconds since 1970; a move to a dead-letter queue does not change it. */
  readonly sentAt: number;
  /** How often it has been handed out, in all queues it has been in. */
  readonly receiveCount: number;
  readonly firstReceivedAt: number | undefined;
  /** The queue from which it came when nobody finished with it. */
  readonly deadLetterSourceArn: string | undefined;
}

/** A message with all that a look into the queue shows. */
export interface QueuedMessage extends Message {
  readonly state: "visible" | "in-flight" | "delayed";
  /** When an invisible one can be received again; milliseconds since 1970. */
  readonly visibleAt: number;
}

export interface ReceivedMessage extends Message {
  /** Of this receipt only: the next one gives another. */
  readonly receiptHandle: string;
  readonly hiddenUntil: number;
}

/** Bytes of a message or of a batch. */
export const maxMessageBytes = 1_048_576;

const maxAttributes = 10;

/**
 * @throws AwsError if SQS does not take it
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function checkMessage(message: NewMessage, maxBytes: number): void {
  const { body, attributes = {}, systemAttributes = {} } = message;
  if (body === "") {
    throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
  }
  // What XML 1.0 cannot hold, to which the query protocol is bound.
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(body)) {
    throw new AwsError("InvalidMessageContents", "The message contains characters outside the allowed set.");
  }
  const names = Object.keys(attributes);
  if (names.length > maxAttributes) {
    throw new AwsError(
      "InvalidParameterValue",
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  }
  for (const [name, attribute] of Object.entries({ ...attributes, ...systemAttributes })) {
    checkAttribute(name, attribute);
  }
  if (bytesOf(message) > maxBytes) {
    throw new AwsError(
      "InvalidParameterValue",
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    );
  }
}

function checkAttribute(name: string, { dataType, value }: MessageAttribute): void {
  const refuse = (reason: string) => {
    throw new AwsError("InvalidParameterValue", `The message attribute '${name}' ${reason}`);
  };
  if (!/^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/.test(name)) refuse("has a name that SQS does not take.");
  if (!/^(?:String|Number|Binary)(?:\..{1,249})?$/.test(dataType)) {
    refuse(
      "has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
    );
  }
  if (value === "") refuse(`must contain a non-empty value of type ${dataType}.`);
}

/** How SQS counts a message: its body, and names, types and values of its attributes. */
export function bytesOf({ body, attributes = {} }: NewMessage): number {
  return Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(attribute.dataType) +
      valueBytes(attribute).byteLength,
    Buffer.byteLength(body),
  );
}

export const isBinary = ({ dataType }: MessageAttribute): boolean => dataType.startsWith("Binary");

function valueBytes(attribute: MessageAttribute): Buffer {
  return Buffer.from(attribute.value, isBinary(attribute) ? "base64" : "utf8");
}

/** By which SDKs know that a body came through whole. */
export function md5OfBody(body: string): string {
  return createHash("md5").update(body).digest("hex");
}

/**
 * @returns undefined of no attributes, of which AWS says nothing
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const sorted = Object.entries(attributes).sort(([left], [right]) => (left < right ? -1 : 1));
  if (sorted.length === 0) return undefined;
  const hash = createHash("md5");
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    hash.update(length).update(bytes);
  };
  for (const [name, attribute] of sorted) {
    add(Buffer.from(name));
    add(Buffer.from(attribute.dataType));
    hash.update(Buffer.from([isBinary(attribute) ? 2 : 1]));
    add(valueBytes(attribute));
  }
  return hash.digest("hex");
}
