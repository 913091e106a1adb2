import { describe, expect, it } from "vitest";
import { busOfEntry } from "../src/deliver/put-events.js";
import { type PutEventsEntry } from "../src/index.js";
import { entrySize } from "../src/deliver/put-events.js";
import {
  accounts,
  arrivals,
  attacker,
  globalBus,
  globalBusPolicy,
  mayPut,
  orderCreated,
  put,
  region,
  worldOf,
} from "./delivery-world.js";

// A bus that takes anything from orders, so that only the entry's own form is at stake.
const open = worldOf({
  buses: [
    {
      arn: globalBus,
      policy: globalBusPolicy.replace("ForAllValues:StringEquals", "ForAllValues:StringNotEquals"),
    },
  ],
  rules: [],
});
const caller = attacker(accounts.orders);
const entry: PutEventsEntry = { ...orderCreated, Source: "any.source", DetailType: "Any" };

describe("an entry", () => {
  it.each([
    ["without a detail-type", { DetailType: undefined }, "entry-field", "DetailType"],
    ["with an empty detail", { Detail: "" }, "entry-field", "Detail"],
    ["with the source of AWS", { Source: "aws.events" }, "entry-source-reserved", "aws.events"],
    [
      "with a detail-type that is too long",
      { DetailType: "x".repeat(129) },
      "entry-detail-type-length",
      "x".repeat(129),
    ],
    ["whose detail is no JSON", { Detail: "{" }, "entry-detail", undefined],
    ["whose detail is a list", { Detail: "[]" }, "entry-detail", "not an object"],
    ["whose detail is a text", { Detail: '"a"' }, "entry-detail", "not an object"],
    ["with a time that is none", { Time: "yesterday" }, "entry-time", "yesterday"],
    ["with a bus that is none", { EventBusName: "a bus" }, "entry-bus", "a bus"],
    [
      "with the ARN of something else",
      { EventBusName: "arn:aws:sqs:eu-west-1:1:q" },
      "entry-bus",
      "arn:aws:sqs:eu-west-1:1:q",
    ],
  ])("%s is refused, and the others pass", (_name, change, reason, subject) => {
    const delivery = put(open, [{ ...entry, ...change }, entry], { caller });
    expect(delivery.accepted).toBe(false);
    expect(delivery.steps[0]).toMatchObject({
      outcome: "refused",
      reason,
      ...(subject === undefined ? {} : { subject }),
    });
    expect(delivery.arrivals.map(({ eventId }) => eventId)).toEqual(["event-1"]);
  });

  it("without a source is refused even where the policy does not mind", () => {
    const anyone = worldOf({ buses: [{ arn: globalBus }], rules: [] });
    const step = put(anyone, { ...entry, Source: undefined }, { caller: attacker(accounts.global) }).steps[0];
    expect(step).toMatchObject({ reason: "entry-field", subject: "Source" });
  });

  it("may have a detail-type of 128 characters", () => {
    expect(put(open, { ...entry, DetailType: "x".repeat(128) }, { caller }).accepted).toBe(true);
  });
});

describe("a call", () => {
  it("has 1 to 10 entries", () => {
    expect(put(open, [], { caller }).accepted).toBe(false);
    expect(
      put(
        open,
        Array.from({ length: 10 }, () => entry),
        { caller },
      ).accepted,
    ).toBe(true);
    const eleven = put(
      open,
      Array.from({ length: 11 }, () => entry),
      { caller },
    );
    expect(eleven.steps[0]).toMatchObject({ reason: "request-entries", subject: "11 entries" });
    expect(eleven.arrivals).toEqual([]);
  });

  it("has at most 1 MB", () => {
    const room = 1024 * 1024 - entrySize({ ...entry, Detail: '{"a":""}' });
    const filled = (length: number): PutEventsEntry => ({
      ...entry,
      Detail: `{"a":"${"x".repeat(length)}"}`,
    });
    expect(put(open, filled(room), { caller }).accepted).toBe(true);
    expect(put(open, filled(room + 1), { caller }).steps[0]).toMatchObject({ reason: "request-size" });
  });
});

describe("the size of an entry", () => {
  it.each([
    ["source, detail-type and detail", { Source: "a", DetailType: "bc", Detail: "{}" }, 5],
    ["bytes, not characters", { Source: "é", DetailType: "€", Detail: "{}" }, 7],
    ["each resource", { Source: "a", DetailType: "b", Detail: "{}", Resources: ["c", "de"] }, 7],
    ["14 bytes for a time", { Source: "a", DetailType: "b", Detail: "{}", Time: "2026-01-01T00:00:00Z" }, 18],
  ])("counts %s", (_name, counted, bytes) => {
    expect(entrySize(counted)).toBe(bytes);
  });
});

describe("the bus of an entry", () => {
  const own = attacker(accounts.global);

  it("may be named if it is the caller's own", () => {
    expect(arrivals(put(open, { ...entry, EventBusName: "global" }, { caller: own }))).toEqual([
      `bus ${globalBus}`,
    ]);
  });

  it("that does not exist is acknowledged and lost", () => {
    const delivery = put(
      open,
      { ...entry, EventBusName: globalBus.replace("/global", "/globl") },
      { caller: own },
    );
    expect(delivery.accepted).toBe(true);
    expect(delivery.arrivals).toEqual([]);
    expect(delivery.lost).toMatchObject([{ reason: "bus-missing", eventId: "event-0" }]);
  });

  it("that does not exist is refused to a caller whose own policies do not allow it", () => {
    const strict = { ...own, policies: [{ name: "global", policy: mayPut(globalBus) }] };
    const delivery = put(open, { ...entry, EventBusName: `${globalBus}-2` }, { caller: strict });
    expect(delivery.accepted).toBe(false);
  });

  it.each([
    [
      "that is left out is the default bus, which the world need not contain",
      undefined,
      "unmodelled-default-bus",
    ],
    ["in another region", globalBus.replace(region, "eu-west-2"), "unmodelled-region"],
  ])("%s: cannot be decided", (_name, EventBusName, reason) => {
    expect(put(open, { ...entry, EventBusName }, { caller: own }).undecided).toMatchObject([{ reason }]);
  });
});

describe("an entry that names a bus by its name", () => {
  it.each([
    ["eu-west-1", "aws"],
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
  ])("means the one of the caller's account, in %s of %s", (region, partition) => {
    const bus = busOfEntry({ EventBusName: "own" }, "111111111111", region);
    expect(bus).toBe(`arn:${partition}:events:${region}:111111111111:event-bus/own`);
  });
});
