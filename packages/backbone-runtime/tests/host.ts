import {
  type BatchAnswer,
  createRuntime,
  type Envelope,
  type Message,
  type PutEventsAnswer,
  type PutEventsEntry,
  type Runtime,
  withRuntime,
} from "../src/index.js";
import { expect } from "vitest";
import { z } from "zod";
import { order } from "./shop.js";

type Fields = Readonly<Record<string, unknown>>;
const fields = z.record(z.string(), z.unknown());
const published = z.object({ metadata: fields });

/** A text that is like this. */
export const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

export const busArn = "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global";
export const lettersUrl = "https://sqs.eu-west-1.amazonaws.com/222222222222/letters";
export const queueArn = "arn:aws:sqs:eu-west-1:222222222222:start-delivery";

export interface FakeHost {
  readonly runtime: Runtime;
  /** Entries by request. */
  readonly requests: PutEventsEntry[][];
  readonly letters: Message[];
  /** Milliseconds that were waited for. */
  readonly waits: number[];
  /** Lines of the log, parsed. */
  readonly lines: Record<string, unknown>[];
  readonly run: <Result>(work: () => Result) => Result;
}

/** An entry is taken, unless a code stands for it here. */
export type Answer = (entries: readonly PutEventsEntry[], request: number) => PutEventsAnswer;

export const taken: Answer = (entries, request) => ({
  Entries: entries.map((_, index) => ({ EventId: `${request}-${index}` })),
});

/** A runtime without AWS and without a clock that moves. */
export function fakeHost(parts: Partial<Runtime> = {}, answer: Answer = taken): FakeHost {
  const requests: PutEventsEntry[][] = [];
  const letters: Message[] = [];
  const waits: number[] = [];
  const lines: Record<string, unknown>[] = [];
  const { environment, ...others } = parts;
  const runtime = createRuntime({
    environment: { BACKBONE_BUS_ARN: busArn, BACKBONE_ENVIRONMENT: "prod", ...environment },
    putEvents: ({ Entries }) => {
      requests.push(Entries);
      return Promise.resolve(answer(Entries, requests.length));
    },
    sendMessage: (message) => {
      letters.push(message);
      return Promise.resolve({ MessageId: `letter-${letters.length}` });
    },
    now: () => Date.parse("2026-11-28T09:30:00.123Z"),
    sleep: (milliseconds, signal) => {
      signal.throwIfAborted();
      waits.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
    write: (line) => {
      lines.push(fields.parse(JSON.parse(line)));
    },
    ...others,
  });
  return { runtime, requests, letters, waits, lines, run: (work) => withRuntime(runtime, work) };
}

export function eventOf(parts: Readonly<Record<string, unknown>> = {}): Envelope {
  return {
    id: "event-1",
    source: "com.example.orders",
    "detail-type": "Order.Created",
    time: "2026-11-28T09:30:00Z",
    account: "111111111111",
    region: "eu-west-1",
    resources: [],
    detail: order,
    ...parts,
  };
}

export interface RecordParts {
  readonly event?: unknown;
  readonly body?: string;
  readonly attempt?: number;
  readonly group?: string;
  readonly arn?: string;
  readonly messageAttributes?: Readonly<Record<string, unknown>>;
}

/** A record as Lambda makes it of a message. */
export function recordOf(
  messageId: string,
  parts: RecordParts = {},
): Fields & { readonly messageId: string } {
  const { event = eventOf({ id: `event-${messageId}` }), body = JSON.stringify(event), attempt = 1 } = parts;
  const { group, arn = queueArn, messageAttributes = {} } = parts;
  return {
    messageId,
    receiptHandle: `handle-${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(attempt),
      SentTimestamp: "1790000000000",
      SenderId: "AIDA",
      ApproximateFirstReceiveTimestamp: "1790000000001",
      ...(group === undefined ? {} : { MessageGroupId: group }),
    },
    messageAttributes,
    md5OfBody: "0",
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: "eu-west-1",
  };
}

export const batchOf = (...records: readonly unknown[]): unknown => ({ Records: records });

export const failed = (...ids: readonly string[]): BatchAnswer => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

/** The metadata of every entry that was sent. */
export function metadataOf({ requests }: FakeHost): Record<string, unknown>[] {
  return requests.flat().map(({ Detail = "" }) => published.parse(JSON.parse(Detail)).metadata);
}
