import { type AnyContract, checkDetail, isOfAws, sourcesOf } from "./contract.js";
import { type HostContext, orAborted, startDeadline, type Deadline } from "./deadline.js";
import type { Delivery } from "./delivery.js";
import { apart, type Envelope, isEnvelope, isText, keysOf } from "./envelope.js";
import { sendLetter } from "./letter.js";
import { log } from "./log.js";
import { readInput, type Received, redrivenMark } from "./received.js";
import { Rejected } from "./rejected.js";
import { currentScope, type Handling, type Runtime, withHandling } from "./runtime.js";

/** What to do with an event: `detail` is as its contract's schema gives it, without `metadata`. */
export type Handle<Detail> = (detail: Detail, delivery: Delivery) => unknown;

/** A contract and its handler, as one of several that a consumer has. */
export interface On {
  readonly contract: AnyContract;
  /** @throws Rejected if the detail is not as the contract says */
  readonly run: (detail: Readonly<Record<string, unknown>>, delivery: Delivery) => Promise<void>;
}

/** What AWS Lambda wants to know of a batch: the messages to hand out again. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * A handler for AWS Lambda behind SQS (answers which messages failed, and never throws for one), for AWS Lambda or
 * others behind EventBridge itself, and for whoever polls a queue (both throw if it failed).
 */
export type Consumer = (input: unknown, context?: HostContext) => Promise<BatchAnswer | undefined>;

export function on<Input, Output>(contract: AnyContract<Input, Output>, handle: Handle<Output>): On {
  return {
    contract,
    run: async (detail, delivery) => {
      const checked = await checkDetail(contract, detail);
      if (!checked.ok)
        throw new Rejected(`breaks its contract: ${checked.problems.join("; ")}`, { code: "INVALID_DETAIL" });
      await handle(checked.detail, delivery);
    },
  };
}

/** One handler for one contract, or a list with one for each, as a subscription with a wildcard needs. */
export function consume<Input, Output>(
  contract: AnyContract<Input, Output>,
  handle: Handle<Output>,
): Consumer;
export function consume(handlers: readonly On[]): Consumer;
export function consume(first: AnyContract | readonly On[], handle?: Handle<unknown>): Consumer {
  const handlers = "detailType" in first ? (handle === undefined ? [] : [on(first, handle)]) : first;
  if (handlers.length === 0)
    throw new TypeError("a consumer needs a handler: consume(contract, (detail, delivery) => …)");
  const names = namesOf(handlers);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`${twice} has two handlers; an event is handled by one`);

  return async (input, context) => {
    const { runtime } = currentScope();
    const received = readInput(input);
    const deadline = startDeadline(runtime, context);
    const host: Host = { runtime, context, deadline, handlers };
    try {
      if (received.kind === "single") {
        await handleMessage(host, received.message);
        return undefined;
      }
      const failed = await failedOf(host, received.messages);
      const batchItemFailures = received.messages.flatMap(({ messageId }) =>
        messageId !== undefined && failed.has(messageId) ? [{ itemIdentifier: messageId }] : [],
      );
      return { batchItemFailures };
    } finally {
      deadline.cancel();
    }
  };
}

interface Host {
  readonly runtime: Runtime;
  readonly context: HostContext | undefined;
  readonly deadline: Deadline;
  readonly handlers: readonly On[];
}

/** All at once, but for groups, which are in order: after the first of a group that fails, the rest of it waits. */
async function failedOf(host: Host, messages: readonly Received[]): Promise<ReadonlySet<string | undefined>> {
  const failed = new Set<string | undefined>();
  await Promise.all(
    inGroups(messages).map(async (group) => {
      let isBroken = false;
      for (const message of group) {
        isBroken ||= !(await isHandled(host, message));
        if (isBroken) failed.add(message.messageId);
      }
    }),
  );
  return failed;
}

function inGroups(messages: readonly Received[]): readonly (readonly Received[])[] {
  const ordered = new Map<string, Received[]>();
  const groups: Received[][] = [];
  for (const message of messages) {
    const known = message.group === undefined ? undefined : ordered.get(message.group);
    const group = known ?? [];
    group.push(message);
    if (known !== undefined) continue;
    groups.push(group);
    if (message.group !== undefined) ordered.set(message.group, group);
  }
  return groups;
}

async function isHandled(host: Host, message: Received): Promise<boolean> {
  try {
    await handleMessage(host, message);
    return true;
  } catch {
    return false;
  }
}

