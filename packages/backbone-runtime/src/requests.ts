import type { PutEventsAnswer, PutEventsEntry } from "./aws.js";

/** What a request takes. */
export interface RequestSize<Item> {
  readonly most: number;
  readonly bytes: number;
  readonly sizeOf: (item: Item) => number;
}

/**
 * What PutEvents takes at once: 1 MB since 2026-01-29, as AWS counts entries, which is not as large as the request that
 * carries them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/events/CalculatePutEventsEntrySize.html
 */
export const putEventsSize: RequestSize<PutEventsEntry> = {
  most: 10,
  bytes: 1_048_576,
  sizeOf: ({ Source, DetailType, Detail, Resources, Time }) => {
    const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
    const timeSize = Time === undefined ? 0 : 14;
    return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), timeSize);
  },
};

/** Divides what is to be sent into requests, in order. */
export function inRequests<Item>(
  items: readonly Item[],
  { most, bytes, sizeOf }: RequestSize<Item>,
): Item[][] {
  const requests: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const itemSize = sizeOf(item);
    const current = requests.at(-1);
    if (current === undefined || current.length >= most || size + itemSize > bytes) {
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
