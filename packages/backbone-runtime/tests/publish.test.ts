import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { NotPublished, publish, type Published } from "../src/index.js";
import { type Answer, busArn, fakeHost, like, metadataOf, taken } from "./host.js";
import { order, OrderCancelled, OrderCreated } from "./shop.js";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...order, orderId: `${index}` }));

async function refusalOf(work: Promise<unknown>): Promise<NotPublished> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NotPublished) return error;
  throw new Error("was published, or failed otherwise", { cause: error });
}

/** Refuses each entry with the codes for its order, one after the other, and then takes it. */
function refusing(codes: Readonly<Record<string, readonly string[]>>): Answer {
  const asked = new Map<string, number>();
  return (entries) => ({
    Entries: entries.map(({ Detail = "" }) => {
      const id = /"orderId":"(.*?)"/.exec(Detail)?.[1] ?? "";
      const count = asked.get(id) ?? 0;
      asked.set(id, count + 1);
      const code = codes[id]?.[count];
      return code === undefined ? { EventId: `e-${id}` } : { ErrorCode: code, ErrorMessage: `no ${id}` };
    }),
  });
}

describe("an event that is published", () => {
  it("is an entry as EventBridge takes it, with the metadata of every event", async () => {
    const host = fakeHost();
    const published = await host.run(() => publish(OrderCreated, order));
    expect(host.requests).toMatchObject([
      [{ EventBusName: busArn, Source: "com.example.orders", DetailType: "Order.Created" }],
    ]);
    const [metadata = {}] = metadataOf(host);
    expect(metadata).toEqual({
      id: like(uuid),
      time: "2026-11-28T09:30:00.123Z",
      correlationId: metadata.id,
    });
    expect(published).toEqual({ index: 0, id: metadata.id, eventId: "1-0" });
    expect(JSON.parse(host.requests[0]?.[0]?.Detail ?? "")).toEqual({ ...order, metadata });
  });

  it("has the source of its contract, in this environment", async () => {
    const host = fakeHost();
    await host.run(() => publish(OrderCancelled, { orderId: "1", reason: "stock" }));
    expect(host.requests[0]?.[0]?.Source).toBe("com.example.prod.cancelling");
  });

  it("goes to another bus, about resources, and says of itself what it is told to", async () => {
    const host = fakeHost();
    const metadata = { id: "fact-1", time: "2026-01-01T00:00:00Z", correlationId: "basket-7", causedBy: "0" };
    await host.run(() => publish(OrderCreated, order, { bus: "local", resources: ["arn:1"], metadata }));
    expect(host.requests[0]).toMatchObject([{ EventBusName: "local", Resources: ["arn:1"] }]);
    expect(metadataOf(host)).toEqual([metadata]);
  });

  it("is checked as its consumers will see it: what JSON makes of it", async () => {
    const host = fakeHost();
    const dated = z.object({ at: z.date() });
    const at = new Date(0);
    const { refused } = await refusalOf(host.run(() => publish({ ...OrderCreated, detail: dated }, { at })));
    expect(refused[0]?.message).toMatch(/^at: .+ \(is "1970-01-01T00:00:00.000Z"\)$/);
    await host.run(() => publish(OrderCreated, { ...order, note: undefined }));
    expect(host.requests).toHaveLength(1);
  });

  it("is sent as it was written, so that a default is the reader's", async () => {
    const host = fakeHost();
    await host.run(() => publish(OrderCreated, order));
    expect(host.requests[0]?.[0]?.Detail).not.toContain("none");
  });
});

