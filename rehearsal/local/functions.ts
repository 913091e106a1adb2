import type { Clock, Queue } from "aws-stand-in";
import {
  createRuntime,
  memoryStore,
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

/** What takes messages out of a subscription's queue. */
export interface FunctionSettings {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly variables: Readonly<Record<string, string>>;
  /** As whom its code publishes. */
  readonly sender: Sender;
}

/** Lambda's own, of a queue. */
const defaults = { batchSize: 10, timeoutSeconds: 30, maximumConcurrency: 1_000 };

/**
 * The emitted function that a queue feeds; where none is emitted, as a consumer that the team deploys itself should be: with
 * its service's publisher policy.
 * @param rule ARN of a rule that gives to the subscription
 */
export function functionOf(
  stage: Stage,
  { key, service, account, target }: Subscription,
  queue: Queue,
  rule: string,
): FunctionSettings {
  const { functions, mappings } = stage.account(account).switchedOn;
  const mapping = mappings.find((one) => one.queue === queue.arn);
  const emitted = functions.find(({ arn }) => arn === mapping?.of);
  const role = stage.loaded.data.roles.find(({ arn }) => arn === emitted?.roleArn);
  const letters = queue.settings.redrivePolicy?.deadLetterTargetArn;
  return {
    ...defaults,
    ...(target.kind === "madeFunction" && target.maximumConcurrency !== undefined
      ? { maximumConcurrency: target.maximumConcurrency }
      : {}),
    ...(emitted && mapping && { timeoutSeconds: emitted.timeout, batchSize: mapping.batchSize }),
    name: emitted?.name ?? queue.arn.slice(queue.arn.lastIndexOf(":") + 1),
    variables: {
      ...(emitted?.variables ?? {
        ...variablesOf(stage, { account }),
        ...(letters === undefined ? {} : { BACKBONE_LETTERS_QUEUE_URL: urlOf(letters) }),
        BACKBONE_SUBSCRIPTION: key,
      }),
      BACKBONE_RULE_ARN: rule,
    },
    sender: {
      account,
      service,
      subscription: key,
      caller:
        role === undefined
          ? publisherOf(stage, { service, account })
          : { arn: role.arn, policies: role.inlinePolicies },
    },
  };
}

/** What any code of an account needs to publish. */
export function variablesOf(
  stage: Stage,
  { account }: Pick<Sender, "account">,
): FunctionSettings["variables"] {
  const bus = stage.globalBusFor(account);
  return {
    ...(bus === undefined ? {} : { BACKBONE_BUS_ARN: bus }),
    BACKBONE_ENVIRONMENT: stage.environment.name,
  };
}

export interface FunctionHost {
  readonly clock: Clock;
  /** What EventBridge answers. */
  readonly put: (entries: readonly PutEventsEntry[]) => PutAnswer;
  /** Only a handler has letters to send. */
  readonly sendMessage?: SendMessage;
}

/**
 * What a handler runs on: the function's variables, and a backbone in place of AWS. Nothing of it is the process's. What it
 * does once it remembers here, whatever table it has.
 */
export function runtimeOf(
  { clock, put, sendMessage }: FunctionHost,
  variables: FunctionSettings["variables"],
): Runtime {
  const { now } = clock;
  const store = memoryStore({ now });
  return createRuntime({
    environment: variables,
    now,
    store: () => store,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const end = () => {
          cancel();
          signal.removeEventListener("abort", end);
          resolve();
        };
        const cancel = clock.at(now() + milliseconds, end);
        if (signal.aborted) end();
        else signal.addEventListener("abort", end);
      }),
    putEvents: ({ Entries }) =>
      new Promise((resolve) => {
        resolve(asSdk(put(Entries.map(entryOfSdk))));
      }),
    ...(sendMessage === undefined ? {} : { sendMessage }),
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
