import { expect, it } from "vitest";
import { registry } from "../../config/index.js";
import { rehearse } from "../../rehearsal/rehearse.js";

it("delivery receives every order created and updated, and nothing else", async () => {
  const backbone = await rehearse(registry, "prod");
  expect(backbone.receivedBy("delivery")).toEqual(["orders/Order.Created", "orders/Order.Updated"]);
  expect(backbone.verify().failures).toEqual([]);
});
