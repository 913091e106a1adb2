import { describe, expect, it } from "vitest";
import {
  createBackbone,
  delay,
  deliverTwice,
  failTimes,
  HandlersError,
  loseAnswers,
  type PutOptions,
} from "../../../rehearsal/local/index.js";
import { registry } from "../../fixtures/handled/registry.js";

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const containing = (text: string): unknown => expect.stringContaining(text);

const start = "delivery/start-delivery";
const created = "orders/Order.Created";
const order = { orderId: "o-7", total: 50 };

describe("put", () => {
  it("follows an event through the handlers until nothing runs any more", async () => {
    await using backbone = await createBackbone(registry);
    await backbone.put(created);
    expect(backbone.story()).toMatchInlineSnapshot(`
      "orders/Order.Created by orders
        delivery/start-delivery: done
          delivery/Delivery.Updated by delivery
            orders/update-order: done
              orders/Order.Updated by orders: accepted, for the rules of archive"
    `);
  });

  it("tells of a refusal, and does not throw for it", async () => {
    await using backbone = await createBackbone(registry);
    const forged = await backbone.put(created, order, { as: "delivery" });
    expect(forged.deliveries).toEqual([]);
    expect(forged.refused).toMatch(
      /^refused at the global bus: backbone-publish-delivery DenyOtherSources denies it, because .* events:source holds: the statement spares com.example.delivery; the request has com.example.orders$/,
    );
    expect(backbone.refused).toMatchObject([{ id: forged.id, by: "delivery", contract: created }]);
    expect(backbone.why(start, forged.id)).toBe(forged.refused);
    expect(backbone.story()).toBe("orders/Order.Created by delivery: refused at the global bus");
  });

  it("refuses an account that may do everything at home by the bus's own policy", async () => {
    await using backbone = await createBackbone(registry);
    const { refused } = await backbone.put(created, order, { as: "archive" });
    expect(refused).toContain("refused at the global bus: ");
    expect(refused).toContain("backbone-global ");
  });

  it.each<{ name: string; put: readonly [string, unknown?, PutOptions?]; says: string }>([
    {
      name: "a contract",
      put: ["orders/Order.Lost"],
      says: `there is no contract "orders/Order.Lost"; there are delivery/Delivery.Updated, orders/`,
    },
    {
      name: "a publisher",
      put: [created, order, { as: "nobody" }],
      says: `nobody is named "nobody"; there are the services delivery, orders and the accounts archive, delivery, global, orders`,
    },
    {
      name: "a detail",
      put: [created, { orderId: 7 }],
      says: "detail does not satisfy orders/Order.Created: ",
    },
  ])("throws for $name that makes no sense, and says what does", async ({ put, says }) => {
    await using backbone = await createBackbone(registry);
    await expect(backbone.put(put[0], put[1], put[2])).rejects.toThrow(says);
    expect(backbone.events()).toEqual([]);
  });

  it("lets a detail through that breaks its contract, if that is meant, and its consumer rejects it", async () => {
    await using backbone = await createBackbone(registry);
    const { deliveries } = await backbone.put(created, { orderId: 7 }, { unchecked: true });
    expect(deliveries).toMatchObject([
      {
        subscription: start,
        outcome: matching(/^rejected, a letter, after INVALID_DETAIL: /),
      },
    ]);
    expect(backbone.deadLetters(start)).toMatchObject([
      {
        errorCode: "INVALID_DETAIL",
        detail: { orderId: 7 },
        queue: "backbone-delivery--start-delivery-letters",
      },
    ]);
  });

  it("names what has been caused by what, in both directions", async () => {
    await using backbone = await createBackbone(registry);
    const { id } = await backbone.put(created, order);
    const [first] = backbone.events(created);
    const [moved] = backbone.events("delivery/Delivery.Updated");
    expect(moved).toMatchObject({
      causedBy: id,
      from: start,
      detail: { orderId: "o-7", status: "on-the-way" },
    });
    expect(first).toMatchObject({ id, causes: [moved?.id], causedBy: undefined, from: undefined });
  });
});

