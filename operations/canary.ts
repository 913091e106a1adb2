import type { Contract } from "../infra/registry/index.js";
import { putEvents } from "./aws/put-events.js";
import type { AccountSession } from "./aws/session.js";
import type { Clock } from "./clock.js";
import { OperationError } from "./errors.js";
import type { SearchedLog } from "./find.js";
import { inParallel } from "./in-parallel.js";
import { searchLog } from "./logs.js";

/**
 * Beginning of the one entry in a canary's `resources`. Consumers that must not act on canaries leave out events
 * with it; `detail` is the contract's example, unchanged, so that no schema is broken.
 */
export const canaryMark = "event-backbone:canary:";

export interface CanaryOptions {
  readonly contract: Contract;
  readonly globalBus: string;
  /** Session of the account that owns the contract. */
  readonly owner: AccountSession;
  /** The logs that must show the event: of the global bus first, then of each receiver. */
  readonly logs: readonly SearchedLog[];
  /** Tells this canary from others; ends up in `resources`. */
  readonly name: string;
  readonly timeoutMilliseconds: number;
  readonly pollMilliseconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/** One log that must show the canary. */
export interface CanaryHop {
  readonly account: string;
  readonly logGroup: string;
  /** Milliseconds from publishing until the log had been seen to show it; undefined: not seen. */
  readonly seenAfter: number | undefined;
}

export interface CanaryResult {
  readonly eventId: string;
  readonly publishedAt: Date;
  readonly hops: readonly CanaryHop[];
  readonly ok: boolean;
  readonly interrupted: boolean;
}

/**
 * Publishes the canary as its owner does, then looks at every log until all show it or time is up. Only this finds
 * a bus that is not there: PutEvents and forwards to one succeed, and no metric counts them.
 * @throws OperationError if the bus does not accept it or a log cannot be read
 */
export async function runCanary(options: CanaryOptions): Promise<CanaryResult> {
  const { logs, timeoutMilliseconds, pollMilliseconds, clock, signal, progress } = options;
  const publishedAt = clock.now();
  const eventId = await publish(options);
  const seen = new Map<string, number>();
  const elapsed = () => clock.now().getTime() - publishedAt.getTime();
  for (;;) {
    const waiting = logs.filter(({ session }) => !seen.has(session.account));
    await inParallel(waiting, async (log) => {
      if (await shows(log, eventId, publishedAt, signal)) seen.set(log.session.account, elapsed());
    });
    progress?.(seen.size, logs.length);
    if (seen.size === logs.length || signal.aborted || elapsed() >= timeoutMilliseconds) break;
    await clock.sleep(pollMilliseconds, signal);
  }
  const hops = logs.map(({ session: { account }, logGroup }) => ({
    account,
    logGroup,
    seenAfter: seen.get(account),
  }));
  const ok = seen.size === logs.length;
  return { eventId, publishedAt, hops, ok, interrupted: !ok && signal.aborted };
}

async function publish({ owner, contract, globalBus, name }: CanaryOptions): Promise<string> {
  const entry = {
    EventBusName: globalBus,
    Source: contract.source,
    DetailType: contract.detailType,
    Detail: JSON.stringify(contract.example),
    Resources: [`${canaryMark}${name}`],
  };
  const [outcome] = (await putEvents(owner, [entry])).outcomes;
  if (outcome?.kind === "accepted") return outcome.eventId;
  throw new OperationError(
    `the global bus did not accept the canary ${contract.key}: ${outcome?.problem ?? "no answer"}`,
  );
}

/** Clocks differ: the log's time is the event's, cut to seconds, so a minute more is looked at. */
const slackMilliseconds = 60_000;

async function shows(
  { session, logGroup }: SearchedLog,
  eventId: string,
  publishedAt: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const sightings = await searchLog(session, {
    logGroup,
    filterPattern: `{ $.id = ${JSON.stringify(eventId)} }`,
    since: new Date(publishedAt.getTime() - slackMilliseconds),
    matches: ({ id }) => id === eventId,
    limit: 1,
    signal,
  });
  return sightings.length > 0;
}
