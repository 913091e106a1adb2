import type { ServerResponse } from "node:http";
import type { EventLog, LiveEvent } from "../../../../rehearsal/local/event-log.js";
import type { ToldEvent } from "../../../../rehearsal/local/tell.js";
import type { Live } from "../live.js";
import type { Running } from "../running.js";

/** An event as scripts and the page read it. */
export interface FedEvent extends ToldEvent {
  /** Where to go on: what has changed after this. */
  readonly cursor: string;
}

/** How many events there are of a kind, of those that are kept. */
export interface Counts {
  readonly accepted: number;
  /** Done at every subscription that they came to. */
  readonly delivered: number;
  readonly refused: number;
  /** Those of which an attempt failed and no later one has mended it, or a letter is left. */
  readonly failed: number;
  readonly nobodyListens: number;
  /** No longer kept. */
  readonly fellOut: number;
}

/** What has changed is told at most so often; in milliseconds. */
const pace = 50;
const batch = 500;

/** Tells of changes, to each reader at its own pace: what changes twice before a reader comes to it is told once. */
export class Feed {
  readonly #running: Running;
  readonly #readers = new Set<Reader>();
  readonly #stop: () => void;
  #stopLog: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(running: Running) {
    this.#running = running;
    this.#stopLog = this.#listen();
    this.#stop = running.subscribe(({ isRegistry }) => {
      this.#stopLog();
      this.#stopLog = this.#listen();
      for (const reader of this.#readers) reader.turn(isRegistry);
      this.#wake();
    });
  }

  /** Server-sent events, until the reader goes. */
  stream(response: ServerResponse, after: string | undefined): void {
    const reader = new Reader(this.#running, response, after);
    this.#readers.add(reader);
    response.on("close", () => this.#readers.delete(reader));
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    reader.turn(true);
    reader.pump();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
    this.#stopLog();
    for (const reader of this.#readers) reader.end();
  }

  #listen(): () => void {
    return this.#running.live.backbone.log.subscribe(() => {
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#readers.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const reader of this.#readers) reader.pump();
    }, pace);
  }
}

class Reader {
  readonly #running: Running;
  readonly #response: ServerResponse;
  #epoch: string;
  #after: number;

  constructor(running: Running, response: ServerResponse, after: string | undefined) {
    this.#running = running;
    this.#response = response;
    this.#epoch = running.live.epoch;
    this.#after = placeOf(running.live, after);
    response.on("drain", () => {
      this.pump();
    });
  }

  /** What the reader knows besides events is to be read again. */
  turn(isRegistry: boolean): void {
    const { epoch } = this.#running.live;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#after = 0;
    }
    this.#write("turn", { epoch, isRegistry });
  }

  /** Who does not read is told nothing more until it does: what it misses is coalesced, never stored for it. */
  pump(): void {
    if (this.#response.writableNeedDrain || this.#response.destroyed) return;
    const { live } = this.#running;
    const changed = live.backbone.log.after(this.#after);
    const now = changed.slice(0, batch);
    for (const event of now) {
      const fed = feed(live, event);
      if (fed === undefined) continue;
      this.#after = fed.changed;
      this.#response.write(`id: ${fed.cursor}\ndata: ${JSON.stringify(fed)}\n\n`);
    }
    if (now.length > 0) this.#write("counts", countsOf(live.backbone.log));
    if (changed.length > now.length)
      setImmediate(() => {
        this.pump();
      });
  }

  end(): void {
    this.#response.end();
  }

  #write(event: string, data: unknown): void {
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

/** Everything that has changed after a cursor, in the order in which it changed. */
export function fedAfter(live: Live, after: string | undefined): readonly FedEvent[] {
  return live.backbone.log.after(placeOf(live, after)).flatMap((event) => feed(live, event) ?? []);
}

function feed({ epoch, backbone }: Live, { id }: LiveEvent): FedEvent | undefined {
  const told = backbone.tell(id);
  return told && { cursor: `${epoch}-${told.changed}`, ...told };
}

/** A cursor of another run, or of a registry before this one, is none: then everything is told. */
function placeOf({ epoch }: Live, cursor = ""): number {
  const [of = "", place = ""] = cursor.split("-");
  return of === epoch && /^\d+$/.test(place) ? Number(place) : 0;
}

export function countsOf(log: EventLog): Counts {
  const counts = { accepted: 0, delivered: 0, refused: 0, failed: 0, nobodyListens: 0, fellOut: log.fellOut };
  for (const { verdict, reached, deliveries } of log.all()) {
    if (verdict !== "accepted") {
      counts.refused += 1;
      continue;
    }
    counts.accepted += 1;
    const all = [...deliveries.values()];
    const copies = all.flatMap((one) => [...one.copies.values()]);
    const hasFailed =
      all.some(({ handOver }) => handOver !== "given") ||
      copies.some(({ state, error }) => error !== undefined || !/^(?:queued|in-hand|done)$/.test(state));
    if (hasFailed) counts.failed += 1;
    else if (reached.length === 0) counts.nobodyListens += 1;
    else if (copies.every(({ state }) => state === "done")) counts.delivered += 1;
  }
  return counts;
}
