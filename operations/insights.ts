import { GetQueryResultsCommand, StartQueryCommand, StopQueryCommand } from "@aws-sdk/client-cloudwatch-logs";
import { orExplain } from "./aws/failure.js";
import { readLogged, type SearchedLog, type Sighting, type TimeWindow } from "./logs.js";
import { type Clock, OperationError } from "./run.js";

export interface InsightsQuery extends TimeWindow {
  /** In the query language of Logs Insights; must ask for @timestamp, @ingestionTime and @message. */
  readonly query: string;
  readonly clock: Clock;
  readonly pollMilliseconds: number;
  readonly signal: AbortSignal;
}

const running: ReadonlySet<string> = new Set(["Scheduled", "Running"]);

/**
 * Asks Logs Insights, which looks through a large log in seconds and costs by what it scans.
 * @returns the records that are events; undefined if the signal was raised before the query came to its end
 * @throws OperationError if the query cannot be made, or ends otherwise than complete
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
export async function queryLog(
  { session, logGroup }: SearchedLog,
  { query, from, until, clock, pollMilliseconds, signal }: InsightsQuery,
): Promise<Sighting[] | undefined> {
  const doing = `ask Logs Insights about the event log ${logGroup}`;
  const { queryId } = await orExplain(
    session.logs.send(
      new StartQueryCommand({
        logGroupName: logGroup,
        queryString: query,
        startTime: Math.floor(from.getTime() / 1_000),
        endTime: Math.ceil(until.getTime() / 1_000),
      }),
    ),
    doing,
    session,
  );
  for (;;) {
    const request = session.logs.send(new GetQueryResultsCommand({ queryId }));
    const { status = "Unknown", results = [] } = await orExplain(request, doing, session);
    if (status === "Complete") return results.flatMap((row) => readRow(session.account, row));
    if (!running.has(status)) {
      throw new OperationError(
        `Logs Insights did not look through ${logGroup} in account "${session.account}": the query ended as ${status}; search without --insights, or a shorter time`,
      );
    }
    if (signal.aborted) {
      // A query that nobody waits for goes on and costs; that it has ended meanwhile is no matter.
      await session.logs.send(new StopQueryCommand({ queryId })).catch(() => undefined);
      return undefined;
    }
    await clock.sleep(pollMilliseconds, signal);
  }
}

function readRow(
  account: string,
  row: readonly { readonly field?: string | undefined; readonly value?: string | undefined }[],
): Sighting[] {
  const fields = new Map(row.map(({ field = "", value = "" }) => [field, value]));
  const event = readLogged(fields.get("@message") ?? "");
  if (event === undefined) return [];
  const recordedAt = readTimestamp(fields.get("@timestamp") ?? "");
  const at = readTimestamp(fields.get("@ingestionTime") ?? "");
  return [{ account, at: Number.isNaN(at.getTime()) ? recordedAt : at, recordedAt, event }];
}

/** Insights writes "2026-01-31 12:00:00.000" in UTC, and some fields in milliseconds since 1970. */
function readTimestamp(text: string): Date {
  return /^\d+$/.test(text) ? new Date(Number(text)) : new Date(`${text.replace(" ", "T")}Z`);
}
