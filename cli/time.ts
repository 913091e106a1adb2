import { CallError } from "./errors.js";

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * Reads a length of time such as `90s`, `5m`, `1h` or `2d`.
 * @returns milliseconds
 * @throws CallError naming the option
 */
export function readDuration(option: string, text: string): number {
  const { number, unit } = /^(?<number>\d+)(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  const seconds = Number(number) * (units[unit ?? ""] ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds === 0) {
    throw new CallError(`${option}: "${text}" is no length of time; write one such as 90s, 5m, 1h or 2d`);
  }
  return seconds * 1_000;
}

/**
 * Reads a time: ISO 8601 with a zone, or so long ago (`2h`), or `now`.
 * @throws CallError naming the option
 */
export function readTime(option: string, text: string, now: Date): Date {
  if (text === "now") return now;
  if (/^\d+[smhd]$/.test(text)) return new Date(now.getTime() - readDuration(option, text));
  const time = new Date(text);
  const hasZone = /T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  if (!hasZone || Number.isNaN(time.getTime())) {
    throw new CallError(
      `${option}: "${text}" is no time; write ISO 8601 with a zone (2026-01-31T12:00:00Z), how long ago (2h), or now`,
    );
  }
  return time;
}

/** "3 d", "5 h", "12 min", "40 s": one number is enough for people. */
export function renderAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
