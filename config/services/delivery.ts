import { z } from "zod";
import { defineService } from "../../infra/registry/index.js";
import { accounts } from "../accounts.js";

export const delivery = defineService(accounts, {
  account: "delivery",
  source: "com.example.delivery",
  contracts: {
    "Delivery.Updated": {
      description: "A delivery has made progress.",
      version: 1,
      detail: z.object({
        deliveryId: z.string(),
        orderId: z.string(),
        status: z.enum(["accepted", "on-the-way", "delivered", "failed"]),
      }),
      example: { deliveryId: "del-501", orderId: "ord-1001", status: "on-the-way" },
    },
  },
});
