import { messageOf } from "./aws/failure.js";
import { queryLog } from "./insights.js";
import { type LoggedEvent, readLog, type SearchedLog, type Sighting, type TimeWindow } from "./logs.js";
import { roundsOf } from "./marks.js";
import { type EventFamily, NewestEvents } from "./newest-events.js";
import { type Clock, inParallel, OperationError } from "./run.js";
import { filterPatternFor, filterPatternsForIds, insightsQueryFor, isWanted, type Wanted } from "./wanted.js";

export interface FoundEvent {
  /** The id it was published under; a redrive gives an event another. */
  readonly firstId: string;
  /** As it was published, or else as one of the logs has it. */
  readonly event: LoggedEvent;
  /** One per log it was seen in, and per time it was seen there: the global bus first, then by time. */
  readonly sightings: readonly Sighting[];
  /** What every log was looked through for it, but for those unread. */
  readonly searched: TimeWindow;
  /** Accounts whose log was not read for it to the end, and why. */
  readonly unread: ReadonlyMap<string, string>;
}

export interface FindResult {
  /** The newest by their own time first. */
  readonly found: readonly FoundEvent[];
  /** Different events that match; more may, unless it `isWhole`. */
  readonly count: number;
  /** Milliseconds between the first and the last of them. */
  readonly span: number;
  /** Whether every log was read over the whole time. */
  readonly isWhole: boolean;
  /** Nothing older than this was looked at in every log. */
  readonly readFrom: Date;
  /** Accounts whose log could not be read, and why. */
  readonly unread: ReadonlyMap<string, string>;
  readonly interrupted: boolean;
}

export interface FindOptions extends TimeWindow {
  readonly wanted: Wanted;
  /** Account of the global bus. */
  readonly backbone: string;
  /** Events to return, at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Choose the events by Logs Insights. */
  readonly insights?: { readonly clock: Clock; readonly pollMilliseconds: number };
  /** Is told of logs done in the step at hand, and of pages read altogether. */
  readonly progress?: (done: number, total: number, pages: number) => void;
}

/**
 * Looks through the event logs of many accounts: chooses the newest events that match, then looks each of them up in
 * every log, so that no log is compared over a time that it was not read for. A log that cannot be read makes the
 * result partial, and is named. What is kept in memory does not grow with the logs.
 */
export async function findEvents(logs: readonly SearchedLog[], options: FindOptions): Promise<FindResult> {
  const { signal, from, insights } = options;
  const search = new Search(logs, options);
  const readFrom = insights === undefined ? await search.chooseBySlices() : await search.ask(insights);
  const lookups = search.lookups(readFrom);
  for (const lookup of lookups) await search.lookUp(lookup);
  return {
    found: search.found(lookups),
    count: search.events.count,
    span: search.events.span,
    isWhole: readFrom <= from && search.events.isCounted && search.unread.size === 0 && !signal.aborted,
    readFrom,
    unread: search.unread,
    interrupted: signal.aborted,
  };
}

/** Records that Logs Insights is asked for, at most, of each log. */
const insightsRecords = 1_000;

class Search {
  readonly unread = new Map<string, string>();
  readonly events: NewestEvents;
  readonly #logs: readonly SearchedLog[];
  readonly #options: FindOptions;
  #pages = 0;

  constructor(logs: readonly SearchedLog[], options: FindOptions) {
    this.#logs = logs;
    this.#options = options;
    this.events = new NewestEvents(options.limit);
  }