describe("why", () => {
  it("names the field and the value that a filter asks for", async () => {
    await using backbone = await createBackbone(registry);
    const small = await backbone.put(created, order);
    const large = await backbone.put(created, { ...order, total: 500 });
    expect(backbone.why("delivery/large-orders", small.id)).toBe(
      "filtered: detail.total: wanted a number > 100; the event has 50",
    );
    expect(backbone.why("delivery/large-orders", large.id)).toBe("queued");
    expect(backbone.why("orders/update-order", small.id)).toBe(
      "no route: orders/update-order takes delivery/Delivery.Updated, and not orders/Order.Created",
    );
  });

  it("throws for what is not there, and says what is", async () => {
    await using backbone = await createBackbone(registry);
    expect(() => backbone.why("delivery/nothing", "x")).toThrow(
      'there is no subscription "delivery/nothing"; there are delivery/large-orders, delivery/start-delivery, orders/update-order',
    );
    expect(() => backbone.why(start, "x")).toThrow('there is no event "x"');
  });
});

describe("a handler that fails", () => {
  it("is tried again when its message shows, and becomes a letter when that has been often enough", async () => {
    await using backbone = await createBackbone(registry);
    const { id, deliveries } = await backbone.put(created, { ...order, orderId: "unlucky" });
    const failed = "after Error: no van is free";
    expect(deliveries[0]?.outcome).toBe(`attempt 2 of 3 in 180 s, ${failed}`);
    await backbone.advance("3 minutes");
    expect(backbone.why(start, id)).toBe(`attempt 3 of 3 in 180 s, ${failed}`);
    await backbone.advance("3 minutes");
    expect(backbone.why(start, id)).toBe(`given up after 3 of 3 attempts, a letter in 180 s, ${failed}`);
    await backbone.advance("3 minutes");
    expect(backbone.why(start, id)).toBe(`letter after 3 of 3 attempts, ${failed}`);
    expect(backbone.deadLetters(start)).toMatchObject([{ id, receives: 3, errorCode: undefined }]);
    expect(backbone.events(created)[0]?.deliveries[0]?.attempts).toMatchObject([
      { number: 1, error: { name: "Error", message: "no van is free" } },
      { number: 2 },
      { number: 3 },
    ]);
  });

  it("has its error, its stack and its lines in the attempt", async () => {
    await using backbone = await createBackbone(registry);
    const { deliveries } = await backbone.put(created, { ...order, orderId: "unlucky" });
    const [attempt] = deliveries[0]?.attempts ?? [];
    expect(attempt?.error?.stack).toContain("start-delivery.ts");
    expect(attempt?.lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: "ERROR", message: "event failed" },
    ]);
  });

  it("works again after a redrive", async () => {
    await using backbone = await createBackbone(registry, { faults: { [start]: failTimes(3) } });
    await backbone.put(created, order);
    await backbone.advance("15 minutes");
    expect(backbone.deadLetters(start)).toHaveLength(1);
    expect(await backbone.redrive(start)).toMatchObject([{ subscription: start, outcome: "done" }]);
    expect(backbone.deadLetters(start)).toEqual([]);
    expect(backbone.events("delivery/Delivery.Updated")).toHaveLength(1);
  });
});

