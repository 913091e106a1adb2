import type { Envelope } from "./envelope.js";

/** One event on its way into a handler. */
export interface Delivery {
  /** Of the fact: `metadata.id`, else the event's id, which is another after a redrive. */
  readonly id: string;
  /** Subscription and id: what {@link once} takes. */
  readonly key: string;
  /** How often the queue has handed it out, this time included; 1 where the host does not say. */
  readonly attempt: number;
  /** What brought it: the event itself, a replay of the archive, or a redrive of dead letters. */
  readonly origin: "event" | "replay" | "redrive";
  readonly correlationId: string;
  /** The event as EventBridge gave it. */
  readonly event: Envelope;
  /** Fires shortly before the host's deadline, when this delivery has failed. */
  readonly signal: AbortSignal;
}
