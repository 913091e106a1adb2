import { describe, expect, it } from "vitest";
import { z } from "zod";
import { conformityOf, parseRegistry } from "../infra/registry/index.js";
import { runCli } from "./fixtures/cli.js";
import { edited, editedAll } from "./fixtures/edit.js";
import { problemsOf } from "./fixtures/problems-of.js";
import { rehearse } from "./fixtures/rehearsed.js";
import { registry } from "./fixtures/registries/designed-events.js";

const contracts = ["services", "orders", "contracts"] as const;
const cancelled = "tests/fixtures/events/order-cancelled.json";
const named = ["--registry", "tests/fixtures/registries/designed-events.ts"];

/** What docs/designing-events.md says in words; tests/docs.test.ts tries what it shows. */
describe("the recipes of designing events", () => {
  it("hold, and bring each account what the page says", async () => {
    const rehearsal = await rehearse(registry, "prod");
    expect(rehearsal.verify().ok).toBe(true);
    expect(rehearsal.receivedBy("warehouse")).toEqual(["orders/Order.Cancelled", "orders/Order.Placed"]);
    expect(rehearsal.receivedBy("ledger")).toEqual([
      "orders/Order.Placed (filtered)",
      "orders/Order.Shipped",
    ]);
    expect(rehearsal.receivedBy("helpdesk")).toHaveLength(4);
  });

  it("bring a later step to whom follows the whole life, and to nobody else", async () => {
    const returned = {
      description: "Goods have come back.",
      version: 1,
      detail: z.object({ orderId: z.string() }),
      example: { orderId: "ord-1001" },
    };
    const rehearsal = await rehearse(edited(registry, [...contracts, "Order.Returned"], returned), "prod");
    const receivers = ["helpdesk", "ledger", "shop", "warehouse"].filter((account) =>
      rehearsal.receivedBy(account).includes("orders/Order.Returned"),
    );
    expect(receivers).toEqual(["helpdesk"]);
  });

  it("have an event with metadata that reaches its receivers and breaks nothing", async () => {
    const { exitCode, stdout } = await runCli(["trace", cancelled, "--from", "shop", ...named]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("from shop → helpdesk, warehouse");
    expect(stdout).not.toContain("does not satisfy");
  });

  it("let no route filter on metadata", () => {
    const filter = { metadata: { correlationId: ["basket-77"] } };
    expect(problemsOf(edited(registry, ["routes", 0, "filter"], filter)).map(({ path }) => path)).toEqual([
      "routes[0].filter",
      "routes[0].filter",
    ]);
  });

  it("let an envelope { metadata, data } stay, of which the contract describes the data", () => {
    const enveloped = parseRegistry(
      editedAll(registry, [
        [
          [...contracts, "Order.Cancelled", "detail"],
          z.strictObject({ data: z.object({ orderId: z.string() }) }),
        ],
        [[...contracts, "Order.Cancelled", "example"], { data: { orderId: "ord-1001" } }],
      ]),
    );
    const event = { source: "com.example.orders", detailType: "Order.Cancelled" };
    const detail = (data: object) => JSON.stringify({ metadata: { domain: "shop" }, data });
    expect(conformityOf(enveloped, { ...event, detail: detail({ orderId: "o" }) }).kind).toBe("conforms");
    expect(conformityOf(enveloped, { ...event, detail: detail({}) }).kind).toBe("breaks");
  });

  it("warn of each route that names what is to go, and of no other", () => {
    const { warnings } = parseRegistry(registry);
    expect(warnings.map(({ path }) => path)).toEqual(["routes[2].events"]);
    const changed = edited(registry, ["routes", 2, "events"], "orders/Order.Shipped.v2");
    expect(parseRegistry(changed).warnings).toEqual([]);
  });
});
