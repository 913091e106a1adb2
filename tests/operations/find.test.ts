import { Logs, VirtualClock } from "aws-stand-in";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AccountSession } from "../../operations/aws/session.js";
import { findEvents, type FindOptions, type FindResult } from "../../operations/find.js";
import { readLogged, whyNotHeld } from "../../operations/logs.js";
import { NewestEvents } from "../../operations/newest-events.js";
import {
  filterPatternFor,
  filterPatternsForIds,
  insightsQueryFor,
  type Wanted,
} from "../../operations/wanted.js";
import { OperatedAws } from "../fixtures/operated-aws.js";
import { eventText, openFake, stack } from "../fixtures/fake-backbone.js";
import { FakeClock } from "../fixtures/fake-clock.js";

const accounts = ["global", "delivery", "orders"];
const from = new Date("2026-01-01T10:00:00Z");
const until = new Date("2026-01-01T13:00:00Z");

let aws: OperatedAws;
let sessions: readonly AccountSession[];

beforeEach(async () => {
  aws = new OperatedAws();
  await aws.start();
  const opened: AccountSession[] = [];
  for (const account of accounts) {
    aws.createLog(stack(account).log.logGroupName);
    opened.push(await openFake(aws, account));
  }
  sessions = opened;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function log(account: string, ...events: readonly string[]): void {
  aws.log(stack(account).log.logGroupName, ...events);
}

function find(wanted: Wanted, options: Partial<FindOptions> = {}): Promise<FindResult> {
  const logs = sessions.map((session) => ({ session, logGroup: stack(session.account).log.logGroupName }));
  const signal = new AbortController().signal;
  return findEvents(logs, { wanted, from, until, backbone: "global", limit: 20, signal, ...options });
}

const seenBy = ({ found }: FindResult) =>
  found.map(({ firstId, sightings }) => [firstId, sightings.map(({ account }) => account)]);
const order = { path: ["orderId"], value: "o-1" };

/** A second apart, the first at 11:00. */
const timed = (index: number) => new Date(Date.parse("2026-01-01T11:00:00Z") + index * 1_000).toISOString();

describe("finding an event", () => {
  it("by its id names every log that shows it, the global bus first", async () => {
    log("delivery", eventText({ id: "wanted" }));
    log("global", eventText({ id: "other" }), eventText({ id: "wanted" }));
    const result = await find({ id: "wanted" });
    expect(seenBy(result)).toEqual([["wanted", ["global", "delivery"]]]);
    expect(result).toMatchObject({ count: 1, isWhole: true, interrupted: false, readFrom: from });
    expect(result.found[0]?.event).toMatchObject({
      source: "com.example.orders",
      detailType: "Order.Created",
    });
    expect(result.found[0]?.searched).toEqual({ from, until });
  });

  it.each([
    { name: "every page", pageSize: 2, emptyPages: 0 },
    { name: "pages behind empty ones", pageSize: 3, emptyPages: 2 },
    { name: "one large page", pageSize: 1_000, emptyPages: 0 },
  ])("reads $name", async ({ pageSize, emptyPages }) => {
    Object.assign(aws.logOptions, { pageSize, emptyPages });
    log("global", ...Array.from({ length: 9 }, (_, index) => eventText({ id: `e-${index}` })));
    expect(seenBy(await find({ id: "e-8" }))).toEqual([["e-8", ["global"]]]);
  });

  it("by a field of its detail compares the whole value, whatever the service let through", async () => {
    log(
      "global",
      eventText({ id: "exact", detail: '{"total":{"amount":5}}' }),
      eventText({ id: "longer", detail: '{"total":{"amount":55}}' }),
      eventText({ id: "inherited", detail: '{"total":{}}' }),
    );
    const found = await find({ detail: { path: ["total", "amount"], value: "5" } });
    expect(seenBy(found).map(([id]) => id)).toEqual(["exact"]);
    for (const value of ["x", "undefined"]) {
      expect((await find({ detail: { path: ["total", "constructor"], value } })).found).toEqual([]);
    }
  });

  it("by contract, source and detail wants all of them", async () => {
    log(
      "global",
      eventText({ id: "right" }),
      eventText({ id: "other type", detailType: "Order.Updated" }),
      eventText({ id: "other source", source: "com.example.ordersx" }),
      eventText({ id: "other order", detail: '{"orderId":"o-2"}' }),
    );
    const wanted = { sources: ["com.example.orders"], detailType: "Order.Created", detail: order };
    expect(seenBy(await find(wanted)).map(([id]) => id)).toEqual(["right"]);
  });

  it("skips log lines that are no events", async () => {
    log("global", "not json", '{"id":"wanted"}', eventText({ id: "wanted" }));
    expect((await find({ id: "wanted" })).found).toHaveLength(1);
  });

  it("asks each account with its own credentials, over the given time", async () => {
    await find({ id: "wanted" });
    const asked = aws.requestsOf("FilterLogEvents");
    expect(asked.map(({ caller }) => caller.split(":")[4]).sort()).toEqual([
      "111111111111",
      "222222222222",
      "333333333333",
    ]);
    for (const { input } of asked) {
      expect(input).toMatchObject({ startTime: from.getTime(), endTime: until.getTime() });
    }
  });

  it("goes on when it is throttled", async () => {
    log("global", eventText({ id: "wanted" }));
    let throttled = 0;
    aws.fault = () => ((throttled += 1) <= 3 ? { kind: "error", type: "ThrottlingException" } : undefined);
    expect((await find({ id: "wanted" })).found).toHaveLength(1);
  });
});

describe("an event that was redriven", () => {
  const resources = ["order/o-1", "event-backbone:redriven:first:1"];

  it.each(["first", "second"])("is found with its first and its new id by either: %s", async (id) => {
    log("global", eventText({ id: "first" }), eventText({ id: "other" }));
    log("delivery", eventText({ id: "second", resources }));
    const result = await find({ id });
    expect(seenBy(result)).toEqual([["first", ["global", "delivery"]]]);
    expect(result.found[0]?.sightings.map(({ event }) => event.id)).toEqual(["first", "second"]);
    expect(result.found[0]?.event.id).toBe("first");
  });

  it("counts as one event", async () => {
    log("global", eventText({ id: "first" }));
    log(
      "delivery",
      eventText({ id: "second", resources }),
      eventText({ id: "third", resources: ["event-backbone:redriven:first:2"] }),
    );
    expect((await find({ detail: order })).count).toBe(1);
  });
});

describe("a log that cannot be read", () => {
  it.each([
    {
      name: "is not there",
      prepare: () => {
        aws.deleteLog(stack("orders").log.logGroupName);
      },
      says: "look through the event log /aws/events/backbone-orders",
    },
    {
      name: "may not be read",
      prepare: () => {
        aws.fault = ({ caller, action }) =>
          action === "FilterLogEvents" && caller.includes("222222222222")
            ? { kind: "error", type: "AccessDeniedException", message: "no" }
            : undefined;
      },
      says: "may not look through the event log",
    },
  ])("because it $name is named, and the others are searched", async ({ prepare, says }) => {
    log("global", eventText({ id: "wanted" }));
    log("delivery", eventText({ id: "wanted" }));
    prepare();
    const result = await find({ id: "wanted" });
    expect(seenBy(result)).toEqual([["wanted", ["global", "delivery"]]]);
    expect([...result.unread.keys()]).toEqual(["orders"]);
    expect(result.unread.get("orders")).toContain(says);
    expect([...(result.found[0]?.unread.keys() ?? [])]).toEqual(["orders"]);
    expect(result.isWhole).toBe(false);
  });
});

describe("many events that match", () => {
  const many = 60;

  it("are compared over what every log was read for, however many records each has", async () => {
    for (let index = 0; index < many; index += 1) {
      const one = eventText({ id: `e-${index}`, time: timed(index) });
      log("global", one);
      // Delivered twice, as by a replay: its log is longer than the other.
      log("delivery", one, eventText({ id: `e-${index}`, time: timed(index), replay: "again" }));
    }
    const result = await find({ detail: order }, { limit: 5 });
    expect(seenBy(result)).toEqual(
      [59, 58, 57, 56, 55].map((index) => [`e-${index}`, ["global", "delivery", "delivery"]]),
    );
    expect(result.count).toBe(many);
    expect(result.isWhole).toBe(true);
  });

  it("over a long time are looked for from the newest on, and only so far as needed", async () => {
    const days = (index: number) => new Date(until.getTime() - index * 86_400_000).toISOString();
    for (let index = 0; index < 30; index += 1)
      log("global", eventText({ id: `e-${index}`, time: days(index) }));
    const result = await find(
      { detail: order },
      { from: new Date(until.getTime() - 32 * 86_400_000), limit: 3 },
    );
    expect(seenBy(result).map(([id]) => id)).toEqual(["e-0", "e-1", "e-2"]);
    expect(result.readFrom.getTime()).toBeGreaterThan(until.getTime() - 16 * 86_400_000);
    expect(result.isWhole).toBe(false);
  });

  it.each([
    { name: "while they are chosen", page: 5, readFrom: until },
    { name: "while they are looked up", page: many / 2 + 3, readFrom: from },
  ])(
    "are told as far as they were found when the search is interrupted $name",
    async ({ page, readFrom }) => {
      for (let index = 0; index < many; index += 1) {
        log("global", eventText({ id: `e-${index}`, time: timed(index) }));
      }
      const interrupt = new AbortController();
      const result = await find(
        { detail: order },
        {
          signal: interrupt.signal,
          progress: (_done, _total, pages) => {
            if (pages === page) interrupt.abort();
          },
        },
      );
      expect(result).toMatchObject({ interrupted: true, isWhole: false, readFrom });
      expect(result.found.length).toBeGreaterThan(0);
      // Nothing may be said of logs that were not looked through for these events.
      for (const { unread } of result.found) expect([...unread.keys()]).toEqual(accounts);
    },
  );

  it("show how far the search is while no log is done", async () => {
    for (let index = 0; index < 10; index += 1) log("global", eventText({ id: `e-${index}` }));
    const pages: number[] = [];
    await find({ detail: order }, { progress: (_done, _total, page) => pages.push(page) });
    expect(pages).toEqual(pages.map((_, index) => index + 1));
    expect(pages.length).toBeGreaterThan(5);
  });
});

describe("Logs Insights", () => {
  const insights = () => ({ clock: new FakeClock(), pollMilliseconds: 1_000 });

  it("chooses the newest events, which are then looked up in every log", async () => {
    for (let index = 0; index < 30; index += 1) {
      log("global", eventText({ id: `e-${index}`, time: timed(index) }));
      log("delivery", eventText({ id: `e-${index}`, time: timed(index) }));
    }
    const clock = new FakeClock();
    const result = await find({ detail: order }, { limit: 2, insights: { clock, pollMilliseconds: 1_000 } });
    expect(seenBy(result)).toEqual([
      ["e-29", ["global", "delivery"]],
      ["e-28", ["global", "delivery"]],
    ]);
    expect(aws.requestsOf("StartQuery").map(({ input }) => input.logGroupName)).toHaveLength(3);
    expect(clock.slept.length).toBeGreaterThan(0);
    expect(
      aws.requestsOf("FilterLogEvents").every(({ input }) => Number(input.startTime) > from.getTime()),
    ).toBe(true);
  });

  it("that fails leaves the log unread, and says how the query ended", async () => {
    aws.logOptions.queryStates = ["Timeout"];
    const { unread } = await find({ detail: order }, { insights: insights() });
    expect(unread.get("global")).toContain("the query ended as Timeout");
  });

  it("is stopped when the search is interrupted", async () => {
    aws.logOptions.queryStates = Array.from({ length: 100 }, () => "Running");
    const interrupt = new AbortController();
    const clock = new FakeClock();
    clock.onSleep = () => {
      interrupt.abort();
    };
    const result = await find(
      { detail: order },
      { signal: interrupt.signal, insights: { clock, pollMilliseconds: 1_000 } },
    );
    expect(result.interrupted).toBe(true);
    expect(aws.requestsOf("StopQuery").length).toBeGreaterThan(0);
  });

  it("is asked for the text, as JSON writes it and its own language again", () => {
    expect(insightsQueryFor({ detail: { path: ["a"], value: 'say "x"' } }, 10)).toBe(
      String.raw`fields @timestamp, @ingestionTime, @message | filter @message like "say \\\"x\\\"" | sort @timestamp desc | limit 10`,
    );
  });
});

describe("the newest events", () => {
  it("are the same in whatever order they come, and no more are kept than wanted", () => {
    const arrivals = fc.shuffledSubarray(
      Array.from({ length: 50 }, (_, index) => index),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 10 }), (indices, limit) => {
        const newest = new NewestEvents(limit);
        for (const index of indices) {
          const event = readLogged(eventText({ id: `e-${index}`, time: timed(index) }));
          if (event === undefined) throw new Error("it is an event");
          newest.add({ account: "global", at: from, recordedAt: new Date(event.time), event });
        }
        const expected = [...indices].sort((left, right) => right - left).slice(0, limit);
        expect(newest.newest().map(({ firstId }) => firstId)).toEqual(expected.map((index) => `e-${index}`));
        expect(newest.count).toBe(indices.length);
      }),
    );
  });
});

