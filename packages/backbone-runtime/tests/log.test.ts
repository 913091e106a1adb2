import { describe, expect, it } from "vitest";
import { consume, log } from "../src/index.js";
import { batchOf, eventOf, fakeHost, recordOf } from "./host.js";
import { order, OrderCreated } from "./shop.js";

const handlingLine = consume(OrderCreated, () => {
  log.info("order received", { orderId: "ord-1" });
});

describe("a line of the log", () => {
  it("is one line of JSON that says what is handled, what is said first", async () => {
    const lines: string[] = [];
    const { run } = fakeHost({ write: (line) => lines.push(line) });
    const metadata = { id: "fact-1", correlationId: "basket-7" };
    const event = eventOf({ detail: { ...order, metadata } });
    await run(() => handlingLine(batchOf(recordOf("a", { event, attempt: 2 }))));
    expect(lines).toEqual([
      '{"time":"2026-11-28T09:30:00.123Z","level":"INFO","message":"order received","subscription":"start-delivery","id":"fact-1","correlationId":"basket-7","attempt":2,"orderId":"ord-1"}',
    ]);
  });

  it("outside a handler says what it is told only, in its level", () => {
    const host = fakeHost();
    host.run(() => {
      log.info("a");
      log.warn("b\nc", { n: 1 });
      log.error("d");
    });
    expect(host.lines.map(({ level, message, n, id }) => [level, message, n, id])).toEqual([
      ["INFO", "a", undefined, undefined],
      ["WARN", "b\nc", 1, undefined],
      ["ERROR", "d", undefined, undefined],
    ]);
  });

  it("is joined by fields that nothing replaces", async () => {
    const host = fakeHost();
    const consumer = consume(OrderCreated, () => {
      log.info("m", { id: "mine", level: "mine", attempt: "mine" });
    });
    await host.run(() => consumer(eventOf()));
    expect(host.lines).toMatchObject([{ id: "event-1", level: "INFO", attempt: 1 }]);
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    [
      "an error with its cause",
      { error: new TypeError("no", { cause: new Error("why") }) },
      { error: { name: "TypeError", message: "no", cause: { message: "why" } } },
    ],
    ["a number beyond JSON", { n: 10n }, { n: "10" }],
    ["what cannot be written", circle, { message: "m", fields: "cannot be written as JSON" }],
  ])("is written with %s", (_, fields, written) => {
    const host = fakeHost();
    host.run(() => {
      log.info("m", fields);
    });
    expect(host.lines).toMatchObject([written]);
  });
});
