import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longestWait, readDuration, readTime } from "../../cli/terminal/time.js";

const now = new Date("2026-06-15T12:00:00Z");

describe("a time", () => {
  it.each([
    { text: "now", time: "2026-06-15T12:00:00.000Z" },
    { text: "2h", time: "2026-06-15T10:00:00.000Z" },
    { text: "400d", time: "2025-05-11T12:00:00.000Z" },
    { text: "2026-01-31T12:00:00+02:00", time: "2026-01-31T10:00:00.000Z" },
  ])("may be written $text", ({ text, time }) => {
    expect(readTime("--since", text, now).toISOString()).toBe(time);
  });

  it.each([
    { text: "99999999d", says: "is too long" },
    { text: "9".repeat(400) + "d", says: "is no length of time" },
    { text: "1990-01-01T00:00:00Z", says: "when there was no EventBridge" },
    { text: "2026-02-30T00:00:00Z", says: "is no time" },
    { text: "2026-13-01T00:00:00Z", says: "is no time" },
    { text: "2026-01-31T12:00:00", says: "with a zone" },
    { text: "yesterday", says: "is no time" },
    { text: "", says: "is no time" },
  ])('may not be "$text"', ({ text, says }) => {
    expect(() => readTime("--since", text, now)).toThrow(says);
  });

  it("is read as it is written, if it is of our time", () => {
    const ours = fc.date({
      min: new Date("2016-01-01T00:00:00Z"),
      max: new Date("2100-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(ours, (date) => {
        expect(readTime("--since", date.toISOString(), now)).toEqual(date);
      }),
    );
  });
});

describe("a length of time to wait", () => {
  it("is at most what a timer can wait: a longer one would end at once", () => {
    expect(readDuration("--watch", "24d")).toBeLessThanOrEqual(longestWait);
    expect(() => readDuration("--watch", "25d")).toThrow('--watch: "25d" is too long; write at most 24d');
  });
});
