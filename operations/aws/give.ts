import { describeFailure, failureKind, isAboutContent, isAboutDestination } from "./failure.js";
import type { AccountSession } from "./session.js";

/**
 * What became of one event. `unknown`: the answer was lost, so it may or may not have arrived; `not-sent`: nothing left
 * this machine.
 */
export type GiveOutcome =
  | {
      readonly kind: "accepted";
      /** What the service that took it calls it: the event's new id on a bus, a message's id in a queue. */
      readonly id: string;
    }
  | { readonly kind: "refused" | "unknown" | "not-sent"; readonly problem: string };

export interface GiveAnswer {
  /** One for each event, in order. */
  readonly outcomes: readonly GiveOutcome[];
  /**
   * Whether the request failed as a whole: `content`: AWS refused what was in it, others may pass; `destination`: what it
   * was for is not there or cannot take anything; `all`: further ones would fail the same way, or be in doubt too.
   */
  readonly failed: "content" | "destination" | "all" | undefined;
}

/** All retries of a throttled request included: whoever holds messages meanwhile must know when it is over. */
const longestMilliseconds = 150_000;

/**
 * Makes one request with a client that never asks twice: a request whose answer is lost is not repeated, only one that
 * AWS throttled.
 * @param doing as in "cannot <put events on …>"
 * @param send reads AWS's answer: what it does not say of an event is unknown
 */
export async function giveOnce(
  session: AccountSession,
  doing: string,
  events: number,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<readonly (GiveOutcome | undefined)[]>,
): Promise<GiveAnswer> {
  const all = Array.from({ length: events });
  try {
    const outcomes = await send({ abortSignal: AbortSignal.timeout(longestMilliseconds) });
    return { failed: undefined, outcomes: all.map((_, index) => outcomes[index] ?? notSaid) };
  } catch (error) {
    const kind = failureKind(error);
    const problem = describeFailure(error, doing, session, "from");
    return {
      failed: kind === "refused" ? extentOf(error) : "all",
      outcomes: all.map(() => ({ kind, problem })),
    };
  }
}

const notSaid: GiveOutcome = { kind: "unknown", problem: "AWS's answer does not say what became of it" };

function extentOf(error: unknown): GiveAnswer["failed"] {
  if (isAboutContent(error)) return "content";
  return isAboutDestination(error) ? "destination" : "all";
}
