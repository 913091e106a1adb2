import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { endpointDomain } from "../../infra/aws/arn.js";
import { describeFailure, failureKind, orExplain } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";
import { OperationError } from "../run.js";

/** SQS hands out, deletes and releases so many messages at once. */
export const batchSize = 10;

/** Seconds to wait for a message: long polling asks every server instead of some. */
const waitSeconds = 1;

/** A message in hand: hidden from others until it is deleted, released, or its time is over. */
export interface HeldMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly hiddenUntil: Date;
}

/** Where a queue is; worked out, because asking for it would need one more permission. */
export function queueUrl(
  { region, accountId }: Pick<AccountSession, "region" | "accountId">,
  name: string,
): string {
  return `https://sqs.${region}.${endpointDomain(region)}/${accountId}/${name}`;
}

/** What SQS says about a queue; it does not know the numbers exactly. */
export interface QueueState {
  readonly visible: number;
  /** In somebody's hand, ours included. */
  readonly hidden: number;
  /** Undefined if SQS does not say. */
  readonly retentionSeconds: number | undefined;
}

/** How many letters a queue holds, about; undefined if it cannot be asked. Hides none, as reading them would. */
export async function countLetters(session: AccountSession, name: string): Promise<number | undefined> {
  try {
    const { visible, hidden } = await lookAtQueue(session, queueUrl(session, name));
    return visible + hidden;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return undefined;
  }
}

export async function lookAtQueue(session: AccountSession, url: string): Promise<QueueState> {
  const { Attributes = {} } = await orExplain(
    session.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "MessageRetentionPeriod",
        ],
      }),
    ),
    "look at the dead-letter queue",
    session,
  );
  const retention = Number(Attributes.MessageRetentionPeriod);
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    retentionSeconds: Number.isFinite(retention) ? retention : undefined,
  };
}

export interface Received {
  readonly messages: readonly Message[];
  /** Why answers did not come before this one, one each; every one may have hidden as many messages. */
  readonly lostAnswers: readonly string[];
}

/** @param hiddenSeconds how long the messages stay hidden from others */
export async function receive(
  session: AccountSession,
  url: string,
  most: number,
  hiddenSeconds: number,
): Promise<Received> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: Math.min(batchSize, most),
    VisibilityTimeout: hiddenSeconds,
    WaitTimeSeconds: waitSeconds,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["All"],
  });
  const doing = "read the dead-letter queue";
  const lostAnswers: string[] = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (failureKind(error) === "unknown") lostAnswers.push(describeFailure(error, doing, session));
        throw error;
      }
    },
    // Within the SDK's retries: it sees each attempt.
    { step: "finalizeRequest", priority: "low" },
  );
  const { Messages = [] } = await orExplain(session.sqs.send(command), doing, session);
  return { messages: Messages, lostAnswers };
}

/** Why a message is not known to be deleted. `isRefused`: SQS said so, and it is still there. */
export interface DeletionFailure {
  readonly isRefused: boolean;
  readonly problem: string;
}

/** With all retries: whoever holds the messages must know when it is over. */
const longestDeletionMilliseconds = 60_000;

/**
 * Deletes messages; a failed deletion is tried once more, because deleting twice does no harm.
 * @returns what is not known to be deleted, with the reason
 */
export async function deleteMessages(
  session: AccountSession,
  url: string,
  messages: readonly HeldMessage[],
): Promise<ReadonlyMap<HeldMessage, DeletionFailure>> {
  const failed = await deleteOnce(session, url, messages);
  if (failed.size === 0) return failed;
  const again = await deleteOnce(session, url, [...failed.keys()]);
  // Refused the second time is not refused the first time: it may be gone since.
  return new Map(
    [...again].map(([message, failure]) => [
      message,
      { ...failure, isRefused: failure.isRefused && failed.get(message)?.isRefused === true },
    ]),
  );
}

async function deleteOnce(
  session: AccountSession,
  url: string,
  messages: readonly HeldMessage[],
): Promise<ReadonlyMap<HeldMessage, DeletionFailure>> {
  const failures = new Map<HeldMessage, DeletionFailure>();
  for (const batch of batches(messages)) {
    try {
      const { Successful = [], Failed = [] } = await session.sqs.send(
        new DeleteMessageBatchCommand({ QueueUrl: url, Entries: batch.map(entryOf) }),
        { abortSignal: AbortSignal.timeout(longestDeletionMilliseconds) },
      );
      const deleted = new Set(Successful.map(({ Id }) => Id));
      batch.forEach((message, index) => {
        if (deleted.has(String(index))) return;
        const failure = Failed.find(({ Id }) => Id === String(index));
        failures.set(message, {
          isRefused: failure !== undefined,
          problem: failure === undefined ? "AWS does not say" : textOf(failure),
        });
      });
    } catch (error) {
      const problem = describeFailure(error, "delete messages of the dead-letter queue", session);
      const isRefused = failureKind(error) !== "unknown";
      for (const message of batch) failures.set(message, { isRefused, problem });
    }
  }
  return failures;
}

/** What could not be shown to others again. */
export interface Unreleased {
  readonly messages: number;
  /** When the last of them comes back by itself. */
  readonly until: Date;
  readonly problem: string;
}

/**
 * Shows messages to others again at once; what cannot be comes back by itself when its time is over.
 * @returns those that could not be, with the reason
 */
export async function release(
  session: AccountSession,
  url: string,
  messages: readonly HeldMessage[],
): Promise<ReadonlyMap<HeldMessage, string>> {
  const failures = new Map<HeldMessage, string>();
  for (const batch of batches(messages)) {
    const entries = batch.map((message, index) => ({ ...entryOf(message, index), VisibilityTimeout: 0 }));
    try {
      const { Failed = [] } = await session.sqs.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: entries }),
      );
      for (const failure of Failed) {
        const message = batch[Number(failure.Id)];
        if (message !== undefined) failures.set(message, textOf(failure));
      }
    } catch (error) {
      const problem = describeFailure(error, "show messages of the dead-letter queue again", session);
      for (const message of batch) failures.set(message, problem);
    }
  }
  return failures;
}

export function unreleasedOf(failures: ReadonlyMap<HeldMessage, string>): Unreleased | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  const until = [...failures.keys()].reduce((last, one) => Math.max(last, one.hiddenUntil.getTime()), 0);
  return { messages: failures.size, until: new Date(until), problem: first[1] };
}

function textOf({ Code = "", Message = "" }: BatchResultErrorEntry): string {
  return `${Code}: ${Message}`;
}

function entryOf({ receiptHandle }: HeldMessage, index: number) {
  return { Id: String(index), ReceiptHandle: receiptHandle };
}

function batches<Item>(items: readonly Item[]): Item[][] {
  const starts = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) => index * batchSize);
  return starts.map((start) => items.slice(start, start + batchSize));
}
