import type { PutEventsAnswer, PutEventsEntry } from "./aws.js";

/** PutEvents takes so many entries at once. */
const maxEntries = 10;

/** Largest request, and so largest entry, in bytes: 1 MB since 2026-01-29. */
export const requestMaxBytes = 1_048_576;

/**
 * How AWS counts an entry, in bytes: not as large as the request that carries it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/events/CalculatePutEventsEntrySize.html
 */
export function sizeOf({ Source, DetailType, Detail, Resources, Time }: PutEventsEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  const timeSize = Time === undefined ? 0 : 14;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), timeSize);
}

/** Divides what is to be published into requests that PutEvents takes, in order. */
export function inRequests<Item>(items: readonly Item[], entryOf: (item: Item) => PutEventsEntry): Item[][] {
  const requests: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const itemSize = sizeOf(entryOf(item));
    const current = requests.at(-1);
    if (current === undefined || current.length >= maxEntries || size + itemSize > requestMaxBytes) {
      requests.push([item]);
      size = itemSize;
    } else {
      current.push(item);
      size += itemSize;
    }
  }
  return requests;
}

/** What became of one entry. `unknown`: the answer does not say, so the event may or may not be on the bus. */
export type EntryOutcome =
  | { readonly kind: "accepted"; readonly eventId: string }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

/** Reads PutEvents' answer, which has status 200 also where entries were refused: one outcome for each, in order. */
export function outcomesOf(count: number, { Entries = [] }: PutEventsAnswer): EntryOutcome[] {
  return Array.from({ length: count }, (_, index) => {
    const { EventId, ErrorCode, ErrorMessage } = Entries.length === count ? (Entries[index] ?? {}) : {};
    if (ErrorCode !== undefined) return { kind: "refused", code: ErrorCode, message: ErrorMessage ?? "" };
    if (EventId !== undefined) return { kind: "accepted", eventId: EventId };
    return { kind: "unknown", message: "AWS's answer does not say what became of it" };
  });
}
