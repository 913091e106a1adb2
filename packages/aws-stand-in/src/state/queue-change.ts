import type { Message } from "./message.js";

/** `kept`: it was deleted by a receipt that is not the latest, and is still there. */
export type QueueChangeKind =
  "sent" | "received" | "deleted" | "kept" | "shown" | "given-back" | "moved" | "expired" | "purged";

/** What becomes of messages, told as it happens. */
export interface QueueChange {
  readonly kind: QueueChangeKind;
  readonly queue: string;
  readonly message: Message;
  /** The dead-letter queue to which it was moved. */
  readonly to?: string;
}
