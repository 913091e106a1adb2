import { type Contract, consume, contract, createRuntime, publish, withRuntime } from "backbone-runtime";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { accounts } from "../config/accounts.js";
import { delivery, orders } from "../config/services/index.js";
import { defineAwsEvents, defineService, jsonSchema } from "../infra/registry/index.js";

const everything = { "~standard": { validate: (value: unknown) => ({ value }) } };

describe("a contract as the registry defines it", () => {
  it("is one of the runtime's, with the types of its schema", async () => {
    const OrderUpdated = contract(orders, "Order.Updated");
    const DeliveryUpdated = contract(delivery, "Delivery.Updated");
    expectTypeOf(DeliveryUpdated).toEqualTypeOf<Contract<DeliveryDetail, DeliveryDetail>>();

    const sources: (string | undefined)[] = [];
    const runtime = createRuntime({
      environment: { BACKBONE_BUS_ARN: "bus" },
      putEvents: ({ Entries }) => {
        sources.push(...Entries.map(({ Source }) => Source));
        return Promise.resolve({ Entries: Entries.map(() => ({ EventId: "1" })) });
      },
    });
    await withRuntime(runtime, async () => {
      await publish(OrderUpdated, { orderId: "ord-1", status: "shipped" });
      await publish(DeliveryUpdated, { deliveryId: "del-1", orderId: "ord-1", status: "accepted" });
    });
    expect(sources).toEqual(["com.example.orders", "com.example.delivery"]);
  });

  it("keeps its own source, former sources and what is sensitive", () => {
    const words = {
      description: "…",
      version: 1,
      detail: z.object({ id: z.string() }),
      example: { id: "1" },
    };
    const service = defineService(accounts, {
      account: "orders",
      source: "com.example.orders",
      alsoSources: ["shop"],
      contracts: {
        "Order.Placed": words,
        "Order.Paid": { ...words, source: "com.example.{environment}.till", sensitive: true },
        "Order.Filed": { ...words, detail: jsonSchema("schemas/order.yaml") },
      },
    });
    expect(contract(service, "Order.Placed")).toMatchObject({
      source: "com.example.orders",
      alsoSources: ["shop"],
      detailType: "Order.Placed",
    });
    expect(contract(service, "Order.Paid")).toMatchObject({
      source: "com.example.{environment}.till",
      sensitive: true,
    });
    // @ts-expect-error: a JSON Schema checks nothing by itself
    expect(() => contract(service, "Order.Filed")).toThrow("has no schema that can check a detail");
    expect(contract(service, "Order.Filed", everything).detail).toBe(everything);
  });

  it("is AWS's to publish where its events come from a default bus, and anybody's to handle", async () => {
    const calls = defineAwsEvents(accounts, {
      from: "default-bus",
      accounts: ["orders"],
      source: ["aws.iam", "aws.sts"],
      contracts: {
        "AWS API Call via CloudTrail": {
          description: "…",
          version: 1,
          detail: z.object({ eventName: z.string() }),
          example: { eventName: "CreateRole" },
        },
      },
    });
    const ApiCalled = contract(calls, "AWS API Call via CloudTrail");
    expect(ApiCalled).toMatchObject({ source: "aws.iam", alsoSources: ["aws.sts"] });
    consume(ApiCalled, ({ eventName }) => {
      expectTypeOf(eventName).toEqualTypeOf<string>();
    });
    // @ts-expect-error: EventBridge takes it from nobody else
    await expect(publish(ApiCalled, { eventName: "CreateRole" })).rejects.toThrow("cannot be published");
  });
});

interface DeliveryDetail {
  deliveryId: string;
  orderId: string;
  status: "accepted" | "on-the-way" | "delivered" | "failed";
}