/** @throws whatever makes the message fail, after it has been logged */
async function handleMessage(host: Host, message: Received): Promise<void> {
  const { runtime, deadline, handlers } = host;
  const event = readEvent(message.body);
  const handling = event instanceof Rejected ? undefined : handlingOf(host, message, event);
  const handle = async () => {
    if (event instanceof Rejected) throw event;
    const handler = handlerOf(runtime, handlers, event.envelope);
    if (handling !== undefined) await handler.run(event.own, handling.delivery);
  };
  await withHandling(runtime, handling, async () => {
    try {
      await orAborted(() => orLetter(host, message, handle), deadline.signal);
    } catch (error) {
      log.error("event failed", { messageId: message.messageId, error });
      throw error;
    }
  });
}

/** What is final ends as a letter, if there is a queue for letters, and has been dealt with then. */
async function orLetter(
  { runtime, deadline }: Host,
  message: Received,
  handle: () => Promise<void>,
): Promise<void> {
  try {
    await handle();
  } catch (error) {
    const queueUrl = runtime.environment.BACKBONE_LETTERS_QUEUE_URL;
    const mayLetGo = error instanceof Rejected && !deadline.signal.aborted;
    if (!mayLetGo || queueUrl === undefined || queueUrl === "") throw error;
    await sendLetter(runtime, queueUrl, message, error);
    log.warn("event rejected", { messageId: message.messageId, code: error.code, error });
  }
}

interface ReadEvent extends ReturnType<typeof apart> {
  readonly envelope: Envelope;
}

function readEvent(body: string): ReadEvent | Rejected {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch (cause) {
    return new Rejected("the message's body is not JSON", { code: "NOT_AN_EVENT", cause });
  }
  if (!isEnvelope(content))
    return new Rejected(
      `the message's body is no event of EventBridge (id, source, detail-type, detail): ${keysOf(content)}`,
      { code: "NOT_AN_EVENT" },
    );
  const { source, detail } = content;
  // Of a field that AWS or a partner calls so, nobody here knows what it means.
  return { envelope: content, ...(isOfAws(source) ? { own: detail, metadata: {} } : apart(detail)) };
}

/** @throws Rejected if there is none: the same event will not find one later */
function handlerOf({ environment }: Runtime, handlers: readonly On[], envelope: Envelope): On {
  const handler = handlers.find(
    ({ contract }) =>
      contract.detailType === envelope["detail-type"] &&
      sourcesOf(contract, environment).includes(envelope.source),
  );
  if (handler !== undefined) return handler;
  throw new Rejected(
    `no handler for ${envelope.source}/${envelope["detail-type"]}; there are ${namesOf(handlers).join(", ")}`,
    { code: "UNKNOWN_CONTRACT" },
  );
}

/** What they handle, as it is written: former sources, too. */
function namesOf(handlers: readonly On[]): string[] {
  return handlers.flatMap(({ contract: { source, alsoSources = [], detailType } }) =>
    [source, ...alsoSources].map((one) => `${one}/${detailType}`),
  );
}

function handlingOf(host: Host, message: Received, { envelope, metadata }: ReadEvent): Handling {
  const { deadline } = host;
  const id = metadata.id ?? envelope.id;
  const subscription = subscriptionOf(host, message, envelope);
  return {
    subscription,
    traceparent: metadata.traceparent,
    endsAt: deadline.endsAt,
    published: new Map(),
    delivery: {
      id,
      key: `${subscription}/${id}`,
      attempt: message.attempt,
      origin: originOf(message, envelope),
      correlationId: metadata.correlationId ?? id,
      event: envelope,
      signal: deadline.signal,
    },
  };
}

/** Two subscribers of an account share a table: by its subscription each knows its own. */
function subscriptionOf({ runtime, context }: Host, { queueArn }: Received, envelope: Envelope): string {
  const named = [
    runtime.environment.BACKBONE_SUBSCRIPTION,
    queueArn?.split(":").at(-1),
    context?.functionName,
  ];
  return named.find(isText) ?? `${envelope.source}/${envelope["detail-type"]}`;
}

/** What brought it last: a replayed event that failed and was put back comes from the redrive. */
function originOf({ redriven }: Received, { resources = [], ...envelope }: Envelope): Delivery["origin"] {
  if (redriven !== undefined || resources.some((resource) => resource.startsWith(redrivenMark)))
    return "redrive";
  return envelope["replay-name"] === undefined ? "event" : "replay";
}
