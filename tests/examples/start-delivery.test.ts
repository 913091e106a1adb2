import { expect, it } from "vitest";
import { createBackbone } from "../../rehearsal/local/index.js";
import { registry } from "../fixtures/handled/registry.js";

const order = { orderId: "o-7", total: 50 };

it("an order starts one delivery, however often it arrives", async () => {
  await using backbone = await createBackbone(registry, { duplicates: true });
  const { id, deliveries } = await backbone.put("orders/Order.Created", order, { as: "orders" });
  expect(deliveries).toMatchObject([{ subscription: "delivery/start-delivery", outcome: "done" }]);
  expect(backbone.events("delivery/Delivery.Updated")).toMatchObject([
    { causedBy: id, detail: { orderId: order.orderId } },
  ]);
});

it("nobody but orders says that an order was placed", async () => {
  await using backbone = await createBackbone(registry);
  const forged = await backbone.put("orders/Order.Created", order, { as: "delivery" });
  expect(forged.refused).toContain("source");
  expect(backbone.why("delivery/start-delivery", forged.id)).toContain("refused at the global bus");
});

it("every handler takes the example of every contract", async () => {
  await using backbone = await createBackbone(registry);
  for (const contract of backbone.contracts()) await backbone.put(contract);
  const deliveries = backbone.events().flatMap((event) => event.deliveries);
  expect(deliveries.filter(({ outcome }) => outcome !== "done")).toEqual([]);
});
