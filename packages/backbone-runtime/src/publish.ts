import { createHash, randomUUID } from "node:crypto";
import type { PutEventsEntry } from "./aws.js";
import { checkDetail, type Contract, isOfAws, sourcesOf } from "./contract.js";
import { wanted } from "./environment.js";
import { isRecord, type Metadata } from "./envelope.js";
import { NotPublished, type Published, type Refused } from "./not-published.js";
import { inRequests, outcomesOf, putEventsSize } from "./requests.js";
import { currentScope, type Handling, type Scope } from "./runtime.js";

export interface PublishOptions {
  /** ARN of the bus. Default: `BACKBONE_BUS_ARN`. */
  readonly bus?: string;
  /** What the events say of themselves, where it is not what publish would write. */
  readonly metadata?: Partial<Metadata>;
  /** ARNs that the events are about. */
  readonly resources?: readonly string[];
}

/** Several events are several facts, so each has an id of its own. */
export interface PublishManyOptions extends PublishOptions {
  readonly metadata?: Partial<Omit<Metadata, "id">> & { readonly id?: never };
}

/** How often an entry is sent: AWS is asked to take it again only where it says that it could not. */
const maxAttempts = 5;
const firstDelay = 100;
const retryable: readonly string[] = ["ThrottlingException", "InternalFailure"];

/**
 * Publishes what has happened, one event or many, and returns when the bus has taken every one of them. In a handler, the
 * events belong to what is handled: correlation and cause are taken from it, and its retries publish under the same ids.
 * @throws NotPublished unless every event was taken: with those that were, those that were not, and why
 * @throws TypeError for an event of AWS's or a partner's, which nobody else can publish
 */
export function publish<Input, Output>(
  contract: Contract<Input, Output>,
  details: readonly NoInfer<Input>[],
  options?: PublishManyOptions,
): Promise<readonly Published[]>;
export function publish<Input, Output>(
  contract: Contract<Input, Output>,
  detail: NoInfer<Input>,
  options?: PublishOptions,
): Promise<Published>;
export async function publish(
  contract: Contract,
  detail: unknown,
  options: PublishOptions = {},
): Promise<Published | readonly Published[]> {
  const scope = currentScope();
  const details: readonly unknown[] = Array.isArray(detail) ? detail : [detail];
  const events = await prepared(scope, contract, details, options);
  const published = await putAll(scope, contract, events);
  const [only] = published;
  return Array.isArray(detail) || only === undefined ? published : only;
}

interface Prepared {
  readonly index: number;
  readonly id: string;
  readonly entry: PutEventsEntry;
}

async function prepared(
  { runtime, handling }: Scope,
  contract: Contract,
  details: readonly unknown[],
  { bus, metadata, resources }: PublishOptions,
): Promise<readonly Prepared[]> {
  if (isOfAws(contract.source))
    throw new TypeError(
      `${nameOf(contract)} cannot be published: EventBridge takes events of AWS and of partners from nobody else; publish what follows from it under a source of your own`,
    );
  const EventBusName = bus ?? wanted(runtime.environment, "BACKBONE_BUS_ARN");
  const [Source] = sourcesOf(contract, runtime.environment);
  const DetailType = contract.detailType;
  const time = new Date(runtime.now()).toISOString();
  const refused: Refused[] = [];
  const events: Prepared[] = [];
  for (const [index, detail] of details.entries()) {
    // What consumers will see is checked: JSON leaves out what is undefined, and makes null of what is no number.
    const text = asJson(detail);
    const sent: unknown = text === undefined ? undefined : JSON.parse(text);
    const checked = isRecord(sent)
      ? await checkDetail(contract, sent)
      : { ok: false as const, problems: ["detail: cannot be written as a JSON object"] };
    const id = metadata?.id ?? idOf(handling, [Source, DetailType, text ?? ""]);
    if (!checked.ok) {
      refused.push({ index, id, code: "InvalidDetail", message: checked.problems.join("; ") });
      continue;
    }
    const said = { ...inheritedFrom(handling, id), ...metadata, id, time: metadata?.time ?? time };
    const entry: PutEventsEntry = {
      EventBusName,
      Source,
      DetailType,
      Detail: JSON.stringify({ ...(isRecord(sent) ? sent : {}), metadata: said }),
      ...(resources === undefined ? {} : { Resources: [...resources] }),
    };
    const size = putEventsSize.sizeOf(entry);
    if (size > putEventsSize.bytes)
      refused.push({
        index,
        id,
        code: "TooLarge",
        message: `has ${size} bytes, EventBridge takes ${putEventsSize.bytes}; put the large part where receivers can fetch it, such as on S3, and publish its address`,
      });
    else events.push({ index, id, entry });
  }
  if (refused.length > 0) throw new NotPublished(nameOf(contract), [], refused);
  return events;
}

