import { Ajv } from "ajv";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { ajvSchema, type Contract, contract } from "../src/index.js";
import { checkDetail, sourcesOf } from "../src/contract.js";
import { order, OrderCancelled, OrderCreated, orders } from "./shop.js";

interface Archived {
  readonly orderId: string;
}

const schema = { type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } };
const archived = () => ajvSchema(new Ajv({ allErrors: true }).compile<Archived>(schema));

describe("a contract of a service", () => {
  it("has the service's source, or its own, and the former ones of the service", () => {
    const prod = { BACKBONE_ENVIRONMENT: "prod" };
    expect(sourcesOf(OrderCreated, prod)).toEqual(["com.example.orders", "com.example.ordering"]);
    expect(sourcesOf(OrderCancelled, prod)).toEqual(["com.example.prod.cancelling"]);
  });

  it("with a source of the environment says what is missing where that is not told", () => {
    expect(() => sourcesOf(OrderCancelled, {})).toThrow("export BACKBONE_ENVIRONMENT=prod");
  });

  it("is typed by its schema: what is published, and what a handler gets", () => {
    expectTypeOf(OrderCreated).toEqualTypeOf<
      Contract<
        { orderId: string; items: { sku: string; quantity: number }[]; note?: string | undefined },
        { orderId: string; items: { sku: string; quantity: number }[]; note: string }
      >
    >();
    expectTypeOf(contract(orders, "Order.Archived", archived())).toEqualTypeOf<
      Contract<Archived, Archived>
    >();
  });

  it("can be written by hand, with any Standard Schema", async () => {
    const ByHand: Contract<{ n: string }, { n: number }> = {
      source: "a",
      detailType: "B",
      detail: z.object({ n: z.string().transform(Number) }),
    };
    expect(await checkDetail(ByHand, { n: "7" })).toEqual({ ok: true, detail: { n: 7 } });
  });

  it("is not made of what is not there, or cannot be checked", () => {
    // @ts-expect-error: no such contract
    expect(() => contract(orders, "Order.Lost")).toThrow(
      "the service com.example.orders has no contract Order.Lost; it has Order.Created, Order.Cancelled, Order.Archived",
    );
    // @ts-expect-error: a JSON Schema checks nothing by itself
    expect(() => contract(orders, "Order.Archived")).toThrow("ajvSchema(ajv.compile(…))");
  });
});

describe("what is wrong with a detail", () => {
  it("is told with every path and what stands there", async () => {
    const checked = await checkDetail(OrderCreated, {
      items: [{ sku: 7, quantity: -1 }],
      "odd key": true,
      note: "x".repeat(200),
    });
    expect(checked).toEqual({
      ok: false,
      problems: [
        expect.stringMatching(/^orderId: .+ \(is missing\)$/),
        expect.stringMatching(/^items\[0\]\.sku: .+ \(is 7\)$/),
        expect.stringMatching(/^items\[0\]\.quantity: .+ \(is -1\)$/),
        expect.stringMatching(/^detail: .*odd key.* \(is \{"items".{80,100}…\)$/),
      ],
    });
  });

  it("is told without what stands there, where that is personal", async () => {
    const checked = await checkDetail(OrderCancelled, { orderId: 4711, reason: "Ada" });
    expect(JSON.stringify(checked)).not.toMatch(/4711|Ada/);
    expect(checked).toMatchObject({
      problems: [expect.stringContaining("orderId: "), expect.stringContaining("reason")],
    });
  });

  it("is told alike by ajv", async () => {
    const detail = contract(orders, "Order.Archived", archived());
    expect(await checkDetail(detail, { orderId: 1 })).toEqual({
      ok: false,
      problems: ["orderId: must be string (is 1)"],
    });
    expect(await checkDetail(detail, {})).toEqual({
      ok: false,
      problems: ["detail: must have required property 'orderId' (is {})"],
    });
    expect(await checkDetail(detail, { orderId: "1" })).toEqual({ ok: true, detail: { orderId: "1" } });
  });

  it("is told of fields that every object has and this one has not", async () => {
    const issue = { message: "no", path: ["constructor", { key: "name" }] };
    const refusing = { "~standard": { validate: () => ({ issues: [issue] }) } };
    const checked = await checkDetail({ ...OrderCreated, detail: refusing }, order);
    expect(checked).toMatchObject({ problems: ["constructor.name: no (is missing)"] });
  });

  it("is told by a schema that takes its time", async () => {
    const slow = { "~standard": { validate: () => Promise.resolve({ issues: [{ message: "no" }] }) } };
    expect(await checkDetail({ ...OrderCreated, detail: slow }, order)).toMatchObject({ ok: false });
  });
});
