import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type BatchAnswer,
  consume,
  type Consumer,
  type Delivery,
  type HostContext,
  on,
  redriveAttribute,
} from "../src/index.js";
import { batchOf, eventOf, failed, fakeHost, queueArn, recordOf } from "./host.js";
import { order, OrderCancelled, OrderCreated } from "./shop.js";

interface Seen {
  readonly detail: unknown;
  readonly delivery: Delivery;
}

/** A consumer that fails on the ids it is given, and remembers what it saw. */
function recorder(...failing: readonly string[]) {
  const seen: Seen[] = [];
  const consumer = consume(OrderCreated, (detail, delivery) => {
    seen.push({ detail, delivery });
    if (failing.includes(delivery.id)) throw new Error(`failed on ${delivery.id}`);
  });
  return { seen, consumer };
}

const deliveriesOf = async (
  input: unknown,
  parts: Parameters<typeof fakeHost>[0] = {},
  context?: HostContext,
) => {
  const { seen, consumer } = recorder();
  await fakeHost(parts).run(() => consumer(input, context));
  return seen.map(({ delivery }) => delivery);
};

const messageOf = (parts: Readonly<Record<string, unknown>> = {}) => ({
  MessageId: "m-1",
  ReceiptHandle: "handle",
  Body: JSON.stringify(eventOf()),
  MD5OfBody: "0",
  ...parts,
});

describe("each host's input", () => {
  it("of AWS Lambda behind SQS is a batch, and is answered with what failed", async () => {
    const { seen, consumer } = recorder("event-b");
    const host = fakeHost();
    const answer = await host.run(() => consumer(batchOf(recordOf("a"), recordOf("b"), recordOf("c"))));
    expect(answer).toEqual(failed("b"));
    expect(seen.map(({ delivery }) => delivery.id)).toEqual(["event-a", "event-b", "event-c"]);
    expect(host.lines).toMatchObject([
      {
        level: "ERROR",
        message: "event failed",
        id: "event-b",
        messageId: "b",
        error: { message: "failed on event-b" },
      },
    ]);
  });

  it("of AWS Lambda behind EventBridge is the event, and a failure is thrown", async () => {
    const { consumer } = recorder("event-2");
    const { run } = fakeHost();
    expect(await run(() => consumer(eventOf()))).toBeUndefined();
    await expect(run(() => consumer(eventOf({ id: "event-2" })))).rejects.toThrow("failed on event-2");
  });

  it("of a poller is SQS's message, and a failure is thrown", async () => {
    const { consumer, seen } = recorder("event-2");
    const { run } = fakeHost();
    expect(await run(() => consumer(messageOf()))).toBeUndefined();
    const bad = messageOf({ Body: JSON.stringify(eventOf({ id: "event-2" })) });
    await expect(run(() => consumer(bad))).rejects.toThrow("failed on event-2");
    expect(seen).toHaveLength(2);
  });

  it.each([
    ["nothing", undefined, "it is undefined"],
    ["a list", [], "it is a list"],
    ["no event", {}, "it has no keys"],
    ["API Gateway's", { version: "2.0", rawPath: "/" }, "its keys are version, rawPath"],
    [
      "SNS's",
      { Records: [{ EventSource: "aws:sns", Sns: {} }] },
      "of one of its records its keys are EventSource, Sns",
    ],
    [
      "a record without an id",
      batchOf({ ...recordOf("a"), messageId: "" }),
      "of one of its records its keys are messageId",
    ],
    [
      "an event that a rule has transformed",
      { "detail-type": "Order.Created", detail: order },
      "its keys are detail-type, detail",
    ],
  ])("that is %s is an error that shows what it has", async (_, input, shown) => {
    const { consumer, seen } = recorder();
    await expect(fakeHost().run(() => consumer(input))).rejects.toThrow(shown);
    expect(seen).toEqual([]);
  });

  it("without a record is answered, too", async () => {
    expect(await fakeHost().run(() => recorder().consumer(batchOf()))).toEqual(failed());
  });
});

