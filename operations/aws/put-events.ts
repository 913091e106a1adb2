import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { eventMaxBytes } from "../../infra/aws/limits.js";
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

/** PutEvents takes so many entries at once. */
const maxEntries = 10;

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
    const { Entries = [] } = await session.eventBridgeOnce.send(
      new PutEventsCommand({ Entries: [...entries] }),
      { abortSignal: AbortSignal.timeout(longestMilliseconds) },
    );
    return {
      failed: undefined,
      outcomes: entries.map((_, index): PutOutcome => {
        const { EventId, ErrorCode, ErrorMessage } =
          Entries.length === entries.length ? (Entries[index] ?? {}) : {};
        if (ErrorCode !== undefined) {
          return { kind: "refused", problem: `${ErrorCode}: ${ErrorMessage ?? ""}` };
        }
        if (EventId !== undefined) return { kind: "accepted", eventId: EventId };
        return { kind: "unknown", problem: "AWS's answer does not say what became of it" };
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

/**
 * How AWS counts an entry, in bytes.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/events/CalculatePutEventsEntrySize.html
 */
function sizeOf({ Source, DetailType, Detail, Resources, Time }: PutEventsRequestEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  const timeSize = Time === undefined ? 0 : 14;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), timeSize);
}

/** Divides entries into requests that PutEvents takes. */
export function inRequests<Item>(
  items: readonly Item[],
  entryOf: (item: Item) => PutEventsRequestEntry,
): Item[][] {
  const requests: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const itemSize = sizeOf(entryOf(item));
    const current = requests.at(-1);
    if (current === undefined || current.length >= maxEntries || size + itemSize > eventMaxBytes) {
      requests.push([item]);
      size = itemSize;
    } else {
      current.push(item);
      size += itemSize;
    }
  }
  return requests;
}
