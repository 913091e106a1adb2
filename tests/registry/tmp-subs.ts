import * as services from "../../config/services/index.js";
import { defineSubscriptions } from "../../infra/registry/subscriptions/define.js";
import { defineRegistry } from "../../infra/registry/index.js";
import { accounts } from "../../config/accounts.js";
import { environments } from "../../config/environments.js";
export const ok = defineSubscriptions(services, {
  delivery: { "start-delivery": { events: "orders/Order.Created", to: { queue: {} }, answers: "delivery/Delivery.Updated" } },
  orders: { "a": { events: ["delivery/*"], to: { queue: { name: "x" } } } },
});
export const registry = defineRegistry({ accounts, environments, defaultEnvironment: "prod", services, routes: [], subscriptions: ok });
// @ts-expect-error unknown contract
export const b1 = defineSubscriptions(services, { delivery: { s: { events: "orders/Order.Creatd", to: { queue: {} } } } });
// @ts-expect-error unknown service
export const b2 = defineSubscriptions(services, { deliver: { s: { events: "orders/Order.Created", to: { queue: {} } } } });
// @ts-expect-error fifo
export const b3 = defineSubscriptions(services, { delivery: { s: { events: "orders/Order.Created", to: { queue: { name: "a.fifo" } } } } });
// @ts-expect-error bus
export const b4 = defineSubscriptions(services, { delivery: { s: { events: "orders/Order.Created", to: { bus: { name: "a" } } } } });
// @ts-expect-error two
export const b5 = defineSubscriptions(services, { delivery: { s: { events: "orders/Order.Created", to: { queue: { name: "a" }, topic: { name: "b" } } } } });
// @ts-expect-error answers others' contract
export const b6 = defineSubscriptions(services, { delivery: { s: { events: "orders/Order.Created", to: { queue: {} }, answers: "orders/Order.Created" } } });
// @ts-expect-error misspelt option
export const b7 = defineSubscriptions(services, { delivery: { s: { events: "orders/Order.Created", to: { queue: { visibility: 3 } } } } });
// @ts-expect-error misspelt field
export const b8 = defineSubscriptions(services, { delivery: { s: { events: "orders/Order.Created", to: { queue: {} }, filtr: {} } } });
// @ts-expect-error a misspelt contract in a list
export const b9 = defineSubscriptions(services, { delivery: { s: { events: ["orders/Order.Created", "orders/Nope"], to: { queue: {} } } } });
