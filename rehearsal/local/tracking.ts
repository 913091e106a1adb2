import type { QueueChange, ReceivedMessage } from "aws-stand-in";
import type { MessageResult } from "./consumer.js";
import type { AttemptError, EventLog, LiveCopy, LiveDelivery, LiveEvent } from "./event-log.js";

/** A message, and what it is a copy of. */
export interface Tracked {
  readonly event: LiveEvent;
  readonly delivery: LiveDelivery;
  readonly copy: LiveCopy;
  /** ARN of the subscription's queue. */
  readonly queue: string;
  /** Sent when this one is done with: two at once would be one failure of those that do a thing once, and no duplicate. */
  readonly twin: (() => void) | undefined;
}

/** Knows every message of a subscription's queue, whoever takes it, and notes what becomes of it. */
export class Tracking {
  readonly #messages = new Map<string, Tracked>();
  readonly #log: EventLog;
  readonly #now: () => number;

  constructor(log: EventLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  track(message: string, tracked: Tracked): void {
    this.#messages.set(message, tracked);
    tracked.delivery.copies.set(message, tracked.copy);
  }

  get(message: string): Tracked | undefined {
    return this.#messages.get(message);
  }

  /** Of a copy that goes on as another. */
  forget(message: string): void {
    this.#messages.get(message)?.delivery.copies.delete(message);
    this.#messages.delete(message);
  }

  /** What its queue tells of a message. */
  note({ kind, queue, message }: QueueChange): void {
    const tracked = this.#messages.get(message.id);
    // What somebody does with a letter is no attempt.
    if (tracked?.queue !== queue) return;
    const { event, delivery, copy, twin } = tracked;
    switch (kind) {
      case "received":
        copy.state = "in-hand";
        copy.receives += 1;
        delivery.attempts.push({
          message: message.id,
          number: copy.receives,
          at: this.#now(),
          duration: undefined,
          error: undefined,
          lines: [],
        });
        break;
      case "given-back":
        copy.state = "queued";
        copy.receives -= 1;
        delivery.attempts.pop();
        break;
      case "shown":
        copy.state = "queued";
        copy.visibleAt = undefined;
        break;
      case "deleted":
        if (copy.state !== "rejected") copy.state = "done";
        copy.error = copy.state === "done" ? undefined : copy.error;
        this.#endAttempt(tracked, message.id);
        this.#messages.delete(message.id);
        twin?.();
        break;
      case "moved":
        copy.state = "letter";
        break;
      case "expired":
      case "purged":
        copy.state = kind;
        this.#messages.delete(message.id);
        break;
      case "sent":
      case "kept":
        return;
    }
    this.#log.change(event);
  }

  /** A handler of ours has ended with a message. */
  ended(message: ReceivedMessage, { duration, error, lines }: MessageResult): void {
    const tracked = this.#messages.get(message.id);
    if (tracked === undefined) return;
    const { event, delivery, copy } = tracked;
    const attempt = lastAttempt(delivery, message.id);
    if (attempt !== undefined) {
      attempt.duration = duration;
      attempt.error = error ?? (copy.state === "rejected" ? copy.error : undefined);
      attempt.lines = lines;
    }
    if (error !== undefined && copy.state === "in-hand") {
      copy.state = "queued";
      copy.error = error;
      copy.visibleAt = message.hiddenUntil;
    }
    this.#log.change(event);
  }

  /** The consumer has sent a letter about an event that it has in hand. */
  rejected(delivery: LiveDelivery, error: AttemptError): void {
    for (const copy of delivery.copies.values()) {
      if (copy.state !== "in-hand") continue;
      copy.state = "rejected";
      copy.error = error;
      return;
    }
  }

  /** Of who is no handler of ours, by the clock. */
  #endAttempt({ delivery }: Tracked, message: string): void {
    const attempt = lastAttempt(delivery, message);
    if (attempt !== undefined) attempt.duration ??= this.#now() - attempt.at;
  }
}

function lastAttempt({ attempts }: LiveDelivery, message: string) {
  return attempts.findLast((attempt) => attempt.message === message);
}
