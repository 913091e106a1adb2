import { describe, expect, it } from "vitest";
import { registry as definition } from "../fixtures/registries/wide-routes.js";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";

const rehearsed = await rehearse(definition, "prod");

describe("routes that bring several contracts", () => {
  it("are proven", () => {
    expect(verifyPlan(rehearsed).failures).toEqual([]);
  });

  it("bring a list what each of its items names", () => {
    expect(receptionsBy("audit")).toEqual(["delivery/Delivery.Updated", "orders/Order.Created"]);
  });
});

function receptionsBy(account: string): string[] {
  return rehearsed.registry.routes
    .filter(({ to }) => to === account)
    .flatMap(({ contracts }) => contracts)
    .sort();
}
