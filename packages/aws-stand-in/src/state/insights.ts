import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error.js";
import type { LogGroup, LogRecord, Logs } from "./logs.js";

export interface InsightsQuery {
  readonly query: string;
  /** Milliseconds since 1970; both are inside. */
  readonly from: number;
  readonly until: number;
}

export interface InsightsResult {
  readonly status: string;
  /** One for each record, field by field. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

interface Running {
  /** What it says of itself, each time it is asked. */
  readonly states: string[];
  readonly result: () => InsightsResult["rows"];
}

/** Logs Insights, as far as `fields`, `filter @message like "…"`, `sort @timestamp` and `limit` go. */
export class Insights {
  readonly #logs: Logs;
  readonly #queries = new Map<string, Running>();

  constructor(logs: Logs) {
    this.#logs = logs;
  }

  /**
   * @returns the query's id
   * @throws AwsError if the query says what is not understood here
   */
  start(group: LogGroup, query: InsightsQuery): string {
    const run = readQuery(query.query);
    const id = randomUUID();
    this.#queries.set(id, {
      states: [...this.#logs.options.queryStates],
      result: () =>
        run(group.records().filter(({ timestamp }) => timestamp >= query.from && timestamp <= query.until)),
    });
    return id;
  }

  results(id: string): InsightsResult {
    const { states, result } = this.#existing(id);
    const status = states.shift() ?? "Complete";
    return { status, rows: status === "Complete" ? result() : [] };
  }

  stop(id: string): void {
    this.#existing(id).states.splice(0, Infinity, "Cancelled");
  }

  #existing(id: string): Running {
    const query = this.#queries.get(id);
    if (query !== undefined) return query;
    throw new AwsError("ResourceNotFoundException", `Query ${id} does not exist.`);
  }
}

type Step = (records: readonly LogRecord[]) => readonly LogRecord[];

const valueOf: Readonly<Record<string, (record: LogRecord) => string>> = {
  "@timestamp": ({ timestamp }) => new Date(timestamp).toISOString().replace("T", " ").slice(0, -1),
  "@ingestionTime": ({ ingestionTime }) => String(ingestionTime),
  "@message": ({ message }) => message,
};

function readQuery(text: string): (records: readonly LogRecord[]) => InsightsResult["rows"] {
  const commands = text.match(/(?:"(?:[^"\\]|\\.)*"|[^"|])+/gu)?.map((command) => command.trim()) ?? [];
  let fields = ["@timestamp", "@message"];
  const steps: Step[] = [];
  for (const command of commands) {
    const list = /^fields\s+(.+)$/su.exec(command)?.[1];
    if (list === undefined) steps.push(stepOf(command));
    else fields = list.split(",").map((field) => field.trim());
  }
  return (records) =>
    steps
      .reduce((left, step) => step(left), records)
      .map((record) => ({
        ...Object.fromEntries(fields.map((field) => [field, valueOf[field]?.(record) ?? ""])),
        "@ptr": record.eventId,
      }));
}

function stepOf(command: string): Step {
  const phrase = /^filter\s+@message\s+like\s+"((?:[^"\\]|\\.)*)"$/su.exec(command)?.[1];
  if (phrase !== undefined) {
    const wanted = phrase.replaceAll(/\\(.)/gsu, "$1");
    return (records) => records.filter(({ message }) => message.includes(wanted));
  }
  const order = /^sort\s+@timestamp\s+(asc|desc)$/u.exec(command)?.[1];
  if (order !== undefined) return (records) => (order === "asc" ? records : records.toReversed());
  const limit = /^limit\s+(\d+)$/u.exec(command)?.[1];
  if (limit !== undefined) return (records) => records.slice(0, Number(limit));
  throw new AwsError("MalformedQueryException", `unexpected symbol found: ${command}`);
}
