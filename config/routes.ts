import { defineCanary, defineRoutes, defineStories } from "../infra/registry/index.js";
import { accounts } from "./accounts.js";
import * as services from "./services/index.js";

/** Who receives what. One route a line; `orders/*` is everything orders publishes, `*` everything there is. */
export const routes = defineRoutes(accounts, services, [
  { events: "orders/Order.Created", to: "delivery" },
  { events: "orders/Order.Updated", to: "delivery" },
  { events: "delivery/Delivery.Updated", to: "orders" },
]);

/** What the rehearsal tells from beginning to end. */
export const stories = defineStories(services, {
  "an-order-is-delivered": {
    title: "An order is placed, delivered, and its status follows",
    steps: ["orders/Order.Created", "delivery/Delivery.Updated", "orders/Order.Updated"],
    begins: "services/orders/place-order.ts",
  },
});

/**
 * What `backbone canary` publishes: the contract's example, marked in `resources`. An update of an order that nobody
 * has does the least harm at a consumer that forgets to leave canaries out.
 */
export const canary = defineCanary(services, "orders/Order.Updated");
