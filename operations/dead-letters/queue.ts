import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
} from "@aws-sdk/client-sqs";
import { endpointDomain } from "../../infra/aws/arn.js";
import { describeFailure, orExplain } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";

/** SQS hands out, deletes and releases so many messages at once. */
const batchSize = 10;

/** Seconds to wait for a message: long polling asks every server, so that an empty answer means empty. */
const waitSeconds = 2;

/** A message in hand: hidden from others until it is deleted, released, or its time is over. */
export interface HeldMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
}

/** Where a queue is; worked out, because asking for it would need one more permission. */
export function queueUrl(
  { region, accountId }: Pick<AccountSession, "region" | "accountId">,
  name: string,
): string {
  return `https://sqs.${region}.${endpointDomain(region)}/${accountId}/${name}`;
}

/** About how many messages there are, hidden ones included; SQS does not know exactly. */
export async function countMessages(session: AccountSession, url: string): Promise<number> {
  const { Attributes = {} } = await orExplain(
    session.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    ),
    "look at the dead-letter queue",
    session,
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages ?? 0) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0)
  );
}

/** @param hiddenSeconds how long the messages stay hidden from others */
export async function receive(
  session: AccountSession,
  url: string,
  hiddenSeconds: number,
): Promise<readonly Message[]> {
  const { Messages = [] } = await orExplain(
    session.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: batchSize,
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    ),
    "read the dead-letter queue",
    session,
  );
  return Messages;
}

/**
 * Deletes messages; a failed deletion is tried once more, because deleting twice does no harm.
 * @returns what could not be deleted, with the reason
 */
export async function deleteMessages(
  session: AccountSession,
  url: string,
  messages: readonly HeldMessage[],
): Promise<ReadonlyMap<HeldMessage, string>> {
  const failed = await deleteOnce(session, url, messages);
  return failed.size === 0 ? failed : deleteOnce(session, url, [...failed.keys()]);
}

async function deleteOnce(
  session: AccountSession,
  url: string,
  messages: readonly HeldMessage[],
): Promise<ReadonlyMap<HeldMessage, string>> {
  const failures = new Map<HeldMessage, string>();
  for (const batch of batches(messages)) {
    try {
      const { Successful = [], Failed = [] } = await session.sqs.send(
        new DeleteMessageBatchCommand({ QueueUrl: url, Entries: batch.map(entryOf) }),
      );
      const deleted = new Set(Successful.map(({ Id }) => Id));
      batch.forEach((message, index) => {
        if (deleted.has(String(index))) return;
        const failure = Failed.find(({ Id }) => Id === String(index));
        failures.set(
          message,
          failure === undefined ? "AWS does not say" : `${failure.Code ?? ""}: ${failure.Message ?? ""}`,
        );
      });
    } catch (error) {
      const problem = describeFailure(error, "delete messages of the dead-letter queue", session);
      for (const message of batch) failures.set(message, problem);
    }
  }
  return failures;
}

/** Shows messages to others again at once. If that fails they come back by themselves, when their time is over. */
export async function release(
  session: AccountSession,
  url: string,
  messages: readonly HeldMessage[],
): Promise<void> {
  for (const batch of batches(messages)) {
    const entries = batch.map((message, index) => ({ ...entryOf(message, index), VisibilityTimeout: 0 }));
    try {
      await session.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: entries }));
    } catch {
      return;
    }
  }
}

function entryOf({ receiptHandle }: HeldMessage, index: number) {
  return { Id: String(index), ReceiptHandle: receiptHandle };
}

function batches<Item>(items: readonly Item[]): Item[][] {
  const starts = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) => index * batchSize);
  return starts.map((start) => items.slice(start, start + batchSize));
}
