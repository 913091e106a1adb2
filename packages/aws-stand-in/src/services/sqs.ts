import { partitionOf } from "eventbridge-simulator";
import { AwsError } from "../aws-error.js";
import {
  bytesOf,
  isBinary,
  maxMessageBytes,
  md5OfAttributes,
  md5OfBody,
  type MessageAttribute,
  type MessageAttributes,
  type NewMessage,
  type ReceivedMessage,
} from "../state/message.js";
import type { Queue } from "../state/queue.js";
import type { Queues } from "../state/queues.js";
import type { Call, Result } from "../wire/call.js";
import type { Input } from "../wire/input.js";
import type { Actions } from "./actions.js";

/** Standard queues, by JSON and by the older forms. */
export function sqsActions(queues: Queues): Actions {
  const queueOf = (input: Input, call: Call) => queues.existing(arnOfUrl(input.text("QueueUrl"), call));
  return {
    SendMessage: (input, call) => {
      const sent = newMessage(input, call);
      return sentAnswer(queueOf(input, call), sent);
    },
    SendMessageBatch: (input, call) => {
      const queue = queueOf(input, call);
      const entries = batchOf(input);
      const bytes = entries.reduce((sum, { entry }) => sum + bytesOf(newMessage(entry, call)), 0);
      if (bytes > maxMessageBytes) {
        throw new AwsError(
          "BatchRequestTooLong",
          `Batch requests cannot be longer than ${maxMessageBytes} bytes. You have sent ${bytes} bytes.`,
          { queryCode: "AWS.SimpleQueueService.BatchRequestTooLong" },
        );
      }
      return each(entries, (entry) => sentAnswer(queue, newMessage(entry, call)));
    },
    ReceiveMessage: async (input, call) => {
      const queue = queueOf(input, call);
      const [most, hidden, wait] = [
        input.optionalNumber("MaxNumberOfMessages"),
        input.optionalNumber("VisibilityTimeout"),
        input.optionalNumber("WaitTimeSeconds"),
      ];
      const received = await queue.wait({
        ...(most === undefined ? {} : { most }),
        ...(hidden === undefined ? {} : { visibilityTimeout: hidden }),
        ...(wait === undefined ? {} : { waitSeconds: wait }),
        signal: call.signal,
      });
      // Older clients ask by the older name.
      const system = [...input.texts("MessageSystemAttributeNames"), ...input.texts("AttributeNames")];
      const wanted = { system, own: input.texts("MessageAttributeNames") };
      return {
        value: received.length === 0 ? {} : { Messages: received.map((one) => messageAnswer(one, wanted)) },
        onLost: () => {
          for (const { receiptHandle } of received) queue.giveBack(receiptHandle);
        },
      };
    },
    DeleteMessage: (input, call) => {
      queueOf(input, call).delete(input.text("ReceiptHandle"));
      return {};
    },
    DeleteMessageBatch: (input, call) => {
      const queue = queueOf(input, call);
      return each(batchOf(input), (entry) => {
        queue.delete(entry.text("ReceiptHandle"));
        return {};
      });
    },
    ChangeMessageVisibility: (input, call) => {
      queueOf(input, call).changeVisibility(input.text("ReceiptHandle"), input.number("VisibilityTimeout"));
      return {};
    },
    ChangeMessageVisibilityBatch: (input, call) => {
      const queue = queueOf(input, call);
      return each(batchOf(input), (entry) => {
        queue.changeVisibility(entry.text("ReceiptHandle"), entry.number("VisibilityTimeout"));
        return {};
      });
    },
    GetQueueUrl: (input, call) => {
      const account = input.optionalText("QueueOwnerAWSAccountId") ?? call.caller.accountId;
      return { QueueUrl: urlOf(queues.existing(arnOf(call, account, input.text("QueueName"))), call) };
    },
    ListQueues: (input, call) => {
      const prefix = arnOf(call, call.caller.accountId, input.optionalText("QueueNamePrefix") ?? "");
      const found = queues.all().filter(({ arn }) => arn.startsWith(prefix));
      return found.length === 0 ? {} : { QueueUrls: found.map((queue) => urlOf(queue, call)) };
    },
    ListDeadLetterSourceQueues: (input, call) => ({
      queueUrls: queues.sourcesOf(queueOf(input, call).arn).map((queue) => urlOf(queue, call)),
    }),
    GetQueueAttributes: (input, call) => {
      const names = input.texts("AttributeNames");
      const all = Object.entries(attributesOf(queueOf(input, call)));
      const asked = all.filter(([name]) => names.includes("All") || names.includes(name));
      return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
    },
    PurgeQueue: (input, call) => {
      queueOf(input, call).purge();
      return {};
    },
  };
}

function arnOf({ region }: Call, account: string, name: string): string {
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`;
}

/** Whatever its host: a URL that was worked out for AWS is as good as one that was given here. */
function arnOfUrl(url: string, call: Call): string {
  const [, account, name] = /\/(\d{12})\/([^/]+)\/?$/.exec(url) ?? [];
  if (account !== undefined && name !== undefined) return arnOf(call, account, name);
  throw new AwsError("InvalidAddress", `The address ${url} is not valid for this endpoint.`);
}

/** By the name under which the caller has found us: SDKs send what is for a queue to the host of its URL. */
function urlOf({ arn }: Queue, { host }: Call): string {
  const [account = "", name = ""] = arn.split(":").slice(-2);
  return `http://${host}/${account}/${name}`;
}

