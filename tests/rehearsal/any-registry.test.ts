import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import { environmentNames } from "../fixtures/declared.js";
import { editedAll, type EditPath, removed } from "../fixtures/edit.js";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { fits } from "../fixtures/topologies.js";

const quiet: readonly (readonly [EditPath, unknown])[] = [
  [["routes"], []],
  [["stories"], removed],
];

const ordered = { "Order.Created": shopRegistry.services.orders?.contracts["Order.Created"] };

describe("any registry", () => {
  it.each([
    {
      name: "a former source that is the present one in an environment",
      edits: [
        [["services", "orders", "source"], "shop.{environment}"],
        [["services", "orders", "alsoSources"], ["shop.prod"]],
        [["publishers"], [{ events: "orders/Order.Created", by: "delivery" }]],
      ],
    },
    {
      name: "a source that is published in the AWS account of the global bus and elsewhere",
      edits: [
        [["services", "orders", "source"], "shop"],
        [["services", "delivery", "source"], "shop"],
        [["environments", "prod", "accountIds", "orders"], "111111111111"],
      ],
    },
    {
      name: "a service that publishes for another, in one AWS account",
      edits: [
        [["services", "orders", "contracts"], ordered],
        [["services", "delivery", "contracts"], ordered],
        [["publishers"], [{ events: "delivery/*", by: "orders" }]],
      ],
    },
    {
      name: "an AWS account that a member outside the organisation shares with one that does not say so",
      edits: [
        [["accounts", "delivery", "outsideOrganization"], true],
        [["environments", "prod", "accountIds", "delivery"], "444444444444"],
      ],
    },
  ] satisfies readonly { name: string; edits: readonly (readonly [EditPath, unknown])[] }[])(
    "with $name is proven",
    async ({ edits }) => {
      for (const environment of environmentNames) {
        const rehearsed = await rehearse(editedAll(shopRegistry, [...quiet, ...edits]), environment);
        expect(verifyPlan(rehearsed).failures).toEqual([]);
      }
    },
  );

  it("is proven in every environment", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRegistry({ members: 3 }), async (definition) => {
        fc.pre(environmentNames.every((environment) => fits(definition, environment)));
        for (const environment of environmentNames)
          expect(verifyPlan(await rehearse(definition, environment)).failures).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});
