import type { Sighting } from "./logs.js";
import { roundsOf } from "./marks.js";

/** An event under all ids it ever had. */
export interface EventFamily {
  /** The one it was published under. */
  readonly firstId: string;
  readonly sightings: readonly Sighting[];
}

/** Ids counted one by one; beyond, "at least so many" is enough. */
const mostCounted = 10_000;

/** Sightings kept of one event: a few replays, not a loop. */
const mostSightings = 100;

/** The newest events of any number, by their own time: what is kept does not grow with what is read. */
export class NewestEvents {
  readonly #limit: number;
  readonly #families = new Map<string, Map<string, Sighting>>();
  readonly #counted = new Set<string>();
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Different events seen so far; at least so many once `isCounted` is false. */
  get count(): number {
    return this.#counted.size;
  }

  get isCounted(): boolean {
    return this.#counted.size < mostCounted;
  }

  /** Milliseconds between the first and the last of all that were seen, by their own time. */
  get span(): number {
    return Math.max(0, this.#until - this.#from);
  }

  add(sighting: Sighting): void {
    const firstId = roundsOf(sighting.event).firstId;
    if (this.isCounted) this.#counted.add(firstId);
    const time = timeOf(sighting);
    this.#from = Math.min(this.#from, time);
    this.#until = Math.max(this.#until, time);
    const { account, at, event } = sighting;
    const known = this.#families.get(firstId) ?? new Map<string, Sighting>();
    // The same record is read twice where two searches overlap.
    if (known.size < mostSightings) {
      known.set(JSON.stringify([account, event.id, at.getTime(), event.replayName]), sighting);
    }
    this.#families.set(firstId, known);
    // Sorting at every step would cost more than the reading.
    if (this.#families.size > 2 * this.#limit) this.#keepNewest();
  }

  /** The newest first. */
  newest(): EventFamily[] {
    this.#keepNewest();
    return [...this.#families].map(([firstId, sightings]) => ({
      firstId,
      sightings: [...sightings.values()],
    }));
  }

  /** Leaves out the events that logs have under an earlier time only. */
  forgetBefore(time: Date): void {
    for (const [firstId, sightings] of this.#families) {
      if (![...sightings.values()].some(({ recordedAt }) => recordedAt >= time))
        this.#families.delete(firstId);
    }
  }

  #keepNewest(): void {
    const byAge = [...this.#families]
      .map(([firstId, sightings]) => ({ firstId, sightings, time: newestOf(sightings) }))
      .sort((left, right) => right.time - left.time || (left.firstId < right.firstId ? -1 : 1));
    this.#families.clear();
    for (const { firstId, sightings } of byAge.slice(0, this.#limit)) this.#families.set(firstId, sightings);
  }
}

function newestOf(sightings: ReadonlyMap<string, Sighting>): number {
  return Math.max(0, ...[...sightings.values()].map(timeOf));
}

function timeOf({ event, recordedAt }: Sighting): number {
  const time = Date.parse(event.time);
  return Number.isNaN(time) ? recordedAt.getTime() : time;
}
