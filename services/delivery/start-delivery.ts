import { consume, contract, once, publish } from "backbone-runtime";
import { delivery, orders } from "../../config/services/index.js";

/** Starts the delivery of an order that has been placed, and says so; of an order that arrives twice, once. */
export const handler = consume(contract(orders, "Order.Created"), async ({ orderId }, { key }) => {
  await once(key, () =>
    publish(contract(delivery, "Delivery.Updated"), {
      deliveryId: `del-${orderId}`,
      orderId,
      status: "accepted",
    }),
  );
});
