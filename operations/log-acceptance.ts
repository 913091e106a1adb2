import { logRecordAcceptance } from "../infra/aws/limits.js";

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