describe("several events", () => {
  it("go in requests of ten, in order, each with an id of its own", async () => {
    const host = fakeHost();
    const published = await host.run(() => publish(OrderCreated, many(23)));
    expect(host.requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(published.map(({ index }) => index)).toEqual(many(23).map((_, index) => index));
    expect(new Set(published.map(({ id }) => id)).size).toBe(23);
    expect(published[22]?.eventId).toBe("3-2");
  });

  it("go in requests of 1 MB at most, as EventBridge counts entries", async () => {
    const host = fakeHost();
    // 400,000 bytes in UTF-8: two are 800,000 bytes and fit, three do not.
    await host.run(() =>
      publish(
        OrderCreated,
        many(5).map((one) => ({ ...one, note: "ü".repeat(200_000) })),
      ),
    );
    expect(host.requests.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it("are none, and nothing is asked", async () => {
    const host = fakeHost();
    expect(await host.run(() => publish(OrderCreated, []))).toEqual([]);
    expect(host.requests).toEqual([]);
  });
});

describe("what AWS does not take", () => {
  it.each(["ThrottlingException", "InternalFailure"])(
    "with %s is sent again, and nothing else, as the very same entry",
    async (code) => {
      const host = fakeHost({}, refusing({ "1": [code, code], "3": [code] }));
      const published = await host.run(() => publish(OrderCreated, many(5)));
      expect(published.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
      expect(host.requests.map((entries) => entries.length)).toEqual([5, 2, 1]);
      expect(host.requests[2]?.[0]).toEqual(host.requests[0]?.[1]);
      expect(host.waits).toEqual([100, 200]);
    },
  );

  it("waits for a random part of a time that doubles, and not for ever", async () => {
    const code = Array.from({ length: 9 }, () => "ThrottlingException");
    const host = fakeHost({ random: () => 0.25 }, refusing({ "0": code }));
    const { refused } = await refusalOf(host.run(() => publish(OrderCreated, many(1))));
    expect(refused).toMatchObject([{ index: 0, code: "ThrottlingException", message: "no 0" }]);
    expect(host.waits).toEqual([50, 100, 200, 400]);
    expect(host.requests).toHaveLength(5);
  });

  it("for another reason is final, told with its code apart from what was taken", async () => {
    const host = fakeHost({}, refusing({ "1": ["MalformedDetail"], "2": ["AccessDeniedException"] }));
    const error = await refusalOf(host.run(() => publish(OrderCreated, many(4))));
    expect(error.accepted.map(({ index }) => index)).toEqual([0, 3]);
    expect(error.refused).toMatchObject([
      { index: 1, code: "MalformedDetail", message: "no 1" },
      { index: 2, code: "AccessDeniedException", message: "no 2" },
    ]);
    expect(error.message).toBe(
      "2 of com.example.orders/Order.Created were not published, 2 were published:\n  [1] MalformedDetail: no 1\n  [2] AccessDeniedException: no 2",
    );
    expect(host.requests).toHaveLength(1);
  });

  it.each([
    ["has no entries", {}],
    ["has too few", { Entries: [{ EventId: "1" }] }],
    ["says nothing of them", { Entries: [{}, {}] }],
  ])("because its answer %s counts as not published", async (_, answer) => {
    const host = fakeHost({}, () => answer);
    const { accepted, refused } = await refusalOf(host.run(() => publish(OrderCreated, many(2))));
    expect(accepted).toEqual([]);
    expect(refused.map(({ code }) => code)).toEqual(["NoAnswer", "NoAnswer"]);
  });

  it("as a whole request ends it: what was taken, what was in it, and what was never sent", async () => {
    const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
    const host = fakeHost({}, (entries, request) => {
      if (request === 2) throw denied;
      return taken(entries, request);
    });
    const { accepted, refused } = await refusalOf(host.run(() => publish(OrderCreated, many(25))));
    expect(accepted).toHaveLength(10);
    expect(refused.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 10 }, () => "AccessDeniedException"),
      ...Array.from({ length: 5 }, () => "NotSent"),
    ]);
    expect(host.requests).toHaveLength(2);
  });
});

describe("what is wrong before anything is sent", () => {
  it("is told at once, of every event and field, with what stands there", async () => {
    const host = fakeHost();
    const wrong = [
      { ...order, items: [] },
      order,
      { ...order, orderId: "2", items: [{ sku: "a", quantity: 0 }] },
    ];
    const { accepted, refused } = await refusalOf(host.run(() => publish(OrderCreated, wrong)));
    expect(accepted).toEqual([]);
    expect(refused).toMatchObject([
      { index: 0, code: "InvalidDetail", message: like(/^items: .+ \(is \[\]\)$/) },
      {
        index: 2,
        code: "InvalidDetail",
        message: like(/^items\[0\]\.quantity: .+ \(is 0\)$/),
      },
    ]);
    expect(host.requests).toEqual([]);
  });

  it("can be that an event is larger than EventBridge takes", async () => {
    const host = fakeHost();
    const large = { ...order, note: "x".repeat(1_048_576) };
    const { refused } = await refusalOf(host.run(() => publish(OrderCreated, large)));
    expect(refused).toMatchObject([{ code: "TooLarge", message: like(/1048576/) }]);
  });

  it("can be that it is no JSON", async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const { refused } = await refusalOf(
      fakeHost().run(() => publish({ ...OrderCreated, detail: anything }, [circle, undefined, "text"])),
    );
    expect(refused.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => "detail: cannot be written as a JSON object"),
    );
  });

  it.each([
    ["BACKBONE_BUS_ARN", OrderCreated, order, "export BACKBONE_BUS_ARN=$(aws ssm get-parameter"],
    [
      "BACKBONE_ENVIRONMENT",
      OrderCancelled,
      { orderId: "1", reason: "stock" },
      "export BACKBONE_ENVIRONMENT=prod",
    ],
  ] as const)("can be that %s is not set, which says how to set it", async (name, contract, detail, mend) => {
    const { runtime, run } = fakeHost({ environment: { [name]: "" } });
    expect(runtime.environment[name]).toBe("");
    await expect(run(() => publish<unknown, unknown>(contract, detail))).rejects.toThrow(mend);
  });
});

const anything = { "~standard": { validate: (value: unknown) => ({ value }) } };

describe("the types of publish", () => {
  it("take what the contract says, one or many, and return as many", () => {
    const typed = async () => {
      expectTypeOf(await publish(OrderCreated, order)).toEqualTypeOf<Published>();
      expectTypeOf(await publish(OrderCreated, [order])).toEqualTypeOf<readonly Published[]>();
      // @ts-expect-error: a field is missing
      await publish(OrderCreated, { orderId: "1" });
      // @ts-expect-error: not a reason
      await publish(OrderCancelled, { orderId: "1", reason: "weather" });
      // @ts-expect-error: several facts cannot have one id
      await publish(OrderCreated, [order], { metadata: { id: "1" } });
    };
    expect(typed).toBeTypeOf("function");
  });
});
