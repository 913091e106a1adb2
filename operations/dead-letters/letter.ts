import type { Message } from "@aws-sdk/client-sqs";
import { redriveAttribute } from "backbone-runtime";
import { createHash } from "node:crypto";
import { z } from "zod";
import { isCanary, type Rounds, roundsOf } from "../marks.js";

/** What is told of the event a dead letter holds. */
export interface EventHead {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  /** ISO 8601. */
  readonly time: string;
  readonly rounds: Rounds;
}

/** The event a dead letter holds, ready to be put on a bus again. */
export interface LetterEvent extends EventHead {
  /** Id of the AWS account that it is of. */
  readonly account: string | undefined;
  readonly resources: readonly string[];
  /** JSON text, exactly as it was published. */
  readonly detail: string;
  readonly isCanary: boolean;
  /** Name of the replay that brought it, which PutEvents cannot say again. */
  readonly replay: string | undefined;
}

/** What is told of a letter: all that is kept of one whose turn is not now, as there may be any number. */
export interface LetterHead {
  readonly messageId: string;
  /** When EventBridge gave up. */
  readonly sentAt: Date | undefined;
  readonly ruleArn: string | undefined;
  readonly targetArn: string | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly retryAttempts: string | undefined;
  /** What ended the retries, if they ran out. */
  readonly exhausted: string | undefined;
  /** How often SQS has handed it out, every look at it included. */
  readonly receives: number;
  /** Undefined if the body is no event, as with a rule that transforms its input. */
  readonly event: EventHead | undefined;
  /** Of the body: the same for all letters about one event. */
  readonly digest: string;
  /** Characters of the body. */
  readonly size: number;
}

/** A message of a dead-letter queue. Everything EventBridge writes into it may be missing: anybody can send one. */
export interface Letter extends LetterHead {
  readonly event: LetterEvent | undefined;
  /** The whole body as text, for matching against event patterns. */
  readonly body: string;
  /** How often it was put back where the event's own text does not say so. */
  readonly redrives: number;
  /** Everything that EventBridge wrote beside the event, or whoever gave it up. */
  readonly attributes: Readonly<Record<string, string>>;
}

const eventShape = z.looseObject({
  id: z.string().min(1),
  account: z.string().optional(),
  source: z.string().min(1),
  "detail-type": z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()),
  "replay-name": z.string().optional(),
});

/** Reads a message as EventBridge writes it: the event as body, what went wrong as attributes. */
export function readLetter(message: Message): Letter {
  const { MessageId = "", Body = "", Attributes = {}, MessageAttributes = {} } = message;
  const sent = Number(Attributes.SentTimestamp);
  const attributes = Object.fromEntries(
    Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue]],
    ),
  );
  const redrives = /^\d{1,9}$/.test(attributes[redriveAttribute] ?? "")
    ? Number(attributes[redriveAttribute])
    : 0;
  return {
    messageId: MessageId,
    sentAt: Number.isFinite(sent) ? new Date(sent) : undefined,
    ruleArn: attributes.RULE_ARN,
    targetArn: attributes.TARGET_ARN,
    errorCode: attributes.ERROR_CODE,
    errorMessage: attributes.ERROR_MESSAGE,
    retryAttempts: attributes.RETRY_ATTEMPTS,
    exhausted: attributes.EXHAUSTED_RETRY_CONDITION,
    receives: Number(Attributes.ApproximateReceiveCount ?? 0),
    redrives,
    event: readEvent(Body, redrives),
    digest: createHash("sha256").update(Body).digest("base64"),
    size: Body.length,
    body: Body,
    attributes,
  };
}

/**
 * Lets go of what a letter carries.
 * @param one gives the same copy of a text for all letters that say it
 */
export function headOf(letter: Letter, one: (text: string) => string): LetterHead {
  const { messageId, sentAt, receives, event, digest, size } = letter;
  return {
    messageId,
    sentAt,
    receives,
    ruleArn: letter.ruleArn && one(letter.ruleArn),
    targetArn: letter.targetArn && one(letter.targetArn),
    errorCode: letter.errorCode && one(letter.errorCode),
    errorMessage: letter.errorMessage && one(letter.errorMessage),
    retryAttempts: letter.retryAttempts && one(letter.retryAttempts),
    exhausted: letter.exhausted && one(letter.exhausted),
    event: event && {
      id: event.id,
      source: one(event.source),
      detailType: one(event.detailType),
      time: event.time,
      rounds: event.rounds,
    },
    digest,
    size,
  };
}

function readEvent(body: string, redrives: number): LetterEvent | undefined {
  const parsed = eventShape.safeParse(parseJson(body));
  const detail = parsed.success ? rawMember(body, "detail") : undefined;
  if (!parsed.success || detail === undefined) return undefined;
  const { id, account, source, time, resources } = parsed.data;
  const { firstId, count } = roundsOf({ id, resources });
  return {
    id,
    account,
    source,
    detailType: parsed.data["detail-type"],
    time,
    resources,
    detail,
    rounds: { firstId, count: Math.max(count, redrives) },
    isCanary: isCanary({ resources }),
    replay: parsed.data["replay-name"],
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The text of one member of a JSON object, as it stands: parsing and writing it again would round long numbers.
 * @param json text of an object that JSON.parse takes
 * @returns undefined if the object has no such member; the last one if it has several, as JSON.parse does
 */
function rawMember(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let key = "";
  let start = 0;
  // Strings are tokens of their own, so that no brace or comma inside one is mistaken.
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs)) {
    if (token === "{" || token === "[") depth += 1;
    else if (depth === 1 && token === ":") start = index + 1;
    else if (depth === 1 && (token === "," || token === "}")) {
      if (key === name && start > 0) found = json.slice(start, index).trim();
      start = 0;
    } else if (depth === 1 && start === 0) key = String(JSON.parse(token));
    if (token === "}" || token === "]") depth -= 1;
  }
  return found;
}
