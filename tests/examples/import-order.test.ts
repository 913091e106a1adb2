import { expect, it } from "vitest";
import { createBackbone } from "../../rehearsal/local/index.js";
import { registry } from "../fixtures/handled/uploads-registry.js";

const uploaded = (key: string) => ({ bucket: { name: "uploads" }, object: { key } });

it("a file that S3 tells of is one order, however often it is told", async () => {
  await using backbone = await createBackbone(registry, { duplicates: true });
  const { id, deliveries } = await backbone.put("uploads/Object Created", uploaded("orders/o-9.csv"));
  expect(deliveries).toMatchObject([{ subscription: "orders/import-order", outcome: "done" }]);
  expect(backbone.events("orders/Order.Created")).toMatchObject([
    { causedBy: id, detail: { orderId: "o-9" } },
  ]);
});

it("other files are none", async () => {
  await using backbone = await createBackbone(registry);
  const { id } = await backbone.put("uploads/Object Created", uploaded("orders/o-9.png"));
  expect(backbone.why("orders/import-order", id)).toBe(
    'filtered: detail.object.key: wanted a value ending with ".csv"; the event has orders/o-9.png',
  );
});
