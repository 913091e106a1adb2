import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { outcomesOf } from "backbone-runtime";
import { describeFailure, failureKind, isAboutContent } from "./failure.js";
import type { AccountSession } from "./session.js";

/**
 * What became of one entry. `unknown`: the answer was lost, so the event may or may not be on the bus;
 * `not-sent`: nothing left this machine.
 */
export type PutOutcome =
  | { readonly kind: "accepted"; readonly eventId: string }
  | { readonly kind: "refused" | "unknown" | "not-sent"; readonly problem: string };

export interface PutAnswer {
  /** One for each entry, in order. */
  readonly outcomes: readonly PutOutcome[];
  /**
   * Whether the request failed as a whole: `content`: AWS refused what was in it, others may pass; `all`: further
   * ones would fail the same way, or be in doubt too.
   */
  readonly failed: "content" | "all" | undefined;
}

/** All retries of a throttled request included: whoever holds messages meanwhile must know when it is over. */
const longestMilliseconds = 150_000;

/**
 * Puts events on a bus and never asks twice: a request whose answer is lost is not repeated, only one that AWS
 * throttled. An answer with status 200 may still hold refused entries.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export async function putEvents(
  session: AccountSession,
  entries: readonly PutEventsRequestEntry[],
): Promise<PutAnswer> {
  try {
    const answer = await session.eventBridgeOnce.send(new PutEventsCommand({ Entries: [...entries] }), {
      abortSignal: AbortSignal.timeout(longestMilliseconds),
    });
    return {
      failed: undefined,
      outcomes: outcomesOf(entries.length, answer).map((outcome): PutOutcome => {
        if (outcome.kind === "accepted") return outcome;
        const { kind, message } = outcome;
        return { kind, problem: kind === "refused" ? `${outcome.code}: ${message}` : message };
      }),
    };
  } catch (error) {
    const buses = [...new Set(entries.map(({ EventBusName = "default" }) => EventBusName))].join(", ");
    const problem = describeFailure(error, `put events on ${buses}`, session, "from");
    const kind = failureKind(error);
    const failed = kind === "refused" && isAboutContent(error) ? "content" : "all";
    return { failed, outcomes: entries.map(() => ({ kind, problem })) };
  }
}
