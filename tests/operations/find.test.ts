import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AccountSession } from "../../operations/aws/session.js";
import { filterPatternFor, findEvents, type FindOptions, type Wanted } from "../../operations/find.js";
import { FakeAws } from "../fixtures/fake-aws.js";
import { eventText, openFake, stack } from "../fixtures/fake-backbone.js";

const accounts = ["global", "delivery", "orders"];
const since = new Date("2026-01-01T11:00:00Z");

let aws: FakeAws;
let sessions: readonly AccountSession[];

beforeEach(async () => {
  aws = new FakeAws();
  await aws.start();
  const opened: AccountSession[] = [];
  for (const account of accounts) {
    aws.logs.set(stack(account).log.logGroupName, []);
    opened.push(await openFake(aws, account));
  }
  sessions = opened;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function log(account: string, ...events: readonly string[]): void {
  aws.logs.get(stack(account).log.logGroupName)?.push(...events);
}

function find(wanted: Wanted, options: Partial<FindOptions> = {}) {
  const logs = sessions.map((session) => ({ session, logGroup: stack(session.account).log.logGroupName }));
  const signal = new AbortController().signal;
  return findEvents(logs, { wanted, since, backbone: "global", limit: 100, signal, ...options });
}

describe("finding an event", () => {
  it("by its id names every log that shows it, the global bus first", async () => {
    log("delivery", eventText({ id: "wanted" }));
    log("global", eventText({ id: "other" }), eventText({ id: "wanted" }));
    const found = await find({ kind: "id", id: "wanted" });
    expect(found.map(({ sightings }) => sightings.map(({ account }) => account))).toEqual([
      ["global", "delivery"],
    ]);
    expect(found[0]?.event).toMatchObject({ source: "com.example.orders", detailType: "Order.Created" });
  });

  it("reads every page of a log", async () => {
    log("global", ...Array.from({ length: 9 }, (_, index) => eventText({ id: `e-${index}` })));
    expect(await find({ kind: "id", id: "e-8" })).toHaveLength(1);
    expect(aws.requestsOf("FilterLogEvents").length).toBe(5 + 2);
  });

  it("by a field of its detail compares the whole value, whatever the service let through", async () => {
    log(
      "global",
      eventText({ id: "exact", detail: '{"total":{"amount":5}}' }),
      eventText({ id: "longer", detail: '{"total":{"amount":55}}' }),
      eventText({ id: "inherited", detail: '{"total":{}}' }),
    );
    const found = await find({ kind: "detail", path: ["total", "amount"], value: "5" });
    expect(found.map(({ event }) => event.id)).toEqual(["exact"]);
    expect(await find({ kind: "detail", path: ["total", "constructor"], value: "x" })).toEqual([]);
  });

  it("skips log lines that are no events", async () => {
    log("global", "not json", '{"id":"wanted"}', eventText({ id: "wanted" }));
    expect(await find({ kind: "id", id: "wanted" })).toHaveLength(1);
  });

  it("asks each account with its own credentials, from the given time on", async () => {
    await find({ kind: "id", id: "wanted" });
    const asked = aws.requestsOf("FilterLogEvents");
    expect(asked.map(({ caller }) => caller.split(":")[4]).sort()).toEqual([
      "111111111111",
      "222222222222",
      "333333333333",
    ]);
    for (const { input } of asked) {
      expect(input).toMatchObject({ startTime: since.getTime(), filterPattern: '{ $.id = "wanted" }' });
    }
  });

  it("is an error if a log is not there: a hole would look like an event that did not arrive", async () => {
    aws.logs.delete(stack("orders").log.logGroupName);
    await expect(find({ kind: "id", id: "wanted" })).rejects.toThrow(
      'look through the event log /aws/events/backbone-orders in account "orders"',
    );
  });

  it("goes on when it is throttled", async () => {
    log("global", eventText({ id: "wanted" }));
    let throttled = 0;
    aws.fault = () => ((throttled += 1) <= 3 ? { kind: "error", type: "ThrottlingException" } : undefined);
    expect(await find({ kind: "id", id: "wanted" })).toHaveLength(1);
  });
});

describe("the filter pattern", () => {
  it.each([
    { wanted: { kind: "id", id: "a" }, pattern: '{ $.id = "a" }' },
    { wanted: { kind: "detail", path: ["orderId"], value: "o-1" }, pattern: '{ $.detail.orderId = "o-1" }' },
    {
      wanted: { kind: "detail", path: ["total", "amount"], value: "39.5" },
      pattern: '{ ($.detail.total.amount = "39.5") || ($.detail.total.amount = 39.5) }',
    },
    {
      wanted: { kind: "detail", path: ["gift"], value: "true" },
      pattern: '{ ($.detail.gift = "true") || ($.detail.gift IS TRUE) }',
    },
  ] as const)("for $wanted is $pattern", ({ wanted, pattern }) => {
    expect(filterPatternFor(wanted)).toBe(pattern);
  });
});
