import { AwsError } from "../aws-error.js";
import { type Clock, systemClock } from "./clock.js";
import { readFilterPattern } from "./filter-pattern.js";

export interface LogRecord {
  readonly message: string;
  /** Its own time, by which logs are ordered; milliseconds since 1970. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly eventId: string;
}

export interface LogGroupSettings {
  /** Without `:*`. */
  readonly arn: string;
  /** Default: for ever. */
  readonly retentionDays?: number;
}

/** What may be changed at any time. */
export interface LogsOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Records on one page of an answer. Default: 10,000. */
  pageSize?: number;
  /** Pages without records before each one with some, as may come when a log is large. Default: 0. */
  emptyPages?: number;
  /** What a query says of itself before it is complete, or instead. Default: running, once. */
  queryStates?: readonly string[];
}

export interface FilterQuery {
  readonly pattern?: string;
  readonly from?: number;
  /** Inclusive. */
  readonly until?: number;
  readonly limit?: number;
  readonly token?: string;
}

export interface FilteredPage {
  readonly records: readonly LogRecord[];
  /** Undefined of the last page. */
  readonly nextToken: string | undefined;
}

const hour = 3_600_000;
const day = 24 * hour;

/** CloudWatch Logs quotas, PutLogEvents. */
const oldestDays = 14;
const aheadHours = 2;

/** A log group of CloudWatch Logs. Made by {@link Logs}. */
export class LogGroup {
  readonly settings: LogGroupSettings;
  readonly #options: Required<LogsOptions>;
  readonly #records: LogRecord[] = [];
  #count = 0;

  constructor(settings: LogGroupSettings, options: Required<LogsOptions>) {
    this.settings = settings;
    this.#options = options;
  }

  get name(): string {
    return this.settings.arn.split(":log-group:")[1] ?? "";
  }

  /**
   * Takes a record, as PutLogEvents does. What is too old, by 14 days or by the group's retention, or more than two
   * hours ahead, is refused without a word.
   * @returns whether the log has it now
   */
  put(message: string, timestamp: number): boolean {
    const now = this.#options.clock.now();
    const { retentionDays = Infinity } = this.settings;
    const age = now - timestamp;
    if (age > Math.min(oldestDays, retentionDays) * day || -age > aheadHours * hour) return false;
    this.add({ message, timestamp, ingestionTime: now });
    return true;
  }

  /** Takes a record as one that was put earlier. */
  add(record: Omit<LogRecord, "eventId">): void {
    const eventId = String(this.#count).padStart(56, "0");
    this.#count += 1;
    // Almost always the last: found from the end.
    const before = this.#records.findLastIndex(({ timestamp }) => timestamp <= record.timestamp);
    this.#records.splice(before + 1, 0, { ...record, eventId });
  }

  /** Everything it keeps, by time. */
  records(): readonly LogRecord[] {
    const { retentionDays = Infinity } = this.settings;
    const oldest = this.#options.clock.now() - retentionDays * day;
    return this.#records.filter(({ timestamp }) => timestamp >= oldest);
  }

  /** @throws AwsError of a pattern or token that is none */
  filter({ pattern = "", from = 0, until = Infinity, limit, token = "0/0" }: FilterQuery): FilteredPage {
    const takes = readFilterPattern(pattern);
    const [, start, empty] = /^(\d+)\/(\d+)$/.exec(token) ?? [];
    if (start === undefined)
      throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
    const { pageSize, emptyPages } = this.#options;
    if (Number(empty) < emptyPages) return { records: [], nextToken: `${start}/${Number(empty) + 1}` };
    const all = this.records().filter(
      ({ message, timestamp }) => timestamp >= from && timestamp <= until && takes(message),
    );
    const end = Number(start) + Math.min(pageSize, limit ?? pageSize);
    return { records: all.slice(Number(start), end), nextToken: end < all.length ? `${end}/0` : undefined };
  }
}

/** The log groups of all accounts and Regions. */
export class Logs {
  readonly options: Required<LogsOptions>;
  readonly #groups = new Map<string, LogGroup>();

  constructor(options: LogsOptions = {}) {
    this.options = {
      clock: systemClock,
      pageSize: 10_000,
      emptyPages: 0,
      queryStates: ["Running"],
      ...options,
    };
  }

  /** @returns the group of that ARN, which is a new one unless it is there already */
  create(settings: LogGroupSettings): LogGroup {
    const group = this.#groups.get(settings.arn) ?? new LogGroup(settings, this.options);
    this.#groups.set(settings.arn, group);
    return group;
  }

  get(arn: string): LogGroup | undefined {
    return this.#groups.get(arn);
  }

  delete(arn: string): void {
    this.#groups.delete(arn);
  }

  /** @throws AwsError if it does not exist */
  existing(arn: string): LogGroup {
    const group = this.#groups.get(arn);
    if (group !== undefined) return group;
    throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
  }
}
