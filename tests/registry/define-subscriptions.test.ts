import { expect, it } from "vitest";
import * as services from "../../config/services/index.js";
import { defineSubscriptions } from "../../infra/registry/index.js";

const events = "orders/Order.Created";

it("what cannot be meant is refused as it is typed", () => {
  const written = [
    defineSubscriptions(services, {
      delivery: { start: { events, to: { queue: {} }, answers: "delivery/Delivery.Updated" } },
      orders: { follow: { events: ["delivery/*"], to: { stream: { name: "status" } } } },
    }),
    defineSubscriptions(services, {
      // @ts-expect-error: no such contract
      delivery: { start: { events: "orders/Order.Creatd", to: { queue: {} } } },
    }),
    // @ts-expect-error: no such service
    defineSubscriptions(services, { deliver: { start: { events, to: { queue: {} } } } }),
    // @ts-expect-error: a FIFO queue
    defineSubscriptions(services, { delivery: { start: { events, to: { queue: { name: "a.fifo" } } } } }),
    // @ts-expect-error: another bus would be the second hop
    defineSubscriptions(services, { delivery: { start: { events, to: { bus: { name: "a" } } } } }),
    defineSubscriptions(services, {
      // @ts-expect-error: two targets
      delivery: { start: { events, to: { queue: {}, topic: { name: "b" } } } },
    }),
    // @ts-expect-error: a misspelt option
    defineSubscriptions(services, { delivery: { start: { events, to: { queue: { visibility: 3 } } } } }),
    // @ts-expect-error: a misspelt word
    defineSubscriptions(services, { delivery: { start: { events, to: { queue: {} }, filtr: {} } } }),
    // @ts-expect-error: no such answer
    defineSubscriptions(services, { delivery: { start: { events, to: { queue: {} }, answers: "x/Y" } } }),
  ];
  expect(written).toHaveLength(9);
});
