import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";
import { logRecordAcceptance } from "../infra/aws/limits.js";
import { orExplain } from "./aws/failure.js";
import type { AccountSession } from "./aws/session.js";

/** An event as a bus's log holds it. */
export interface LoggedEvent {
  readonly id: string;
  /** Id of the AWS account that it is of. */
  readonly account: string | undefined;
  readonly source: string;
  readonly detailType: string;
  readonly time: string;
  readonly resources: readonly string[];
  /** Undefined of a sensitive contract, of which logs hold the envelope only. */
  readonly detail: Readonly<Record<string, unknown>> | undefined;
  /** The replay that delivered it, if one did. */
  readonly replayName: string | undefined;
  /** The whole event as it was logged, which is what rules see; of a sensitive contract, without its detail. */
  readonly text: string;
}

/** One event in one account's log. */
export interface Sighting {
  readonly account: string;
  /** When the log received it. */
  readonly at: Date;
  /** The time under which the log has it: the event's own. */
  readonly recordedAt: Date;
  readonly event: LoggedEvent;
}

/** An account whose log is looked through. */
export interface SearchedLog {
  readonly session: AccountSession;
  readonly logGroup: string;
}

export interface LogQuery extends TimeWindow {
  /** In CloudWatch Logs' filter language; callers look at the events again, so it may take too many. */
  readonly filterPattern: string;
  /** Ends the reading between two pages; whoever raised it knows that the log was not read to its end. */
  readonly signal: AbortSignal;
  readonly onPage?: () => void;
}

const loggedEvent = z.object({
  id: z.string(),
  account: z.string().optional(),
  source: z.string(),
  "detail-type": z.string(),
  time: z.string(),
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()),
  "replay-name": z.string().optional(),
});

/**
 * The events in the log of one bus, page by page and oldest first, as AWS gives them. Records that are no events are
 * left out.
 * @throws OperationError if the log cannot be read, or is not there
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function* readLog(
  { session, logGroup }: SearchedLog,
  { filterPattern, from, until, signal, onPage }: LogQuery,
): AsyncGenerator<Sighting, void> {
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.logs.send(
        new FilterLogEventsCommand({
          logGroupName: logGroup,
          filterPattern,
          startTime: from.getTime(),
          endTime: until.getTime(),
          ...(token === undefined ? {} : { nextToken: token }),
        }),
      ),
      `look through the event log ${logGroup}`,
      session,
    );
    onPage?.();
    for (const { message = "", ingestionTime, timestamp = 0 } of answer.events ?? []) {
      const event = readLogged(message);
      if (event === undefined) continue;
      yield {
        account: session.account,
        at: new Date(ingestionTime ?? timestamp),
        recordedAt: new Date(timestamp),
        event,
      };
    }
    // A page may be empty and yet not the last: the service looks at a part of the log each time.
    token = answer.nextToken;
  } while (token !== undefined && !signal.aborted);
}

/** Reads a log record; undefined if it is no event. */
export function readLogged(text: string): LoggedEvent | undefined {
  const { success, data } = loggedEvent.safeParse(readJson(text));
  if (!success) return readEnvelope(text);
  const { account, "detail-type": detailType, "replay-name": replayName } = data;
  return { ...data, account, detailType, replayName, text };
}

const envelope = loggedEvent.omit({ detail: true, resources: true }).loose();

/**
 * What the rule for sensitive contracts writes. EventBridge has put the values between quotes as they are, so what
 * publishers wrote into `resources`, which come last, is read as text: a list, out of which the quotes were taken.
 */
function readEnvelope(text: string): LoggedEvent | undefined {
  const { before = "", list = "" } =
    /^(?<before>\{.*),"resources":"(?<list>.*)"\}$/s.exec(text)?.groups ?? {};
  const { success, data } = envelope.safeParse(readJson(`${before}}`));
  if (!success) return undefined;
  const { "replay-name": replay = "", ...fields } = data;
  const replayName = replay === "" ? undefined : replay;
  const resources = list
    .replace(/^\[|\]$/g, "")
    .split(",")
    .filter((resource) => resource !== "");
  const whole = { ...fields, ...(replayName === undefined ? {} : { "replay-name": replayName }), resources };
  return {
    ...fields,
    account: fields.account,
    detailType: fields["detail-type"],
    resources,
    detail: undefined,
    replayName,
    text: JSON.stringify(whole),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const day = 86_400_000;
const hour = 3_600_000;

/** A length of time by the event's own clock, which is what event logs are ordered by. */
export interface TimeWindow {
  readonly from: Date;
  readonly until: Date;
}

/** The last moment a log can hold anything of. */
export function latestHeld(now: Date): Date {
  return new Date(now.getTime() + logRecordAcceptance.aheadHours * hour);
}

/**
 * Why the log of a bus need not show an event that came to the bus: CloudWatch Logs refuses silently what is too
 * old or too far ahead, so its absence says nothing.
 * @param time the event's own, which replays, backfills and wrong clocks make another than that of its arrival
 * @returns words that go on from "the log …", or undefined if the log would show it
 */
export function whyNotHeld(time: Date, retentionDays: number, now: Date): string | undefined {
  const { oldestDays, aheadHours } = logRecordAcceptance;
  const age = now.getTime() - time.getTime();
  if (Number.isNaN(age)) return "is ordered by the event's own time, and that cannot be read";
  if (age > retentionDays * day)
    return `keeps ${retentionDays} days, and the event's own time is before that`;
  if (age > oldestDays * day) {
    return `takes no record that is older than ${oldestDays} days by the event's own time when it comes, as one that is replayed or redriven is`;
  }
  if (-age > aheadHours * hour) {
    return `takes no record that is more than ${aheadHours} hours ahead, and the event's own time is`;
  }
  return undefined;
}