  /**
   * Reads all logs over the same slices of time, the newest first, until there are enough events.
   * @returns since when all of them were read
   */
  async chooseBySlices(): Promise<Date> {
    const { wanted, limit, signal } = this.#options;
    const filterPattern = filterPatternFor(wanted);
    let readFrom = this.#options.until;
    for (const slice of slicesOf(this.#options)) {
      await this.#inEachLog(async (log) => {
        for await (const sighting of readLog(log, {
          ...slice,
          filterPattern,
          signal,
          onPage: this.#turnPage,
        })) {
          if (isWanted(wanted, sighting.event)) this.events.add(sighting);
        }
      });
      if (signal.aborted) break;
      readFrom = slice.from;
      if (this.events.count >= limit) break;
    }
    return readFrom;
  }

  /** As {@link chooseBySlices}, by one query for each log, which answers with its newest records. */
  async ask(insights: NonNullable<FindOptions["insights"]>): Promise<Date> {
    const { wanted, from, until, signal } = this.#options;
    const query = insightsQueryFor(wanted, insightsRecords);
    let readFrom = from;
    await this.#inEachLog(async (log) => {
      const sightings = await queryLog(log, { ...insights, query, from, until, signal });
      for (const sighting of sightings ?? []) {
        if (isWanted(wanted, sighting.event)) this.events.add(sighting);
      }
      const oldest = sightings?.at(-1)?.recordedAt ?? until;
      const isCut = sightings === undefined || sightings.length >= insightsRecords;
      if (isCut) readFrom = later(readFrom, oldest);
    });
    // One log may have newer events than another was read to; showing older ones would hide those in between.
    if (!signal.aborted) this.events.forgetBefore(readFrom);
    return readFrom;
  }

  /** What is still to be looked for, and where: events that are close together in time share a lookup. */
  lookups(readFrom: Date): Lookup[] {
    const { wanted, from, until, signal, insights } = this.#options;
    const families = this.events.newest();
    const isWhole = readFrom <= from && !signal.aborted && insights === undefined;
    const lookups: Lookup[] = [];
    for (const family of families) {
      const window = windowOf(family);
      // Who asked for the first id has been shown whatever became of the event.
      if (isWhole && family.firstId === wanted.id && from <= window.from && window.until <= until) {
        const done = this.#logs.map(({ session }) => session.account);
        const read = done.filter((account) => !this.unread.has(account));
        lookups.push({ ids: [family.firstId], window: { from, until }, done: new Set(read) });
        continue;
      }
      const last = lookups.at(-1);
      const joined = last && {
        from: earlier(last.window.from, window.from),
        until: later(last.window.until, window.until),
      };
      if (joined && joined.until.getTime() - joined.from.getTime() <= longestLookup) {
        lookups.splice(-1, 1, { ids: [...last.ids, family.firstId], window: joined, done: new Set() });
      } else {
        lookups.push({ ids: [family.firstId], window, done: new Set() });
      }
    }
    return lookups;
  }

  /** Looks for the events of a lookup in every log that can be read. */
  async lookUp({ ids, window, done }: Lookup): Promise<void> {
    const { signal } = this.#options;
    const wanted = new Set(ids);
    await this.#inEachLog(async (log) => {
      if (done.has(log.session.account)) return;
      for (const filterPattern of filterPatternsForIds(ids)) {
        if (signal.aborted) return;
        for await (const sighting of readLog(log, {
          ...window,
          filterPattern,
          signal,
          onPage: this.#turnPage,
        })) {
          if (wanted.has(roundsOf(sighting.event).firstId)) this.events.add(sighting);
        }
      }
      if (!signal.aborted) done.add(log.session.account);
    });
  }

  /** The events with all that is known of them after the lookups. */
  found(lookups: readonly Lookup[]): FoundEvent[] {
    return this.events.newest().flatMap(({ firstId, sightings }): FoundEvent[] => {
      const lookup = lookups.find(({ ids }) => ids.includes(firstId));
      const ordered = this.#inOrder(sightings);
      const [shown] = [...ordered.filter(({ event }) => event.id === firstId), ...ordered];
      if (lookup === undefined || shown === undefined) return [];
      const unread = this.#logs.flatMap(({ session: { account } }) =>
        lookup.done.has(account)
          ? []
          : [[account, this.unread.get(account) ?? "the search was interrupted"] as const],
      );
      return [
        { firstId, event: shown.event, sightings: ordered, searched: lookup.window, unread: new Map(unread) },
      ];
    });
  }

  #inOrder(sightings: readonly Sighting[]): Sighting[] {
    const { backbone } = this.#options;
    const rank = ({ account }: Sighting) => (account === backbone ? 0 : 1);
    return [...sightings].sort(
      (left, right) => rank(left) - rank(right) || left.at.getTime() - right.at.getTime(),
    );
  }

  readonly #turnPage = (): void => {
    this.#pages += 1;
    this.#options.progress?.(this.#done, this.#logs.length, this.#pages);
  };
  #done = 0;

  /** Does something with every log that could be read so far; one that cannot is named and left out from then on. */
  async #inEachLog(work: (log: SearchedLog) => Promise<void>): Promise<void> {
    this.#done = 0;
    const readable = this.#logs.filter(({ session }) => !this.unread.has(session.account));
    await inParallel(readable, async (log) => {
      try {
        await work(log);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        this.unread.set(log.session.account, messageOf(error));
      }
      this.#done += 1;
    });
  }
}

interface Lookup {
  readonly ids: readonly string[];
  readonly window: TimeWindow;
  /** Accounts whose log was looked through over all of the window. */
  readonly done: Set<string>;
}

const minute = 60_000;

/** All copies of an event have its time; the slack is for logs that should not go by it. */
const slack = 5 * minute;

/** Longest time of one lookup; two events further apart are cheaper to look up one by one. */
const longestLookup = 120 * minute;

function windowOf({ sightings }: EventFamily): TimeWindow {
  const times = sightings
    .flatMap(({ recordedAt, event }) => [recordedAt.getTime(), Date.parse(event.time)])
    .filter((time) => !Number.isNaN(time));
  return { from: new Date(Math.min(...times) - slack), until: new Date(Math.max(...times) + slack) };
}

/** The newest slice is the shortest, as the newest events are wanted; three hours are little enough to be read at once. */
const shortestSlice = 180 * minute;
const smallestShare = 64;

/** Slices of a window, the newest first, each as long as all before it. An id may be anywhere: one slice. */
function slicesOf({ from, until, wanted }: FindOptions): TimeWindow[] {
  if (wanted.id !== undefined) return [{ from, until }];
  const length = until.getTime() - from.getTime();
  const slices: TimeWindow[] = [];
  let behind = 0;
  let next = Math.max(shortestSlice, length / smallestShare);
  while (behind < length) {
    const end = Math.min(length, next);
    slices.push({ from: new Date(until.getTime() - end), until: new Date(until.getTime() - behind) });
    behind = end;
    next = 2 * end;
  }
  return slices;
}

function earlier(left: Date, right: Date): Date {
  return left < right ? left : right;
}

function later(left: Date, right: Date): Date {
  return left > right ? left : right;
}
