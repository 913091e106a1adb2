import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
  StopQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { Logs, type LogsOptions, VirtualClock } from "../src/index.js";
import { clientOf, open } from "./serving.js";

const name = "/aws/events/backbone-global";
const arn = `arn:aws:logs:eu-west-1:111111111111:log-group:${name}`;
const [hour, day] = [3_600_000, 86_400_000];

async function openLogs(options: LogsOptions = {}, retentionDays?: number) {
  const clock = new VirtualClock();
  const logs = new Logs({ clock, ...options });
  const group = logs.create({ arn, ...(retentionDays === undefined ? {} : { retentionDays }) });
  const { url } = await open({ logs });
  return { clock, group, client: new CloudWatchLogsClient(clientOf(url)) };
}

const record = (detail: unknown) =>
  JSON.stringify({ source: "com.example.orders", "detail-type": "Order.Created", detail });

describe("a log group", () => {
  it.each([
    { what: "of now", age: 0, kept: true },
    { what: "of 14 days ago", age: 14 * day, kept: true },
    { what: "older than 14 days", age: 14 * day + 1, kept: false },
    { what: "two hours ahead", age: -2 * hour, kept: true },
    { what: "more than two hours ahead", age: -2 * hour - 1, kept: false },
    { what: "older than it keeps", age: 3 * day + 1, kept: false, retentionDays: 3 },
  ])("takes a record $what: $kept", async ({ age, kept, retentionDays }) => {
    const { clock, group } = await openLogs({}, retentionDays);
    expect(group.put("a", clock.now() - age)).toBe(kept);
    expect(group.records()).toHaveLength(kept ? 1 : 0);
  });

  it("forgets what is older than it keeps", async () => {
    const { clock, group } = await openLogs({}, 3);
    group.put("a", clock.now());
    clock.advance(3 * day + 1);
    expect(group.records()).toEqual([]);
  });

  it("gives records by their own time, and says when they came", async () => {
    const { clock, group, client } = await openLogs();
    group.put("late", clock.now());
    clock.advance(1_000);
    group.put("early", clock.now() - hour);
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: name }));
    expect(events).toMatchObject([
      { message: "early", timestamp: clock.now() - hour, ingestionTime: clock.now() },
      { message: "late", timestamp: clock.now() - 1_000 },
    ]);
  });

  it("gives what is in a window, both ends of it, page by page, of which some are empty", async () => {
    const { clock, group, client } = await openLogs({ pageSize: 2, emptyPages: 1 });
    const now = clock.now();
    for (let index = 0; index < 5; index += 1) group.put(`${index}`, now - index);
    const pages: string[][] = [];
    let nextToken: string | undefined;
    do {
      const answer = await client.send(
        new FilterLogEventsCommand({ logGroupName: name, startTime: now - 3, endTime: now - 1, nextToken }),
      );
      pages.push((answer.events ?? []).map(({ message = "" }) => message));
      ({ nextToken } = answer);
    } while (nextToken !== undefined);
    expect(pages).toEqual([[], ["3", "2"], [], ["1"]]);
  });

  it.each([
    { input: { logGroupName: "/nothing" }, error: "ResourceNotFoundException" },
    { input: { logGroupName: name, filterPattern: "{ $.a = }" }, error: "InvalidParameterException" },
    { input: { logGroupName: name, filterPattern: "{ a = 1 }" }, error: "InvalidParameterException" },
    { input: { logGroupName: name, filterPattern: '"open' }, error: "InvalidParameterException" },
    { input: { logGroupName: name, nextToken: "wrong" }, error: "InvalidParameterException" },
  ])("refuses $input", async ({ input, error }) => {
    const { client } = await openLogs();
    await expect(client.send(new FilterLogEventsCommand(input))).rejects.toMatchObject({ name: error });
  });

  it.each([
    { pattern: "", takes: [record({}), "text"], not: [] },
    { pattern: '"event-1"', takes: ["an event-1 there"], not: ["an event-2"] },
    { pattern: '?"event-1" ?"event-2"', takes: ["event-1", "event-2"], not: ["event-3"] },
    { pattern: "first second", takes: ["second first"], not: ["first"] },
    { pattern: "first -second", takes: ["first"], not: ["first second"] },
    { pattern: '{ $.source = "com.example.orders" }', takes: [record({})], not: ['{"source":"a"}', "text"] },
    {
      pattern: '{ $.detail.id = "a-1/(2)" }',
      takes: [record({ id: "a-1/(2)" })],
      not: [record({ id: "a-12" })],
    },
    { pattern: '{ $.source = "com.*" }', takes: [record({})], not: ['{"source":"org.com."}'] },
    {
      pattern: '{ ($.source = "a" || $.source = "com.example.orders") && ($.detail-type = "Order.Created") }',
      takes: [record({})],
      not: ['{"source":"a"}'],
    },
    {
      pattern: '{ ($.detail.n = "5") || ($.detail.n = 5) }',
      takes: [record({ n: 5 }), record({ n: "5" })],
      not: [record({ n: 6 })],
    },
    {
      pattern: '{ ($.detail.n = "true") || ($.detail.n IS TRUE) }',
      takes: [record({ n: true }), record({ n: "true" })],
      not: [record({ n: false })],
    },
    { pattern: "{ $.detail.n IS NULL }", takes: [record({ n: null })], not: [record({})] },
    { pattern: "{ $.detail.n NOT EXISTS }", takes: [record({})], not: [record({ n: null })] },
    { pattern: "{ $.detail.n != 5 }", takes: [record({ n: 6 })], not: [record({ n: 5 }), record({})] },
    {
      pattern: "{ $.detail.n >= 5 && $.detail.n < 7 }",
      takes: [record({ n: 5 }), record({ n: 6 })],
      not: [record({ n: 7 }), record({ n: "5" })],
    },
    {
      pattern: '{ $.detail.items[1].sku = "tea" }',
      takes: [record({ items: [{}, { sku: "tea" }] })],
      not: [record({ items: [{ sku: "tea" }] })],
    },
    {
      pattern: '{ $.detail["a b"] = "tea" }',
      takes: [record({ "a b": "tea" })],
      not: [record({ a: "tea" })],
    },
  ])("finds by $pattern", async ({ pattern, takes, not }) => {
    const { clock, group, client } = await openLogs();
    for (const message of [...takes, ...not]) group.put(message, clock.now());
    const { events = [] } = await client.send(
      new FilterLogEventsCommand({ logGroupName: name, filterPattern: pattern }),
    );
    expect(events.map(({ message }) => message)).toEqual(takes);
  });
});

