import { z } from "zod";
import { contract } from "../src/index.js";

/** As `defineService` of a registry returns it. */
export const orders = {
  account: "orders",
  source: "com.example.orders",
  alsoSources: ["com.example.ordering"],
  contracts: {
    "Order.Created": {
      description: "A customer has placed an order.",
      version: 1,
      detail: z.strictObject({
        orderId: z.string(),
        items: z.array(z.object({ sku: z.string(), quantity: z.int().positive() })).min(1),
        note: z.string().default("none"),
      }),
      example: { orderId: "ord-1", items: [{ sku: "tea-pot", quantity: 1 }] },
    },
    "Order.Cancelled": {
      description: "An order will not be sent.",
      version: 1,
      source: "com.example.{environment}.cancelling",
      sensitive: true,
      detail: z.object({ orderId: z.string(), reason: z.enum(["customer", "stock"]) }),
      example: { orderId: "ord-1", reason: "stock" },
    },
    "Order.Archived": {
      description: "An order is history.",
      version: 1,
      detail: { jsonSchema: { type: "object", required: ["orderId"] } },
      example: { orderId: "ord-1" },
    },
  },
} as const;

/** As `defineAwsEvents` of a registry returns it. */
export const uploads = {
  from: "default-bus",
  accounts: ["orders"],
  source: ["aws.s3", "aws.s3-outposts"],
  contracts: {
    "Object Created": {
      description: "Somebody has put an object into the bucket.",
      version: 1,
      detail: z.object({ object: z.object({ key: z.string() }), metadata: z.object({ id: z.string() }) }),
      example: { object: { key: "orders/1.csv" }, metadata: { id: "AWS's own" } },
    },
  },
} as const;

export const OrderCreated = contract(orders, "Order.Created");
export const OrderCancelled = contract(orders, "Order.Cancelled");
export const ObjectCreated = contract(uploads, "Object Created");

export const order = { orderId: "ord-1", items: [{ sku: "tea-pot", quantity: 1 }] };