describe("the filter pattern", () => {
  it.each<{ wanted: Wanted; pattern: string }>([
    { wanted: { id: "a" }, pattern: '"a"' },
    { wanted: { detail: { path: ["orderId"], value: "o-1" } }, pattern: '{ $.detail.orderId = "o-1" }' },
    {
      wanted: { detail: { path: ["total", "amount"], value: "39.5" } },
      pattern: '{ ($.detail.total.amount = "39.5") || ($.detail.total.amount = 39.5) }',
    },
    {
      wanted: { detail: { path: ["gift"], value: "true" } },
      pattern: '{ ($.detail.gift = "true") || ($.detail.gift IS TRUE) }',
    },
    {
      wanted: { sources: ["s"], detailType: "T", detail: { path: ["gift"], value: "true" } },
      pattern:
        '{ ($.source = "s") && ($.detail-type = "T") && (($.detail.gift = "true") || ($.detail.gift IS TRUE)) }',
    },
    { wanted: { sources: ["s", "former"] }, pattern: '{ $.source = "s" || $.source = "former" }' },
    { wanted: { detail: { path: ["note"], value: "x".repeat(2_000) } }, pattern: "" },
  ])("for $wanted", ({ wanted, pattern }) => {
    expect(filterPatternFor(wanted)).toBe(pattern);
  });

  it("for many ids is divided at AWS's limit", () => {
    const ids = Array.from(
      { length: 100 },
      (_, index) => `17793124-05d4-b198-2fde-${String(index).padStart(12, "0")}`,
    );
    const patterns = filterPatternsForIds(ids);
    expect(Math.max(...patterns.map(({ length }) => length))).toBeLessThanOrEqual(1_024);
    expect(patterns.join(" ").match(/\?"[^"]+"/g)).toHaveLength(100);
  });
});

describe("what a log need not show", () => {
  const now = new Date("2026-01-20T12:00:00Z");

  it.each([
    { name: "an event of today", time: "2026-01-20T11:00:00Z", retention: 30, says: undefined },
    { name: "one of 13 days ago", time: "2026-01-07T13:00:00Z", retention: 30, says: undefined },
    { name: "one of 15 days ago", time: "2026-01-05T11:00:00Z", retention: 30, says: "older than 14 days" },
    {
      name: "one older than the retention",
      time: "2026-01-16T11:00:00Z",
      retention: 3,
      says: "keeps 3 days",
    },
    { name: "one of the next hour", time: "2026-01-20T13:00:00Z", retention: 30, says: undefined },
    {
      name: "one 3 hours ahead",
      time: "2026-01-20T15:00:00Z",
      retention: 30,
      says: "more than 2 hours ahead",
    },
    { name: "one without a time", time: "soon", retention: 30, says: "cannot be read" },
  ])("is $name: $says", ({ time, retention, says }) => {
    const why = whyNotHeld(new Date(time), retention, now);
    if (says === undefined) expect(why).toBeUndefined();
    else expect(why).toContain(says);
  });

  it("is what CloudWatch Logs refuses without a word", () => {
    const arn = "arn:aws:logs:eu-west-1:111111111111:log-group:held";
    const group = new Logs({ clock: new VirtualClock(now) }).create({ arn, retentionDays: 30 });
    for (const time of ["2026-01-05T11:00:00Z", "2026-01-20T15:00:00Z", "2026-01-20T11:00:00Z"]) {
      const isHeld = group.put(eventText({ time }), Date.parse(time));
      expect(isHeld).toBe(whyNotHeld(new Date(time), 30, now) === undefined);
    }
  });
});
