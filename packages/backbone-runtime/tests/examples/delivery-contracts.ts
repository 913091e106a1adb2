import { type Contract } from "backbone-runtime";
import { z } from "zod";

export const DeliveryUpdated: Contract<{ orderId: string; status: string }> = {
  source: "com.example.delivery",
  detailType: "Delivery.Updated",
  detail: z.object({ orderId: z.string(), status: z.string() }),
};
