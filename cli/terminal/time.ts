import { CallError } from "../errors.js";

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Longest that a timer waits, in milliseconds; a longer one would end at once. */
export const longestWait = 2 ** 31 - 1;

/** No event is older: EventBridge began in that month, as CloudWatch Events. */
export const earliestTime = new Date("2016-01-01T00:00:00Z");

/**
 * Reads a length of time such as `90s`, `5m`, `1h` or `2d`.
 * @param longest milliseconds
 * @returns milliseconds
 * @throws CallError naming the option
 */
export function readDuration(option: string, text: string, longest = longestWait): number {
  const { number, unit } = /^(?<number>\d+)(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  const seconds = Number(number) * (units[unit ?? ""] ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds === 0) {
    throw new CallError(`${option}: "${text}" is no length of time; write one such as 90s, 5m, 1h or 2d`);
  }
  if (seconds * 1_000 > longest) {
    throw new CallError(
      `${option}: "${text}" is too long; write at most ${Math.floor(longest / 86_400_000)}d`,
    );
  }
  return seconds * 1_000;
}

/**
 * Reads a time: ISO 8601 with a zone, or so long ago (`2h`), or `now`.
 * @throws CallError naming the option; also for a time before there were events
 */
export function readTime(option: string, text: string, now: Date): Date {
  const time = timeOf(option, text, now);
  if (time < earliestTime) {
    throw new CallError(
      `${option}: "${text}" is before ${earliestTime.toISOString()}, when there was no EventBridge; write a later time`,
    );
  }
  return time;
}

function timeOf(option: string, text: string, now: Date): Date {
  if (text === "now") return now;
  if (/^\d+[smhd]$/.test(text)) {
    return new Date(now.getTime() - readDuration(option, text, now.getTime() - earliestTime.getTime()));
  }
  const time = new Date(text);
  const { day, hasZone } =
    /^\d{4}-\d{2}-(?<day>\d{2})(?<hasZone>T.*(?:Z|[+-]\d{2}:\d{2}))$/.exec(text)?.groups ?? {};
  if (hasZone === undefined || Number.isNaN(time.getTime()) || !isDayOfMonth(text.slice(0, 8), Number(day))) {
    throw new CallError(
      `${option}: "${text}" is no time; write ISO 8601 with a zone (2026-01-31T12:00:00Z), how long ago (2h), or now`,
    );
  }
  return time;
}

/** JavaScript takes 30 February for 2 March. */
function isDayOfMonth(month: string, day: number): boolean {
  return new Date(`${month}${String(day).padStart(2, "0")}T00:00:00Z`).getUTCDate() === day;
}

/** "3 d", "5 h", "12 min", "40 s": one number is enough for people. */
export function renderAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
