import { describe, expect, it } from "vitest";
import { consume, createRuntime, log, once, publish, withRuntime } from "../src/index.js";
import type * as original from "../src/runtime.js";
import { batchOf, eventOf, fakeHost, metadataOf, recordOf } from "./host.js";
import { order, OrderCreated } from "./shop.js";

const metadata = { id: "fact-1", correlationId: "basket-7", traceparent: "00-1-2-01" };
const event = eventOf({ detail: { ...order, metadata } });

const publishing = consume(OrderCreated, async ({ orderId }) => {
  await publish(OrderCreated, { ...order, orderId: `${orderId}-next` });
});

describe("what a handler publishes", () => {
  it("belongs to what it handles", async () => {
    const host = fakeHost();
    await host.run(() => publishing(event));
    expect(metadataOf(host)).toMatchObject([
      { correlationId: "basket-7", causedBy: "fact-1", traceparent: "00-1-2-01" },
    ]);
  });

  it("is caused by the event's id where the event says nothing of itself, and begins a correlation", async () => {
    const host = fakeHost();
    await host.run(() => publishing(eventOf()));
    expect(metadataOf(host)).toMatchObject([{ correlationId: "event-1", causedBy: "event-1" }]);
    expect(metadataOf(host)[0]).not.toHaveProperty("traceparent");
  });

  it("belongs to its own event among those that are handled at the same time", async () => {
    const host = fakeHost();
    let waiting = 0;
    let release: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const consumer = consume(OrderCreated, async () => {
      waiting += 1;
      if (waiting === 3) release();
      await all;
      await publish(OrderCreated, order);
    });
    await host.run(() => consumer(batchOf(recordOf("a"), recordOf("b"), recordOf("c"))));
    expect(metadataOf(host).map(({ causedBy }) => causedBy)).toEqual(["event-a", "event-b", "event-c"]);
  });

  it("leaves nothing behind: what is published after it begins anew", async () => {
    const host = fakeHost();
    await host.run(async () => {
      await publishing(event);
      await publish(OrderCreated, order);
    });
    const [, after = {}] = metadataOf(host);
    expect(after.correlationId).toBe(after.id);
    expect(after).not.toHaveProperty("causedBy");
  });
});

describe("the id of what a handler publishes", () => {
  const idsOf = async (input: unknown, consumer = publishing) => {
    const host = fakeHost();
    await host.run(() => consumer(input));
    return metadataOf(host).map(({ id }) => id);
  };

  it("is the same in each try, in a replay and in a redrive: the same fact", async () => {
    const ids = await Promise.all([
      idsOf(batchOf(recordOf("a", { event }))),
      idsOf(batchOf(recordOf("a", { event, attempt: 2 }))),
      idsOf(batchOf(recordOf("b", { event: { ...event, id: "another", "replay-name": "again" } }))),
    ]);
    expect(new Set(ids.flat()).size).toBe(1);
  });

  it("is another for another event, another subscription, and other content", async () => {
    const other = consume(OrderCreated, () => publish(OrderCreated, { ...order, note: "other" }));
    const ids = await Promise.all([
      idsOf(batchOf(recordOf("a", { event }))),
      idsOf(batchOf(recordOf("a"))),
      idsOf(batchOf(recordOf("a", { event, arn: "arn:aws:sqs:eu-west-1:1:other" }))),
      idsOf(batchOf(recordOf("a", { event })), other),
    ]);
    expect(new Set(ids.flat()).size).toBe(4);
  });

  it("is another for each of two that are alike", async () => {
    const twice = consume(OrderCreated, () => publish(OrderCreated, [order, order]));
    const ids = await idsOf(event, twice);
    expect(new Set(ids).size).toBe(2);
    expect(await idsOf(event, twice)).toEqual(ids);
  });
});

describe("two runtimes of one process", () => {
  it("know nothing of each other, even where one's handler runs in what the other's publishes", async () => {
    const delivery = fakeHost({ environment: { BACKBONE_BUS_ARN: "delivery's" } });
    const done: string[] = [];
    const deliveryConsumer = consume(OrderCreated, async (_, { key, correlationId }) => {
      await once(key, () => done.push(correlationId));
      log.info("handled");
      await publish(OrderCreated, order);
    });
    const orders = fakeHost({
      environment: { BACKBONE_BUS_ARN: "orders'" },
      putEvents: async ({ Entries }) => {
        log.info("on its way");
        await withRuntime(delivery.runtime, async () => {
          await publish(OrderCreated, order);
          await deliveryConsumer(eventOf({ id: "event-9" }));
        });
        return { Entries: Entries.map(() => ({ EventId: "1" })) };
      },
    });
    await orders.run(() => publishing(event));
    expect(orders.lines).toMatchObject([{ message: "on its way", id: "fact-1" }]);
    expect(delivery.lines).toMatchObject([{ message: "handled", id: "event-9" }]);
    expect(done).toEqual(["event-9"]);
    const [outside = {}, inside] = metadataOf(delivery);
    expect(outside.correlationId).toBe(outside.id);
    expect(inside).toMatchObject({ causedBy: "event-9" });
    expect(delivery.requests.flat().map(({ EventBusName }) => EventBusName)).toEqual([
      "delivery's",
      "delivery's",
    ]);
  });

  it("are found by another copy of this package, such as the one in a handler's bundle", async () => {
    const address = new URL("../src/runtime.ts?copy", import.meta.url).href;
    const copy: unknown = await import(/* @vite-ignore */ address);
    if (!isCopy(copy)) throw new Error("no copy of the runtime");
    expect(copy.withRuntime).not.toBe(withRuntime);
    const { runtime } = fakeHost();
    expect(withRuntime(runtime, () => copy.currentScope().runtime)).toBe(runtime);
  });

  it("remember apart what has been done", async () => {
    const runs: string[] = [];
    for (const name of ["a", "b", "a"]) {
      const runtime = runtimes[name] ?? createRuntime();
      await withRuntime(runtime, () => once("the same key", () => runs.push(name)));
    }
    expect(runs).toEqual(["a", "b"]);
  });
});

function isCopy(value: unknown): value is typeof original {
  return typeof value === "object" && value !== null && "currentScope" in value;
}

const runtimes: Readonly<Record<string, ReturnType<typeof createRuntime>>> = {
  a: createRuntime({ environment: {} }),
  b: createRuntime({ environment: {} }),
};
