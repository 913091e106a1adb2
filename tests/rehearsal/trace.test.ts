import { type JsonValue, readJson } from "event-patterns";
import { beforeAll, describe, expect, it } from "vitest";
import { EventError, readEntry } from "../../rehearsal/given-event.js";
import { exampleEntry, traceEvent } from "../../rehearsal/trace.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse, type Rehearsed, stageOf } from "../fixtures/rehearsed.js";

let prod: Rehearsed;
beforeAll(async () => {
  prod = await rehearse(example, "prod");
});

const created = { Source: "com.example.orders", DetailType: "Order.Created", Detail: "{}" };

describe("tracing an event", () => {
  it("tells who receives it, on which bus and by which rule", () => {
    expect(traceEvent(stageOf(prod), created, "orders")).toMatchObject({
      accepted: true,
      deliveries: [{ account: "delivery", bus: "backbone-delivery", via: "forward-delivery" }],
      lost: [],
      undecided: [],
    });
  });

  it("tells which rules did not match, and the first part of the pattern that failed", () => {
    const { steps } = traceEvent(stageOf(prod), created, "orders");
    const rule = "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-orders";
    const looked = steps.find((step) => step.kind === "rule" && step.rule === rule);
    expect(looked).toMatchObject({
      outcome: "not-matched",
      mismatch: { path: "source", found: ["com.example.orders"] },
    });
  });

  it.each([
    { from: "delivery", by: "DenyOtherSources" },
    { from: "global", by: "DenyBackboneAccount" },
  ])("tells which statement refuses it from $from", ({ from, by }) => {
    const { accepted, deliveries, steps } = traceEvent(stageOf(prod), created, from);
    expect({ accepted, deliveries }).toEqual({ accepted: false, deliveries: [] });
    expect(JSON.stringify(steps)).toContain(by);
  });

  it("tells that a bus which is not there swallows it", () => {
    const { accepted, lost } = traceEvent(
      stageOf(prod),
      { ...created, EventBusName: "backbone-gloabl" },
      "global",
    );
    expect({ accepted, lost: lost.map(({ reason }) => reason) }).toEqual({
      accepted: true,
      lost: ["bus-missing"],
    });
  });

  it("follows every story of the registry to whoever owns the next step", () => {
    const { registry } = prod;
    for (const { steps } of registry.stories) {
      const contracts = steps.flatMap((key) => registry.contracts.get(key) ?? []);
      contracts.forEach((contract, index) => {
        const next = contracts[index + 1];
        const receivers = traceEvent(stageOf(prod), exampleEntry(contract), contract.account).deliveries.map(
          ({ account }) => account,
        );
        if (next !== undefined && next.account !== contract.account)
          expect(receivers).toContain(next.account);
      });
    }
  });
});

describe("reading what is to be traced", () => {
  it("takes a PutEvents entry, with its detail as text or as an object", () => {
    expect(readEntry(created)).toMatchObject(created);
    expect(readEntry({ ...created, Detail: { a: 1 } })).toMatchObject({ Detail: '{"a":1}' });
  });

  it("takes an event as rules see it", () => {
    expect(
      readEntry({ version: "0", source: "a.b", "detail-type": "T", detail: { x: 1 }, account: "1" }),
    ).toMatchObject({
      Source: "a.b",
      DetailType: "T",
      Detail: '{"x":1}',
    });
  });

  it("asks whether it is only the detail", () => {
    expect(() => readEntry({ orderId: "o" })).toThrow(
      /source is missing\n {2}detail-type is missing\n {2}detail is missing\n {2}is it only the detail\?/,
    );
  });

  it.each<{ given: JsonValue; meant: string }>([
    {
      given: { source: "a.b", detailType: "T", detail: {} },
      meant: 'an event has no "detailType": did you mean "detail-type"?',
    },
    {
      given: { source: "a.b", type: "T", detail: {} },
      meant: 'an event has no "type": did you mean "detail-type"?',
    },
    {
      given: { Source: "a.b", "detail-type": "T", details: {} },
      meant: 'an event has no "details": did you mean "detail"?',
    },
    {
      given: { Source: "a.b", detailType: "T", Detail: "{}" },
      meant: 'an entry has no "detailType": did you mean "DetailType"?',
    },
    {
      given: { Entries: [{ Sources: "a.b", DetailType: "T", Detail: "{}" }] },
      meant: 'an entry has no "Sources": did you mean "Source"?',
    },
  ])("names what was probably meant: $meant", ({ given, meant }) => {
    expect(() => readEntry(given)).toThrow(meant);
  });

  it("leaves long numbers as they are written", () => {
    const given = readJson('{"source":"a.b","detail-type":"T","detail":{"n":9007199254740993,"x":1e400}}');
    expect(given.ok && readEntry(given.value).Detail).toBe('{"n":9007199254740993,"x":1e400}');
  });

  it.each<JsonValue>([
    {},
    [],
    [created, created],
    "text",
    { ...created, Resources: [1] },
    { ...created, Detail: 1 },
    { source: "a.b" },
    { Source: "a.b", DetailType: 5, Detail: "{}" },
  ])("refuses %j in words", (json) => {
    expect(() => readEntry(json)).toThrow(EventError);
  });
});
