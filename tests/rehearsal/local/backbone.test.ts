import { VirtualClock } from "aws-stand-in";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CircleError,
  createBackbone,
  type Handler,
  LocalBackbone,
  type LogRecord,
  senderOf,
} from "../../../rehearsal/local/index.js";
import { stageFor } from "../../../rehearsal/local/stages.js";
import { publisherPolicy, type Stage } from "../../../rehearsal/stage.js";
import { handlers, registry as circular } from "../../fixtures/handled/circle.js";
import { registry } from "../../fixtures/handled/registry.js";

const containing = (text: string): unknown => expect.stringContaining(text);

const start = "delivery/start-delivery";
const created = "orders/Order.Created";

describe("time", () => {
  it("ends a handler that never does, at its timeout", async () => {
    const never: Handler = () => new Promise(() => undefined);
    await using backbone = await createBackbone(registry, { handlers: { [start]: never } });
    const put = backbone.put(created);
    await backbone.advance("30 seconds");
    const { id } = await put;
    expect(backbone.why(start, id)).toBe(
      "attempt 2 of 3 in 150 s, after Timeout: the function was ended after 30 s, its timeout",
    );
  });

  it("is what handlers are told of, and what `consume` ends by itself", async () => {
    const remaining: unknown[] = [];
    await using backbone = await createBackbone(registry, {
      handlers: {
        [start]: (_, context) => {
          remaining.push(context.getRemainingTimeInMillis?.());
        },
      },
    });
    await backbone.put(created);
    expect(remaining).toEqual([30_000]);
  });

  it("is a number and a unit", async () => {
    await using backbone = await createBackbone(registry);
    // @ts-expect-error: what has no unit is no duration
    await expect(backbone.advance("5")).rejects.toThrow('"5" is no duration: write "30 seconds"');
  });
});

describe("a circle", () => {
  it("is an error that tells the way round", async () => {
    await using backbone = await createBackbone(circular, { handlers, budget: 50 });
    const put = backbone.put(created);
    await expect(put).rejects.toThrow(CircleError);
    await expect(put).rejects.toThrow(
      "one event has led to more than 50 others, which go round in a circle: " +
        "delivery/Delivery.Updated → orders/ask-again → orders/Order.Created → delivery/answer → delivery/Delivery.Updated",
    );
    expect(backbone.events().length).toBeLessThan(55);
  });
});

describe("the answer of a function", () => {
  const failing =
    (answer: (ids: string[]) => unknown): Handler =>
    (event) =>
      answer(idsIn(event));
  it.each<{ name: string; handler: Handler; outcome: string }>([
    { name: "nothing: all is done", handler: () => undefined, outcome: "done" },
    { name: "null: all is done", handler: () => null, outcome: "done" },
    { name: "no failures: all is done", handler: () => ({ batchItemFailures: [] }), outcome: "done" },
    {
      name: "one that failed",
      handler: failing((ids) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })),
      outcome: "attempt 2 of 3 in 180 s, after Failed: the handler named it among its batchItemFailures",
    },
    {
      name: "one that is none of the batch: all have failed",
      handler: () => ({ batchItemFailures: [{ itemIdentifier: "x" }] }),
      outcome: "attempt 2 of 3 in 180 s, after Failed: the handler named it among its batchItemFailures",
    },
    {
      name: "an error: all have failed",
      handler: () => {
        throw new TypeError("boom");
      },
      outcome: "attempt 2 of 3 in 180 s, after TypeError: boom",
    },
  ])("$name", async ({ handler, outcome }) => {
    await using backbone = await createBackbone(registry, { handlers: { [start]: handler } });
    const { deliveries } = await backbone.put(created);
    expect(deliveries[0]?.outcome).toBe(outcome);
  });
});

function idsIn(event: unknown): string[] {
  const records: unknown = Reflect.get(Object(event), "Records");
  return Array.isArray(records)
    ? records.map((record: object) => String(Reflect.get(record, "messageId")))
    : [];
}

