import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { edited } from "../fixtures/edit.js";
import { itReportsOnce } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

describe("the canary", () => {
  itReportsOnce([
    {
      name: "a contract nobody declares",
      edits: [[["canary"], "orders/Order.Creatd"]],
      path: "canary",
      says: ['service "orders" declares no contract "Order.Creatd"', 'did you mean "orders/Order.Created"?'],
    },
    {
      name: "a wildcard",
      edits: [[["canary"], "orders/*"]],
      path: "canary",
      says: ['"orders/*" is a wildcard and nothing can publish it', "name one contract"],
    },
    {
      name: "a contract that goes nowhere",
      edits: [
        [["canary"], "orders/Order.Created"],
        [["routes"], [{ events: "delivery/Delivery.Updated", to: "orders" }]],
        [["stories"], {}],
      ],
      path: "canary",
      says: ["no route carries orders/Order.Created", "add a route or name another"],
    },
    {
      name: "something that is no text",
      edits: [[["canary"], true]],
      path: "canary",
      says: ["expected text, received the boolean true", "name the contract the canary publishes"],
    },
  ]);

  it("is kept by its key, and may be left out", () => {
    expect(parseRegistry(edited(shopRegistry, ["canary"], "orders/Order.Updated")).canary).toBe(
      "orders/Order.Updated",
    );
    expect(parseRegistry(shopRegistry)).not.toHaveProperty("canary");
  });

  it("is not blamed for a route with a mistake in it", () => {
    const broken = edited(
      edited(shopRegistry, ["canary"], "orders/Order.Updated"),
      ["routes"],
      [{ events: "orders/*", to: "delivry" }],
    );
    expect(problemsOf(broken).map(({ path }) => path)).not.toContain("canary");
  });
});
