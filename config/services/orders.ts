import { z } from "zod";
import { defineService } from "../../infra/registry/index.js";
import { accounts } from "../accounts.js";

export const orders = defineService(accounts, {
  account: "orders",
  source: "com.example.orders",
  contracts: {
    "Order.Created": {
      description: "A customer has placed an order.",
      version: 1,
      detail: z.object({
        orderId: z.string(),
        customerId: z.string(),
        items: z.array(z.object({ sku: z.string(), quantity: z.int().positive() })).min(1),
        total: z.object({ amount: z.number().nonnegative(), currency: z.string().length(3) }),
      }),
      example: {
        orderId: "ord-1001",
        customerId: "cus-7",
        items: [{ sku: "tea-pot", quantity: 1 }],
        total: { amount: 39.5, currency: "EUR" },
      },
    },
    "Order.Updated": {
      description: "An order's status has changed.",
      version: 1,
      detail: z.object({
        orderId: z.string(),
        status: z.enum(["placed", "shipped", "delivered", "cancelled"]),
      }),
      example: { orderId: "ord-1001", status: "shipped" },
    },
  },
});
