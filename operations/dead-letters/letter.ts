import type { Message } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { rawMember } from "./raw-member.js";

/** The event a dead letter holds, ready to be put on a bus again. */
export interface LetterEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  /** ISO 8601. */
  readonly time: string;
  readonly resources: readonly string[];
  /** JSON text, exactly as it was published. */
  readonly detail: string;
}

/** A message of a dead-letter queue. Everything EventBridge writes into it may be missing: anybody can send one. */
export interface Letter {
  readonly messageId: string;
  /** When EventBridge gave up. */
  readonly sentAt: Date | undefined;
  readonly ruleArn: string | undefined;
  readonly targetArn: string | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly retryAttempts: string | undefined;
  /** Undefined if the body is no event, as with a rule that transforms its input. */
  readonly event: LetterEvent | undefined;
  /** The whole body as text, for matching against event patterns. */
  readonly body: string;
}

const eventShape = z.looseObject({
  id: z.string(),
  source: z.string().min(1),
  "detail-type": z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()),
});

/** Reads a message as EventBridge writes it: the event as body, what went wrong as attributes. */
export function readLetter(message: Message): Letter {
  const { MessageId = "", Body = "", Attributes = {}, MessageAttributes = {} } = message;
  const sent = Number(Attributes.SentTimestamp);
  const attribute = (name: string) => MessageAttributes[name]?.StringValue;
  return {
    messageId: MessageId,
    sentAt: Number.isFinite(sent) ? new Date(sent) : undefined,
    ruleArn: attribute("RULE_ARN"),
    targetArn: attribute("TARGET_ARN"),
    errorCode: attribute("ERROR_CODE"),
    errorMessage: attribute("ERROR_MESSAGE"),
    retryAttempts: attribute("RETRY_ATTEMPTS"),
    event: readEvent(Body),
    body: Body,
  };
}

function readEvent(body: string): LetterEvent | undefined {
  const parsed = eventShape.safeParse(parseJson(body));
  const detail = parsed.success ? rawMember(body, "detail") : undefined;
  if (!parsed.success || detail === undefined) return undefined;
  const { id, source, time, resources } = parsed.data;
  return { id, source, detailType: parsed.data["detail-type"], time, resources, detail };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