describe("the core", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await stageFor(registry);
  });
  const entry = (detail: object = { orderId: "o-1", total: 5 }) => ({
    Source: "com.example.orders",
    DetailType: "Order.Created",
    Detail: JSON.stringify(detail),
    EventBusName: stage.busOf("global"),
  });

  it("answers a call as AWS does: each entry, or the error of all", () => {
    const backbone = new LocalBackbone(stage, { clock: new VirtualClock() });
    const orders = senderOf(stage, "orders");
    const answer = backbone.putEvents(orders, [entry(), { ...entry(), Detail: "no" }]);
    const [first] = backbone.told();
    expect(answer).toEqual({
      ok: true,
      entries: [{ eventId: first?.id }, { errorCode: "MalformedDetail", errorMessage: containing("JSON") }],
    });
    expect(backbone.putEvents(senderOf(stage, "delivery"), [entry()])).toEqual({
      ok: false,
      code: "AccessDeniedException",
      message: `User: arn:aws:iam::333333333333:role/publisher-of-delivery is not authorized to perform: events:PutEvents on resource: ${stage.busOf("global")}`,
    });
    expect(backbone.putEvents(orders, [])).toMatchObject({ ok: false, code: "ValidationException" });
  });

  it("takes an event for a bus that is not there, as AWS does, and tells that it is lost", () => {
    const backbone = new LocalBackbone(stage, { clock: new VirtualClock() });
    const elsewhere = stage.busOf("global").replace("backbone-global", "other");
    const caller = { ...senderOf(stage, "orders"), caller: { ...senderOf(stage, "global").caller } };
    backbone.putEvents(caller, [{ ...entry(), EventBusName: elsewhere }]);
    expect(backbone.told()).toMatchObject([{ outcome: `accepted, and lost: there is no bus ${elsewhere}` }]);
  });

  it("tells consumers that poll what became of their messages, too", () => {
    const backbone = new LocalBackbone(stage, { clock: new VirtualClock() });
    const id = backbone.put(senderOf(stage, "orders"), entry({ orderId: "o-1", total: 500 }));
    const queue = backbone.queues.existing(
      "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery--large-orders",
    );
    const [message] = queue.receive();
    expect(backbone.why("delivery/large-orders", id)).toBe("attempt 1 of 5 runs");
    queue.delete(message?.receiptHandle ?? "");
    expect(backbone.why("delivery/large-orders", id)).toBe("done");
  });

  it("gives every log group what comes to it", () => {
    const records: LogRecord[] = [];
    const backbone = new LocalBackbone(stage, {
      clock: new VirtualClock(),
      onLog: (one) => records.push(one),
    });
    const id = backbone.put(senderOf(stage, "orders"), entry());
    expect(records.map(({ logGroup }) => logGroup.split(":").at(-1)).sort()).toEqual([
      expect.stringContaining("archive"),
      expect.stringContaining("delivery"),
      expect.stringContaining("global"),
    ]);
    expect(JSON.parse(records[0]?.message ?? "")).toMatchObject({ id, account: "222222222222" });
  });

  it("keeps the last events, and says how many fell out", () => {
    const backbone = new LocalBackbone(stage, { clock: new VirtualClock(), kept: 2 });
    const put = () => backbone.put(senderOf(stage, "orders"), entry());
    const first = put();
    const kept = [put(), put()];
    expect(backbone.told().map(({ id }) => id)).toEqual(kept);
    expect(backbone.log.fellOut).toBe(1);
    expect(backbone.tell(first)).toBeUndefined();
    expect(() => backbone.why(start, first)).toThrow("the first 1 are no longer kept");
  });

  it("tells readers of every change, and where to go on", () => {
    const backbone = new LocalBackbone(stage, { clock: new VirtualClock() });
    const told: string[] = [];
    const stop = backbone.log.subscribe((id) => told.push(id));
    const first = backbone.put(senderOf(stage, "orders"), entry());
    const seen = backbone.log.get(first)?.changed ?? 0;
    expect(new Set(told)).toEqual(new Set([first]));
    expect(backbone.log.after(seen)).toEqual([]);
    stop();
    const before = told.length;
    const second = backbone.put(senderOf(stage, "orders"), entry());
    expect(told).toHaveLength(before);
    expect(backbone.log.after(seen).map(({ id }) => id)).toEqual([second]);
  });

  it("lets a handler publish as its function's role, and as nobody else", async () => {
    const backbone = new LocalBackbone(stage, { clock: new VirtualClock() });
    const { handler } = await import("../../fixtures/handled/start-delivery.js");
    backbone.handle(start, handler);
    backbone.put(senderOf(stage, "orders"), entry());
    await backbone.settle();
    const [, moved] = backbone.log.all();
    const policy = publisherPolicy(stage, { service: "delivery", account: "delivery" });
    const policies: unknown = expect.arrayContaining([policy]);
    expect(moved?.sender).toMatchObject({
      service: "delivery",
      subscription: start,
      caller: {
        arn: "arn:aws:iam::333333333333:role/backbone-delivery--start-delivery",
        policies,
      },
    });
  });
});
