import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";
import { orExplain } from "./aws/failure.js";
import type { AccountSession } from "./aws/session.js";

/** An event as a bus's log holds it. */
export interface LoggedEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One event in one account's log. */
export interface Sighting {
  readonly account: string;
  /** When the log received it. */
  readonly at: Date;
  readonly event: LoggedEvent;
}

export interface LogQuery {
  readonly logGroup: string;
  /** In CloudWatch Logs' filter language; events are looked at again here, so it may take too many. */
  readonly filterPattern: string;
  readonly since: Date;
  readonly matches: (event: LoggedEvent) => boolean;
  /** Sightings to collect, at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

const loggedEvent = z.object({
  id: z.string(),
  source: z.string(),
  "detail-type": z.string(),
  time: z.string(),
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()),
});

/**
 * Looks through the event log of one bus.
 * @throws OperationError if the log cannot be read, or is not there
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function searchLog(session: AccountSession, query: LogQuery): Promise<Sighting[]> {
  const { logGroup, filterPattern, since, matches, limit, signal } = query;
  const sightings: Sighting[] = [];
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.logs.send(
        new FilterLogEventsCommand({
          logGroupName: logGroup,
          filterPattern,
          startTime: since.getTime(),
          ...(token === undefined ? {} : { nextToken: token }),
        }),
      ),
      `look through the event log ${logGroup}`,
      session,
    );
    for (const { message = "", ingestionTime, timestamp = 0 } of answer.events ?? []) {
      const event = readLogged(message);
      if (event === undefined || !matches(event)) continue;
      sightings.push({ account: session.account, at: new Date(ingestionTime ?? timestamp), event });
    }
    // A page may be empty and yet not the last: the service looks at a part of the log each time.
    token = answer.nextToken;
  } while (token !== undefined && sightings.length < limit && !signal.aborted);
  return sightings;
}

function readLogged(message: string): LoggedEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(message);
  } catch {
    return undefined;
  }
  const { success, data } = loggedEvent.safeParse(json);
  return success ? { ...data, detailType: data["detail-type"] } : undefined;
}
