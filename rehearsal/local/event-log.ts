import type { Delivery, PutEventsEntry, Telling } from "eventbridge-simulator";
import type { Contract, Subscription } from "../../infra/registry/index.js";
import type { OriginBus, Sender } from "./senders.js";

/** An event on its way, as the backbone keeps it. What people read is made of it when they ask: see `tell.ts`. */
export interface LiveEvent {
  /** That EventBridge gives it. */
  readonly id: string;
  readonly entry: PutEventsEntry;
  /** Lets the call that brought it happen again, with all of its events, to be told in detail. */
  readonly follow: Follow;
  readonly sender: Sender | OriginBus;
  readonly contract: Contract | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly verdict: "accepted" | "refused" | "lost" | "undecided";
  /** Names of the accounts whose local bus it has come to. */
  readonly reached: string[];
  /** By the subscription's key. */
  readonly deliveries: Map<string, LiveDelivery>;
  /** That it says it has itself, in `detail.metadata`. */
  readonly factId: string | undefined;
  /** Id of the event in answer to which it was published; as it says itself, if that is not kept. */
  readonly causedBy: string | undefined;
  /** Ids of the events that were published in answer to it. */
  readonly causes: string[];
  /** First of all that led to it, and how many that one has led to. */
  readonly chain: { count: number };
  /** Place of its last change in the order of all changes. */
  changed: number;
}

/** What becomes of the events of a call. It changes nothing, however often it is asked. */
export type Follow = (telling: Telling) => Delivery;

/** What becomes of one event at one subscription. */
export interface LiveDelivery {
  readonly subscription: Subscription;
  /** What EventBridge has done: given it, kept it as a dead letter, or neither. */
  handOver: "given" | "dead-letter" | "gone" | "undecided";
  /** Why it was not given, or why no function may take it. */
  reason: string | undefined;
  /** Its messages in a queue, by their id: several where it is delivered several times. */
  readonly copies: Map<string, LiveCopy>;
  readonly attempts: LiveAttempt[];
}

/** A message in a queue. */
export interface LiveCopy {
  state: "queued" | "in-hand" | "done" | "rejected" | "letter" | "expired" | "purged";
  receives: number;
  /** What the last attempt failed on. */
  error: AttemptError | undefined;
  /** When it can be received again; milliseconds since 1970. */
  visibleAt: number | undefined;
}

export interface AttemptError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** One receive of one message. */
export interface LiveAttempt {
  readonly message: string;
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds of real time. */
  duration: number | undefined;
  error: AttemptError | undefined;
  lines: readonly string[];
}

/** Of the details that are kept: large events must not fill the memory. */
const mostCharacters = 100_000_000;

function sizeOf({ entry: { Detail = "" } }: LiveEvent): number {
  return Detail.length;
}

/** Told of every change, by the id of what has changed. */
export type Listener = (id: string, changed: number) => void;

/** The last events, and every change of one as it happens. */
export class EventLog {
  /** In the order in which they came. */
  readonly #events = new Map<string, LiveEvent>();
  readonly #byFact = new Map<string, LiveEvent>();
  readonly #listeners = new Set<Listener>();
  readonly #kept: number;
  /** Characters of details. */
  #size = 0;
  #changes = 0;
  #fellOut = 0;

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** How many are no longer here, as there came so many after them. */
  get fellOut(): number {
    return this.#fellOut;
  }

  get(id: string): LiveEvent | undefined {
    return this.#events.get(id);
  }

  /** The first that has the id, or says that it has. */
  byFact(id: string): LiveEvent | undefined {
    return this.#events.get(id) ?? this.#byFact.get(id);
  }

  all(): readonly LiveEvent[] {
    return [...this.#events.values()];
  }

  /** What has changed after a change, in order: where a reader goes on. */
  after(change: number): readonly LiveEvent[] {
    return this.all()
      .filter(({ changed }) => changed > change)
      .sort((left, right) => left.changed - right.changed);
  }

  add(event: LiveEvent): void {
    this.#events.set(event.id, event);
    if (event.factId !== undefined && !this.#byFact.has(event.factId)) this.#byFact.set(event.factId, event);
    this.#size += sizeOf(event);
    while (this.#events.size > this.#kept || (this.#size > mostCharacters && this.#events.size > 1))
      this.#dropOldest();
    this.change(event);
  }

  change(event: LiveEvent): void {
    this.#changes += 1;
    event.changed = this.#changes;
    for (const listener of this.#listeners) listener(event.id, event.changed);
  }

  /** @returns takes it back */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #dropOldest(): void {
    for (const [id, event] of this.#events) {
      this.#events.delete(id);
      this.#size -= sizeOf(event);
      if (event.factId !== undefined && this.#byFact.get(event.factId) === event)
        this.#byFact.delete(event.factId);
      this.#fellOut += 1;
      return;
    }
  }
}
