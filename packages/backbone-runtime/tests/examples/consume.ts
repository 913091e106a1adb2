import { consume, log, once, publish, Rejected } from "backbone-runtime";
import { OrderCreated } from "./contracts.js";
import { DeliveryUpdated } from "./delivery-contracts.js";

export const handler = consume(OrderCreated, async ({ orderId, items }, delivery) => {
  if (items.some(({ sku }) => sku.startsWith("lost-"))) throw new Rejected("sold out for ever");
  await once(delivery.key, async () => {
    await publish(DeliveryUpdated, { orderId, status: "accepted" });
    log.info("delivery started", { orderId });
  });
});
