import { consume, contract, once, publish } from "backbone-runtime";
import { delivery, orders } from "../../config/services/index.js";

/** What the progress of its delivery makes of an order. */
const statusAfter = {
  accepted: "placed",
  "on-the-way": "shipped",
  delivered: "delivered",
  failed: "cancelled",
} as const;

/** Keeps an order's status up with its delivery, and says so. */
export const handler = consume(
  contract(delivery, "Delivery.Updated"),
  async ({ orderId, status }, { key }) => {
    await once(key, () =>
      publish(contract(orders, "Order.Updated"), { orderId, status: statusAfter[status] }),
    );
  },
);