describe("Logs Insights", () => {
  const query = (queryString: string) =>
    new StartQueryCommand({ logGroupName: name, queryString, startTime: 0, endTime: 2_000_000_000 });

  it("gives the newest records that hold a phrase, once the query is complete", async () => {
    const { clock, group, client } = await openLogs({ queryStates: ["Scheduled", "Running"] });
    for (const word of ["a", "b", "c"]) {
      group.put(`{"say":"\\"${word}\\" | hello"}`, clock.now());
      clock.advance(1_000);
    }
    group.put("{}", clock.now());
    const phrase = JSON.stringify(JSON.stringify('" | hello').slice(1, -1));
    const { queryId } = await client.send(
      query(
        `fields @timestamp, @ingestionTime, @message | filter @message like ${phrase} | sort @timestamp desc | limit 2`,
      ),
    );
    const ask = () => client.send(new GetQueryResultsCommand({ queryId }));
    expect([await ask(), await ask()]).toMatchObject([{ status: "Scheduled" }, { status: "Running" }]);
    const { status, results = [] } = await ask();
    expect(status).toBe("Complete");
    const ingested = String(clock.now() - 1_000);
    const valuesOf = (row: (typeof results)[number]): Record<string, string | undefined> =>
      Object.fromEntries(row.map(({ field = "", value }) => [field, value]));
    expect(results.map(valuesOf)).toMatchObject([
      {
        "@timestamp": "2026-01-01 12:00:02.000",
        "@ingestionTime": ingested,
        "@message": '{"say":"\\"c\\" | hello"}',
      },
      { "@timestamp": "2026-01-01 12:00:01.000" },
    ]);
  });

  it("is told to stop, and says of what it does not understand that it does not", async () => {
    const { client } = await openLogs();
    const { queryId } = await client.send(query("fields @message"));
    await client.send(new StopQueryCommand({ queryId }));
    expect(await client.send(new GetQueryResultsCommand({ queryId }))).toMatchObject({ status: "Cancelled" });
    await expect(client.send(query("stats count(*)"))).rejects.toMatchObject({
      name: "MalformedQueryException",
    });
  });
});