function newMessage(input: Input, { caller }: Call): NewMessage {
  const delaySeconds = input.optionalNumber("DelaySeconds");
  return {
    body: input.text("MessageBody"),
    attributes: attributesIn(input, "MessageAttributes"),
    systemAttributes: attributesIn(input, "MessageSystemAttributes"),
    senderId: caller.accountId,
    ...(delaySeconds === undefined ? {} : { delaySeconds }),
  };
}

function attributesIn(input: Input, name: string): MessageAttributes {
  return Object.fromEntries(
    input.entries(name).map(([key, value]): [string, MessageAttribute] => [
      key,
      {
        dataType: value.text("DataType"),
        value: value.optionalText("StringValue") ?? value.optionalText("BinaryValue") ?? "",
      },
    ]),
  );
}

function sentAnswer(queue: Queue, message: NewMessage) {
  const { id, body, attributes, systemAttributes } = queue.send(message);
  return {
    MessageId: id,
    MD5OfMessageBody: md5OfBody(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(systemAttributes),
  };
}

interface WantedAttributes {
  readonly system: readonly string[];
  readonly own: readonly string[];
}

function messageAnswer(message: ReceivedMessage, { system, own }: WantedAttributes) {
  const all = Object.entries(systemAttributesOf(message));
  const asked = all.filter(
    ([name, value]) => value !== undefined && (system.includes("All") || system.includes(name)),
  );
  const attributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => own.some((wanted) => isMeant(name, wanted))),
  );
  const given = Object.entries(attributes).map(([name, one]): [string, Result] => [
    name,
    { DataType: one.dataType, [isBinary(one) ? "BinaryValue" : "StringValue"]: one.value },
  ]);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    ...(asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) }),
    ...(given.length === 0
      ? {}
      : {
          MD5OfMessageAttributes: md5OfAttributes(attributes),
          MessageAttributes: Object.fromEntries(given),
        }),
  };
}

/** `All`, `.*`, a name, or the beginning of one as `begin.*`. */
function isMeant(name: string, wanted: string): boolean {
  if (wanted === "All" || wanted === name) return true;
  return wanted.endsWith(".*") && name.startsWith(wanted.slice(0, -2));
}

function systemAttributesOf(message: ReceivedMessage): Readonly<Record<string, string | undefined>> {
  const { senderId, sentAt, receiveCount, firstReceivedAt, deadLetterSourceArn, systemAttributes } = message;
  return {
    SenderId: senderId,
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(receiveCount),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    DeadLetterQueueSourceArn: deadLetterSourceArn,
    AWSTraceHeader: systemAttributes.AWSTraceHeader?.value,
  };
}

function attributesOf(queue: Queue): Readonly<Record<string, string>> {
  const { visible, inFlight, delayed } = queue.counts();
  const { settings, createdAt } = queue;
  const created = String(Math.floor(createdAt / 1_000));
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: created,
    LastModifiedTimestamp: created,
    VisibilityTimeout: String(settings.visibilityTimeout),
    MaximumMessageSize: String(settings.maxMessageBytes),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    DelaySeconds: String(settings.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.waitSeconds),
    ...(settings.redrivePolicy === undefined
      ? {}
      : { RedrivePolicy: JSON.stringify(settings.redrivePolicy) }),
  };
}

interface BatchEntry {
  readonly id: string;
  readonly entry: Input;
}

const batchErrors = {
  EmptyBatchRequest: "There should be at least one entry in the request.",
  TooManyEntriesInBatchRequest: "Maximum number of entries per request are 10.",
  BatchEntryIdsNotDistinct: "Two or more batch entries in the request have the same Id.",
  InvalidBatchEntryId:
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
};

function batchOf(input: Input): readonly BatchEntry[] {
  const refuse = (code: keyof typeof batchErrors): never => {
    throw new AwsError(code, batchErrors[code], { queryCode: `AWS.SimpleQueueService.${code}` });
  };
  const entries = input.items("Entries").map((entry) => ({ id: entry.text("Id"), entry }));
  if (entries.length === 0) refuse("EmptyBatchRequest");
  if (entries.length > 10) refuse("TooManyEntriesInBatchRequest");
  if (new Set(entries.map(({ id }) => id)).size < entries.length) refuse("BatchEntryIdsNotDistinct");
  if (entries.some(({ id }) => !/^[\w-]{1,80}$/.test(id))) refuse("InvalidBatchEntryId");
  return entries;
}

/** Does the same with each entry; what fails does not keep the others from it. */
function each(entries: readonly BatchEntry[], work: (entry: Input) => Readonly<Record<string, unknown>>) {
  const results = entries.map(({ id, entry }) => {
    try {
      return { Id: id, ...work(entry) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { Id: id, SenderFault: error.status < 500, Code: error.code, Message: error.message };
    }
  });
  const failed = results.filter((result) => "SenderFault" in result);
  return { Successful: results.filter((result) => !failed.includes(result)), Failed: failed };
}
