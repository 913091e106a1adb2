import { describe, expect, it } from "vitest";
import { registry as definition } from "../fixtures/registries/wide-routes.js";
import { planTopology } from "../../infra/topology/index.js";
import { renderDiagram } from "../../views/diagram.js";
import { ofKind, textOf } from "../fixtures/recordings.js";
import { changeInput, everyFailure, rehearse, verifyPlan } from "../fixtures/rehearsed.js";

const rehearsed = await rehearse(definition, "prod");

describe("routes that bring several contracts", () => {
  it("are proven", () => {
    expect(verifyPlan(rehearsed).failures).toEqual([]);
  });

  it("bring a list what each of its items names", () => {
    expect(receptionsBy("audit")).toEqual(["delivery/Delivery.Updated", "orders/Order.Created"]);
  });

  it("bring what begins alike by the contracts that are declared", () => {
    expect(receptionsBy("billing")).toEqual(["orders/Order.Created", "orders/Order.Updated"]);
    const rule = rehearsed.plan.stacks
      .flatMap((stack) => ofKind(stack, "EventRule"))
      .find(({ name }) => name === "forward-billing");
    expect(rule && JSON.parse(textOf(rule, "eventPattern"))).toEqual({
      source: ["com.example.orders"],
      "detail-type": ["Order.Created", "Order.Updated"],
    });
  });

  it("are proven with an event of each contract that passes a wildcard's filter, and one that does not", () => {
    const ids = verifyPlan(rehearsed).checks.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith("filter:"))).toEqual([
      "filter:orders/Order.Created:support",
      "filter:orders/Order.Updated:support",
    ]);
  });

  it("fail the proof where one contract of a filtered wildcard comes unfiltered", () => {
    const wrong = changeInput(rehearsed.plan, "global", "EventRule forward-support", {
      eventPattern: JSON.stringify({
        source: ["com.example.orders"],
        $or: [
          { "detail-type": ["Order.Created"], detail: { orderId: [{ prefix: "vip-" }] } },
          { "detail-type": ["Order.Updated"] },
        ],
      }),
    });
    const failed = everyFailure(rehearsed, wrong).map(({ id }) => id);
    expect(failed).toContain("filter:orders/Order.Updated:support");
    expect(failed).not.toContain("filter:orders/Order.Created:support");
  });

  it("fail the proof where a pattern takes a beginning of detail-types instead of the contracts", () => {
    const wrong = changeInput(rehearsed.plan, "global", "EventRule forward-billing", {
      eventPattern: JSON.stringify({ source: ["com.example.orders"], "detail-type": [{ prefix: "Order." }] }),
    });
    expect(everyFailure(rehearsed, wrong).map(({ id }) => id)).toContain("exact-forward:billing");
  });

  it("are drawn and counted as what they name, a list as its items", () => {
    const { registry } = rehearsed;
    const prod = registry.environments.get("prod");
    if (prod === undefined) throw new Error("no environment prod");
    expect(renderDiagram(registry, planTopology(registry, prod))).toContain(
      'account-global-bus == "orders/Order.*" ==> account-billing-bus',
    );
    expect(registry.routes.filter(({ to }) => to === "audit")).toHaveLength(2);
  });
});

function receptionsBy(account: string): string[] {
  return rehearsed.registry.routes
    .filter(({ to }) => to === account)
    .flatMap(({ contracts }) => contracts)
    .sort();
}