function inheritedFrom(handling: Handling | undefined, id: string): Partial<Metadata> {
  if (handling === undefined) return { correlationId: id };
  const { delivery, traceparent } = handling;
  return {
    correlationId: delivery.correlationId,
    causedBy: delivery.id,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/**
 * In a handler, the same event has the same id however often the handler is tried again, by which its receivers know a
 * second copy; the same event twice in one try has two.
 */
function idOf(handling: Handling | undefined, event: readonly string[]): string {
  if (handling === undefined) return randomUUID();
  const { delivery, published } = handling;
  const what = JSON.stringify(event);
  const before = published.get(what) ?? 0;
  published.set(what, before + 1);
  const hash = createHash("sha256")
    .update(JSON.stringify([delivery.key, what, before]))
    .digest("hex");
  // A UUID of the form that is one's own to fill: RFC 9562, version 8.
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}

async function putAll(
  scope: Scope,
  contract: Contract,
  events: readonly Prepared[],
): Promise<readonly Published[]> {
  const published: Published[] = [];
  const refused: Refused[] = [];
  let stopped: string | undefined;
  for (const request of inRequests(events, preparedSize)) {
    stopped ??= overIn(scope);
    if (stopped === undefined) stopped = await putRequest(scope, request, { published, refused });
    else refused.push(...request.map(notSent(stopped)));
  }
  // Those that were sent again came last.
  const byIndex = (left: { readonly index: number }, right: { readonly index: number }) =>
    left.index - right.index;
  published.sort(byIndex);
  refused.sort(byIndex);
  if (refused.length === 0) return published;
  throw new NotPublished(nameOf(contract), published, refused);
}

const preparedSize = {
  ...putEventsSize,
  sizeOf: ({ entry }: Prepared) => putEventsSize.sizeOf(entry),
};

/** @returns why nothing more is to be sent, if it is so */
async function putRequest(
  scope: Scope,
  request: readonly Prepared[],
  { published, refused }: { readonly published: Published[]; readonly refused: Refused[] },
): Promise<string | undefined> {
  let waiting = request;
  for (let attempt = 1; ; attempt += 1) {
    const again: { readonly event: Prepared; readonly refusal: Refused }[] = [];
    try {
      const answer = await scope.runtime.putEvents({ Entries: waiting.map(({ entry }) => entry) });
      const outcomes = outcomesOf(waiting.length, answer);
      for (const [position, event] of waiting.entries()) {
        const outcome = outcomes[position];
        const { index, id } = event;
        if (outcome?.kind === "accepted") published.push({ index, id, eventId: outcome.eventId });
        else if (outcome?.kind === "refused" && retryable.includes(outcome.code))
          again.push({ event, refusal: { index, id, code: outcome.code, message: outcome.message } });
        else if (outcome !== undefined)
          refused.push({
            index,
            id,
            code: outcome.kind === "refused" ? outcome.code : "NoAnswer",
            message: outcome.message,
          });
      }
    } catch (error) {
      // The SDK has tried again what may be tried again.
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      refused.push(...waiting.map(({ index, id }) => ({ index, id, code: name, message })));
      return `an earlier request failed: ${name}: ${message}`;
    }
    if (again.length === 0) return undefined;
    if (attempt === maxAttempts || overIn(scope) !== undefined) {
      refused.push(...again.map(({ refusal }) => refusal));
      return overIn(scope);
    }
    // At random in all of it, or all who were refused together would come again together.
    const delay = scope.runtime.random() * firstDelay * 2 ** attempt;
    await scope.runtime.sleep(delay, scope.handling?.delivery.signal ?? new AbortController().signal);
    waiting = again.map(({ event }) => event);
  }
}

/** What is published after the host has counted a delivery as failed would be published once more by its retry. */
function overIn({ handling }: Scope): string | undefined {
  return handling?.delivery.signal.aborted ? "the delivery it belongs to has ended" : undefined;
}

function notSent(why: string): (event: Prepared) => Refused {
  return ({ index, id }) => ({ index, id, code: "NotSent", message: why });
}

function nameOf({ source, detailType }: Contract): string {
  return `${source}/${detailType}`;
}

function asJson(detail: unknown): string | undefined {
  try {
    return JSON.stringify(detail);
  } catch {
    return undefined;
  }
}