describe("the answer to a batch", () => {
  it("names all where all fail, and does not throw", async () => {
    const { consumer } = recorder("event-a", "event-b");
    expect(await fakeHost().run(() => consumer(batchOf(recordOf("a"), recordOf("b"))))).toEqual(
      failed("a", "b"),
    );
  });

  it.each([
    ["an error", new Error("no")],
    ["nothing", undefined],
    ["null", null],
    ["a text", "no"],
    ["a frozen object", Object.freeze({})],
    ["a number that JSON does not have", 10n],
  ])("names the record whose handler throws %s", async (_, thrown) => {
    const consumer = consume(OrderCreated, (_detail, { id }) =>
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a handler can throw anything
      id === "event-b" ? Promise.reject(thrown) : undefined,
    );
    const answer = await fakeHost().run(() => consumer(batchOf(recordOf("a"), recordOf("b"))));
    expect(answer).toEqual(failed("b"));
  });

  it("is by message, not by position: who ends first does not matter", async () => {
    const ended: string[] = [];
    const consumer = consume(OrderCreated, async (_detail, { id }) => {
      for (let turns = id === "event-a" ? 20 : 1; turns > 0; turns -= 1) await Promise.resolve();
      ended.push(id);
      if (id === "event-b") throw new Error("no");
    });
    const answer = await fakeHost().run(() => consumer(batchOf(recordOf("a"), recordOf("b"), recordOf("c"))));
    expect(ended).toEqual(["event-b", "event-c", "event-a"]);
    expect(answer).toEqual(failed("b"));
  });

  it("is well-formed whatever the bodies are, and names a body that is no event", async () => {
    const anyBody = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          { id: fc.constant("1"), source: fc.string(), "detail-type": fc.string(), detail: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((event) => JSON.stringify(event)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyBody, { maxLength: 4 }), async (bodies) => {
        const records = bodies.map((body, index) => recordOf(`m${index}`, { body }));
        const answer = await fakeHost().run(() => recorder().consumer(batchOf(...records, recordOf("good"))));
        expect(answer).toEqual(failed(...records.map(({ messageId }) => messageId)));
      }),
    );
  });
});

describe("a detail", () => {
  it("is as its schema gives it, without the metadata that a closed schema would refuse", async () => {
    const { seen, consumer } = recorder();
    const event = eventOf({ detail: { ...order, metadata: { id: "fact-1", anything: true } } });
    await fakeHost().run(() => consumer(event));
    expect(seen).toMatchObject([{ detail: { ...order, note: "none" }, delivery: { id: "fact-1", event } }]);
    expect(seen[0]?.detail).not.toHaveProperty("metadata");
  });

  it.each([["none"], [7], [null], [["list"]], [{ id: 7, correlationId: "" }]])(
    "may have %j for metadata",
    async (metadata) => {
      const [delivery] = await deliveriesOf(eventOf({ detail: { ...order, metadata } }));
      expect(delivery).toMatchObject({ id: "event-1", correlationId: "event-1" });
    },
  );

  it("is checked once for each event", async () => {
    let checks = 0;
    const counting = { "~standard": { validate: (value: unknown) => ({ value: [value, (checks += 1)] }) } };
    const consumer = consume({ ...OrderCreated, detail: counting }, () => undefined);
    await fakeHost().run(() => consumer(batchOf(recordOf("a"), recordOf("b"))));
    expect(checks).toBe(2);
  });
});

describe("a delivery", () => {
  it("has the id, the correlation and the attempt that are told", async () => {
    const metadata = { id: "fact-1", correlationId: "basket-7" };
    const event = eventOf({ detail: { ...order, metadata } });
    const [delivery] = await deliveriesOf(batchOf(recordOf("a", { event, attempt: 3 })));
    expect(delivery).toMatchObject({ id: "fact-1", correlationId: "basket-7", attempt: 3, origin: "event" });
  });

  it.each([
    ["SQS does not say", messageOf(), 1],
    ["a poller has asked for it", messageOf({ Attributes: { ApproximateReceiveCount: "4" } }), 4],
    ["it is no number", messageOf({ Attributes: { ApproximateReceiveCount: "often" } }), 1],
    ["EventBridge itself delivers", eventOf(), 1],
  ])("has an attempt where %s", async (_, input, attempt) => {
    expect(await deliveriesOf(input)).toMatchObject([{ attempt }]);
  });

  const replayed = eventOf({ "replay-name": "again" });
  const marked = eventOf({ resources: ["event-backbone:redriven:event-0:1"] });
  const attribute = { [redriveAttribute]: { stringValue: "1", dataType: "String" } };
  it.each([
    ["a replay", eventOf({ "replay-name": "again" }), "replay"],
    ["a redrive through the bus", marked, "redrive"],
    ["a redrive to the queue", batchOf(recordOf("a", { messageAttributes: attribute })), "redrive"],
    [
      "a redrive that is polled",
      messageOf({ MessageAttributes: { [redriveAttribute]: { StringValue: "1" } } }),
      "redrive",
    ],
    [
      "a redrive of what a replay had brought",
      batchOf(recordOf("a", { event: replayed, messageAttributes: attribute })),
      "redrive",
    ],
  ])("says that it comes from %s", async (_, input, origin) => {
    expect(await deliveriesOf(input)).toMatchObject([{ origin }]);
  });

  it.each([
    [
      "its variable",
      batchOf(recordOf("a")),
      "start-shipping/event-a",
      { BACKBONE_SUBSCRIPTION: "start-shipping" },
    ],
    ["its queue", batchOf(recordOf("a")), "start-delivery/event-a", {}],
    ["its function", eventOf(), "my-function/event-1", {}],
  ])("has a key that names the subscription by %s", async (_, input, key, environment) => {
    expect(await deliveriesOf(input, { environment }, { functionName: "my-function" })).toMatchObject([
      { key },
    ]);
  });

  it("has a key by its contract where nobody says more", async () => {
    expect(await deliveriesOf(messageOf())).toMatchObject([
      { key: "com.example.orders/Order.Created/event-1" },
    ]);
  });

  it("keeps two subscribers of one account apart", async () => {
    const keys = await Promise.all(
      ["a", "b"].map((name) =>
        deliveriesOf(batchOf(recordOf("m", { arn: `arn:aws:sqs:eu-west-1:1:${name}` }))),
      ),
    );
    expect(new Set(keys.flat().map(({ key }) => key)).size).toBe(2);
  });
});