describe("faults", () => {
  it("fail the next attempts, and no more", async () => {
    await using backbone = await createBackbone(registry, { faults: { [start]: failTimes(2) } });
    const { id, deliveries } = await backbone.put(created, order);
    expect(deliveries[0]?.outcome).toBe("attempt 2 of 3 in 180 s, after Fault: it was to fail, by failTimes");
    await backbone.advance("6 minutes");
    expect(backbone.why(start, id)).toBe("done");
    expect(backbone.events("delivery/Delivery.Updated")).toHaveLength(1);
  });

  it("delay what comes to a subscription", async () => {
    await using backbone = await createBackbone(registry, { faults: { [start]: delay("1 minute") } });
    const { id, deliveries } = await backbone.put(created, order);
    expect(deliveries[0]?.outcome).toBe("queued, delayed for 60 s");
    await backbone.advance("59 seconds");
    expect(backbone.why(start, id)).toBe("queued, delayed for 1 s");
    await backbone.advance("1 second");
    expect(backbone.why(start, id)).toBe("done");
  });

  it("deliver twice: what is done once has one effect, what is not has two", async () => {
    await using backbone = await createBackbone(registry, { duplicates: true });
    const { deliveries } = await backbone.put(created, order);
    expect(deliveries).toMatchObject([{ subscription: start, outcome: "done", attempts: [{}, {}] }]);
    expect(backbone.events("delivery/Delivery.Updated")).toHaveLength(1);
    expect(backbone.events("orders/Order.Updated")).toHaveLength(2);
  });

  it("deliver twice as often as they say", async () => {
    await using backbone = await createBackbone(registry, { faults: { [start]: deliverTwice(1) } });
    const first = await backbone.put(created, order);
    const second = await backbone.put(created, order);
    expect(first.deliveries[0]?.attempts).toHaveLength(2);
    expect(second.deliveries[0]?.attempts).toHaveLength(1);
  });

  it("lose answers: the same fact is there twice", async () => {
    await using backbone = await createBackbone(registry, { faults: { [start]: loseAnswers() } });
    await backbone.put(created, order);
    const moved = backbone.events("delivery/Delivery.Updated");
    expect(moved).toHaveLength(2);
    expect(new Set(moved.map(({ metadata }) => metadata.id)).size).toBe(1);
  });
});

describe("handlers", () => {
  it("are left out where `only` does not name them: what comes to them stays in the queue", async () => {
    await using backbone = await createBackbone(registry, { only: ["delivery"] });
    await backbone.put(created);
    const [moved] = backbone.events("delivery/Delivery.Updated");
    expect(moved?.deliveries).toMatchObject([
      { subscription: "orders/update-order", outcome: "queued", attempts: [] },
    ]);
    await expect(createBackbone(registry, { only: ["shipping"] })).rejects.toThrow(
      'only: no service or subscription is named "shipping"; there are delivery, orders, delivery/large-orders',
    );
  });

  it("may be given as functions, also to a queue of which the team takes what comes itself", async () => {
    const seen: unknown[] = [];
    await using backbone = await createBackbone(registry, {
      handlers: { "delivery/large-orders": (event, context) => void seen.push(event, context) },
    });
    const { id, deliveries } = await backbone.put(created, { orderId: "o-9", total: 101 });
    expect(deliveries).toMatchObject([
      { subscription: "delivery/large-orders", outcome: "done" },
      { subscription: start, outcome: "done" },
    ]);
    expect(seen).toMatchObject([
      { Records: [{ eventSource: "aws:sqs", body: containing(id) }] },
      { functionName: "backbone-delivery--large-orders" },
    ]);
  });

  it("are told about, all of them, if they cannot be used", async () => {
    const broken = {
      ...registry,
      subscriptions: {
        delivery: {
          missing: { events: created, to: { function: { handler: "tests/fixtures/handled/missing.ts" } } },
          nameless: { events: created, to: { function: { handler: "tests/fixtures/handled/services.ts" } } },
        },
      },
    };
    const failure = createBackbone(broken);
    await expect(failure).rejects.toThrow(HandlersError);
    await expect(failure).rejects.toThrow(
      'delivery/nameless: tests/fixtures/handled/services.ts: exports no function "handler"; write: export const handler = consume(…) (it exports delivery, orders)',
    );
    await expect(failure).rejects.toThrow(
      "delivery/missing: tests/fixtures/handled/missing.ts: there is no such file",
    );
  });
});

it("runs every contract's example through every subscriber", async () => {
  await using backbone = await createBackbone(registry);
  for (const contract of backbone.contracts()) await backbone.put(contract);
  const outcomes = backbone.events().flatMap(({ deliveries }) => deliveries.map(({ outcome }) => outcome));
  expect(new Set(outcomes)).toEqual(new Set(["done"]));
});

it("keeps backbones of one process apart", async () => {
  await using one = await createBackbone(registry, { faults: { [start]: failTimes(1) } });
  await using other = await createBackbone(registry);
  await Promise.all([one.put(created, order), other.put(created, order)]);
  expect(one.events().map(({ contract }) => contract)).toEqual([created]);
  expect(other.events().map(({ contract }) => contract)).toEqual([
    created,
    "delivery/Delivery.Updated",
    "orders/Order.Updated",
  ]);
});
