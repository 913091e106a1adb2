import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { eventMaxBytes } from "../../infra/aws/limits.js";
import { type GiveAnswer, giveOnce, type GiveOutcome, type RequestSize } from "./give.js";
import type { AccountSession } from "./session.js";

/**
 * Puts events on a bus and never asks twice. An answer with status 200 may still hold refused entries.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function putEvents(
  session: AccountSession,
  entries: readonly PutEventsRequestEntry[],
): Promise<GiveAnswer> {
  const buses = [...new Set(entries.map(({ EventBusName = "default" }) => EventBusName))].join(", ");
  return giveOnce(session, `put events on ${buses}`, entries.length, async (options) => {
    const { Entries = [] } = await session.eventBridgeOnce.send(
      new PutEventsCommand({ Entries: [...entries] }),
      options,
    );
    if (Entries.length !== entries.length) return [];
    return Entries.map(({ EventId, ErrorCode, ErrorMessage }): GiveOutcome | undefined => {
      if (ErrorCode !== undefined) return { kind: "refused", problem: `${ErrorCode}: ${ErrorMessage ?? ""}` };
      return EventId === undefined ? undefined : { kind: "accepted", id: EventId };
    });
  });
}

/** What PutEvents takes at once. */
export const putEventsSize: RequestSize<PutEventsRequestEntry> = {
  most: 10,
  bytes: eventMaxBytes,
  sizeOf,
};

/**
 * How AWS counts an entry, in bytes.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/events/CalculatePutEventsEntrySize.html
 */
function sizeOf({ Source, DetailType, Detail, Resources, Time }: PutEventsRequestEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  const timeSize = Time === undefined ? 0 : 14;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), timeSize);
}