describe("a queue", () => {
  const fifo = `${queueArn}.fifo`;
  const inGroup = (id: string, group: string, arn = fifo) => recordOf(id, { group, arn });

  it("without order is handled at once: one that waits holds up no other", async () => {
    let release: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    const consumer = consume(OrderCreated, async (_, { id }) => {
      if (id === "event-a") await waiting;
      else release();
    });
    expect(await fakeHost().run(() => consumer(batchOf(recordOf("a"), recordOf("b"))))).toEqual(failed());
  });

  it("with order is handled by group, and what comes after a failure of its group has failed untouched", async () => {
    const { seen, consumer } = recorder("event-b");
    const records = [
      inGroup("a", "1"),
      inGroup("b", "1"),
      inGroup("x", "2"),
      inGroup("c", "1"),
      inGroup("y", "2"),
    ];
    expect(await fakeHost().run(() => consumer(batchOf(...records)))).toEqual(failed("b", "c"));
    expect(seen.map(({ delivery }) => delivery.id).sort()).toEqual([
      "event-a",
      "event-b",
      "event-x",
      "event-y",
    ]);
  });

  it("with order hands out one of a group when the one before has ended", async () => {
    const steps: string[] = [];
    const consumer = consume(OrderCreated, async (_, { id }) => {
      steps.push(`${id} begins`);
      for (let turns = 5; turns > 0; turns -= 1) await Promise.resolve();
      steps.push(`${id} ends`);
    });
    await fakeHost().run(() => consumer(batchOf(inGroup("a", "1"), inGroup("b", "1"))));
    expect(steps).toEqual(["event-a begins", "event-a ends", "event-b begins", "event-b ends"]);
  });

  it("without order may have groups all the same, for fairness", async () => {
    const { consumer } = recorder("event-a");
    const records = [inGroup("a", "1", queueArn), inGroup("b", "1", queueArn)];
    expect(await fakeHost().run(() => consumer(batchOf(...records)))).toEqual(failed("a"));
  });
});

describe("several handlers", () => {
  const seen: string[] = [];
  const consumer = consume([
    on(OrderCreated, ({ items }) => seen.push(`created ${items.length}`)),
    on(OrderCancelled, ({ reason }) => seen.push(`cancelled for ${reason}`)),
  ]);

  it("get the events of their contracts, under former sources and the environment's, too", async () => {
    const cancelled = eventOf({
      source: "com.example.prod.cancelling",
      "detail-type": "Order.Cancelled",
      detail: { orderId: "1", reason: "stock", later: "unknown fields pass" },
    });
    await fakeHost().run(async () => {
      await consumer(eventOf({ source: "com.example.ordering" }));
      await consumer(cancelled);
    });
    expect(seen).toEqual(["created 1", "cancelled for stock"]);
  });

  it("fail, and do not reject, where the environment is not told", async () => {
    const { run } = fakeHost({ environment: { BACKBONE_ENVIRONMENT: undefined } });
    await expect(run(() => consumer(eventOf({ "detail-type": "Order.Cancelled" })))).rejects.toThrow(
      "export BACKBONE_ENVIRONMENT=prod",
    );
  });

  it("are one for each contract, and at least one", () => {
    const handler = on(OrderCreated, () => undefined);
    expect(() => consume([handler, handler])).toThrow("com.example.orders/Order.Created has two handlers");
    expect(() => consume([])).toThrow("a consumer needs a handler");
    // @ts-expect-error: what would be done with the events?
    expect(() => consume(OrderCreated)).toThrow("a consumer needs a handler");
  });
});

describe("the types of consume", () => {
  it("give a handler what its contract's schema gives, and make a handler for AWS Lambda", () => {
    const consumer = consume(OrderCreated, (detail, delivery) => {
      expectTypeOf(detail.note).toEqualTypeOf<string>();
      expectTypeOf(delivery).toEqualTypeOf<Delivery>();
      // @ts-expect-error: no such field
      expect(detail.total).toBeUndefined();
    });
    type LambdaContext = Required<HostContext> & { readonly awsRequestId: string };
    expectTypeOf<Consumer>().toExtend<
      (event: object, context: LambdaContext) => Promise<BatchAnswer | undefined>
    >();
    on(OrderCancelled, ({ reason }) => {
      expectTypeOf(reason).toEqualTypeOf<"customer" | "stock">();
    });
    expect(consumer).toBeTypeOf("function");
  });
});
