import { describe, expect, expectTypeOf, it } from "vitest";
import { consume, contract, on, once, publish } from "../src/index.js";
import { sourcesOf } from "../src/contract.js";
import { eventOf, fakeHost } from "./host.js";
import { ObjectCreated, order, OrderCreated, uploads } from "./shop.js";

const object = { object: { key: "orders/7.csv" }, metadata: { id: "AWS's own" } };
const putByS3 = (id: string, parts: Readonly<Record<string, unknown>> = {}) =>
  eventOf({ id, source: "aws.s3", "detail-type": "Object Created", detail: object, ...parts });

describe("a contract of AWS's events", () => {
  it("has every source that is listed, and says where its events come from", () => {
    expect(sourcesOf(ObjectCreated, {})).toEqual(["aws.s3", "aws.s3-outposts"]);
    expect(ObjectCreated.from).toBe("default-bus");
    expect(OrderCreated).not.toHaveProperty("from");
  });

  it("of one source is the same as a list of it", () => {
    const plain = contract({ ...uploads, source: "aws.s3" }, "Object Created");
    expect(plain).toEqual(contract({ ...uploads, source: ["aws.s3"] }, "Object Created"));
    expect(plain.source).toBe("aws.s3");
  });
});

describe("a handler of AWS's events", () => {
  it.each(["aws.s3", "aws.s3-outposts"])(
    "gets those of %s whole, whatever field they have",
    async (source) => {
      const seen: unknown[] = [];
      const consumer = consume(ObjectCreated, (detail, { id, correlationId }) => {
        expectTypeOf(detail.object.key).toEqualTypeOf<string>();
        seen.push({ detail, id, correlationId });
      });
      await fakeHost().run(() => consumer(putByS3("event-1", { source })));
      expect(seen).toEqual([{ detail: object, id: "event-1", correlationId: "event-1" }]);
    },
  );

  it("does a thing once for the id of the event", async () => {
    const done: string[] = [];
    const consumer = consume(ObjectCreated, ({ object: { key } }, delivery) =>
      once(delivery.key, () => done.push(key)),
    );
    await fakeHost().run(async () => {
      await consumer(putByS3("event-1"));
      await consumer(putByS3("event-1"));
      await consumer(putByS3("event-2"));
    });
    expect(done).toEqual(["orders/7.csv", "orders/7.csv"]);
  });

  it("stands beside those of services, and each source has one", async () => {
    const seen: string[] = [];
    const consumer = consume([
      on(OrderCreated, () => seen.push("order")),
      on(ObjectCreated, () => seen.push("object")),
    ]);
    await fakeHost().run(async () => {
      await consumer(putByS3("event-1"));
      await consumer(eventOf());
    });
    expect(seen).toEqual(["object", "order"]);
    const alone = contract({ ...uploads, source: "aws.s3-outposts" }, "Object Created");
    const twice = () => consume([on(ObjectCreated, () => undefined), on(alone, () => undefined)]);
    expect(twice).toThrow("aws.s3-outposts/Object Created has two handlers");
  });

  it("publishes what follows under its own source, caused by the event", async () => {
    const host = fakeHost();
    const consumer = consume(ObjectCreated, () => publish(OrderCreated, order));
    await host.run(() => consumer(putByS3("event-1")));
    const detail: unknown = JSON.parse(host.requests[0]?.[0]?.Detail ?? "");
    expect(detail).toMatchObject({ metadata: { causedBy: "event-1", correlationId: "event-1" } });
  });
});

describe("publishing an event of AWS", () => {
  const says = "aws.s3/Object Created cannot be published: EventBridge takes events of AWS";

  it("is refused by the compiler, and before anything is sent", async () => {
    const host = fakeHost({ environment: { BACKBONE_BUS_ARN: "" } });
    // @ts-expect-error: nobody but AWS publishes it
    await expect(host.run(() => publish(ObjectCreated, object))).rejects.toThrow(says);
    expect(host.requests).toEqual([]);
  });

  it("is refused where a contract is written by hand", async () => {
    const byHand = { source: "aws.s3", detailType: "Object Created", detail: ObjectCreated.detail };
    await expect(fakeHost().run(() => publish(byHand, object))).rejects.toThrow(says);
  });
});
