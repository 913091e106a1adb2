import { defineSubscriptions } from "../infra/registry/index.js";
import * as services from "./services/index.js";

/** What services want to hear, and what gets it: a handler here, or a queue, function, … of their account by name. */
export const subscriptions = defineSubscriptions(services, {
  delivery: {
    "start-delivery": {
      events: "orders/Order.Created",
      to: { function: { handler: "services/delivery/start-delivery.ts", once: true } },
      answers: "delivery/Delivery.Updated",
    },
  },
  orders: {
    "update-order": {
      events: "delivery/Delivery.Updated",
      to: { function: { handler: "services/orders/update-order.ts", once: true } },
      answers: "orders/Order.Updated",
    },
  },
});
