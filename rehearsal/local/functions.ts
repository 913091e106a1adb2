import type { Clock, Queue } from "aws-stand-in";
import {
  createRuntime,
  type PutEvents,
  type PutEventsEntry as SdkEntry,
  type Runtime,
  type SendMessage,
} from "backbone-runtime";
import type { PutEventsEntry } from "eventbridge-simulator";
import type { Subscription } from "../../infra/registry/index.js";
import { queueUrl } from "../emission/arns.js";
import { publisherOf, type Stage } from "../stage.js";
import type { PutAnswer } from "./answers.js";
import type { Sender } from "./senders.js";

/** Whose handler publishes: its service, in the account of the subscription. */
export function senderFrom(stage: Stage, { key, service, account }: Subscription): Sender {
  return { account, service, subscription: key, caller: publisherOf(stage, { service, account }) };
}

export interface FunctionHost {
  readonly stage: Stage;
  readonly clock: Clock;
  /** ARN of a rule that gives to the subscription. */
  readonly rule: string;
  /** What EventBridge answers. */
  readonly put: (entries: readonly PutEventsEntry[]) => PutAnswer;
  readonly sendMessage: SendMessage;
}

/** What a subscription's handler runs on: its environment, and a backbone in place of AWS. Nothing of it is the process's. */
export function runtimeOf(host: FunctionHost, subscription: Subscription, queue: Queue): Runtime {
  const { stage, clock, rule, put, sendMessage } = host;
  const letters = queue.settings.redrivePolicy?.deadLetterTargetArn;
  return createRuntime({
    environment: {
      BACKBONE_BUS_ARN: stage.globalBusFor(subscription.account),
      BACKBONE_ENVIRONMENT: stage.environment.name,
      BACKBONE_SUBSCRIPTION: subscription.key,
      BACKBONE_LETTERS_QUEUE_URL: letters === undefined ? undefined : urlOf(letters),
      BACKBONE_RULE_ARN: rule,
    },
    now: clock.now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const end = () => {
          cancel();
          signal.removeEventListener("abort", end);
          resolve();
        };
        const cancel = clock.at(clock.now() + milliseconds, end);
        if (signal.aborted) end();
        else signal.addEventListener("abort", end);
      }),
    putEvents: ({ Entries }) =>
      new Promise((resolve) => {
        resolve(asSdk(put(Entries.map(entryOfSdk))));
      }),
    sendMessage,
  });
}

/** The URL by which SQS knows a queue. */
export function urlOf(arn: string): string {
  const [, , , region = "", accountId = "", name = ""] = arn.split(":");
  return queueUrl({ region, accountId }, name);
}

function entryOfSdk({ Time, ...entry }: SdkEntry): PutEventsEntry {
  return { ...entry, Time: Time === undefined ? undefined : Time.getTime() / 1_000 };
}

/** An answer as an SDK gives it. @throws Error named as AWS names it */
function asSdk(answer: PutAnswer): Awaited<ReturnType<PutEvents>> {
  if (!answer.ok) throw Object.assign(new Error(answer.message), { name: answer.code });
  return {
    Entries: answer.entries.map((entry) =>
      "eventId" in entry
        ? { EventId: entry.eventId }
        : { ErrorCode: entry.errorCode, ErrorMessage: entry.errorMessage },
    ),
  };
}
