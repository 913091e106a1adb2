import type { Contract } from "../infra/registry/index.js";
import { messageOf } from "./aws/failure.js";
import { putEvents } from "./aws/put-events.js";
import type { AccountSession } from "./aws/session.js";
import { latestHeld, type LoggedEvent, readLog, type SearchedLog, type TimeWindow } from "./logs.js";
import { canaryMark } from "./marks.js";
import { type Clock, inParallel, OperationError } from "./run.js";

export { canaryMark } from "./marks.js";

export interface CanaryOptions {
  readonly contract: Contract;
  readonly globalBus: string;
  /** Session of the account that owns the contract. */
  readonly owner: AccountSession;
  /** The logs that must show the event: of the global bus first, then of each receiver. */
  readonly logs: readonly SearchedLog[];
  /**
   * Id of the owner's AWS account, where forwards go by the `account` of an event: the global bus's log must show it. Undefined: they do not.
   */
  readonly boundAccount: string | undefined;
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
  /** Why the log could not be looked at, the last time. */
  readonly problem: string | undefined;
}

export interface CanaryResult {
  /** Undefined while AWS has not told it and no log has shown it. */
  readonly eventId: string | undefined;
  /** The one entry in its `resources`, by which it can be found without its id. */
  readonly mark: string;
  /** Why it is not known whether the bus took it; undefined once AWS or a log has said so. */
  readonly doubt: string | undefined;
  readonly publishedAt: Date;
  /** What the logs were looked through for, by the event's own time. */
  readonly searched: TimeWindow;
  readonly hops: readonly CanaryHop[];
  /** The `account` that the global bus's log shows, where forwards go by it and it is not the owner's. */
  readonly wrongAccount: string | undefined;
  readonly ok: boolean;
  readonly interrupted: boolean;
}

/**
 * Publishes the canary as its owner does, then looks at every log until all show it or time is up. Only this finds
 * a bus that is not there: PutEvents and forwards to one succeed, and no metric counts them. A log that cannot be
 * read is looked at again, and its failure is a part of the result.
 * @throws OperationError if the bus refuses it
 */
export async function runCanary(options: CanaryOptions): Promise<CanaryResult> {
  const { logs, boundAccount, name, owner, timeoutMilliseconds, pollMilliseconds, clock, signal, progress } =
    options;
  const publishedAt = clock.now();
  const searched = windowAround(publishedAt, owner.clockSkew);
  const mark = `${canaryMark}${name}`;
  const published = await publish(options, mark);
  let eventId = published.kind === "accepted" ? published.id : undefined;
  const seen = new Map<string, number>();
  const problems = new Map<string, string>();
  let wrongAccount: string | undefined;
  const elapsed = () => clock.now().getTime() - publishedAt.getTime();
  for (;;) {
    const waiting = logs.filter(({ session }) => !seen.has(session.account));
    await inParallel(waiting, async (log) => {
      const { account } = log.session;
      try {
        const event = await findCanary(log, { eventId, mark }, searched, signal);
        problems.delete(account);
        if (event === undefined) return;
        eventId ??= event.id;
        if (log === logs[0] && boundAccount !== undefined && event.account !== boundAccount)
          wrongAccount = event.account ?? "none";
        seen.set(account, elapsed());
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        problems.set(account, messageOf(error));
      }
    });
    progress?.(seen.size, logs.length);
    // Then no forward takes it.
    if (wrongAccount !== undefined) break;
    if (seen.size === logs.length || signal.aborted || elapsed() >= timeoutMilliseconds) break;
    await clock.sleep(pollMilliseconds, signal);
  }
  const ok = seen.size === logs.length && wrongAccount === undefined;
  return {
    eventId,
    mark,
    doubt: published.kind === "unknown" && eventId === undefined ? published.problem : undefined,
    publishedAt,
    searched,
    hops: logs.map(({ session: { account }, logGroup }) => ({
      account,
      logGroup,
      seenAfter: seen.get(account),
      problem: problems.get(account),
    })),
    wrongAccount,
    ok,
    interrupted: !ok && signal.aborted,
  };
}

async function publish({ owner, contract, globalBus }: CanaryOptions, mark: string) {
  const entry = {
    EventBusName: globalBus,
    Source: contract.source,
    DetailType: contract.detailType,
    Detail: JSON.stringify(contract.example),
    Resources: [mark],
  };
  const [outcome = { kind: "unknown", problem: "AWS's answer does not say what became of it" } as const] = (
    await putEvents(owner, [entry])
  ).outcomes;
  if (outcome.kind === "accepted" || outcome.kind === "unknown") return outcome;
  const what = outcome.kind === "refused" ? "the global bus did not accept" : "nothing was sent of";
  throw new OperationError(`${what} the canary ${contract.key}: ${outcome.problem}`);
}

/** The mark is unique, so a wide window only costs the reading of some more records. */
const slackMilliseconds = 900_000;

/** The log has the event under the time that AWS gave it, so both clocks must be inside. */
function windowAround(publishedAt: Date, clockSkew: number): TimeWindow {
  const ours = publishedAt.getTime();
  const theirs = ours + clockSkew;
  return {
    from: new Date(Math.min(ours, theirs) - slackMilliseconds),
    until: latestHeld(new Date(Math.max(ours, theirs))),
  };
}

async function findCanary(
  log: SearchedLog,
  { eventId, mark }: { readonly eventId: string | undefined; readonly mark: string },
  window: TimeWindow,
  signal: AbortSignal,
): Promise<LoggedEvent | undefined> {
  // As a phrase: in the envelope of a sensitive contract, `resources` is no list.
  const filterPattern =
    eventId === undefined ? JSON.stringify(mark) : `{ $.id = ${JSON.stringify(eventId)} }`;
  for await (const { event } of readLog(log, { ...window, filterPattern, signal })) {
    if (event.id === eventId || event.resources.includes(mark)) return event;
  }
  return undefined;
}
