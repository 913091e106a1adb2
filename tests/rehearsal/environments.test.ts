import { describe, expect, it } from "vitest";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { registry as stagingFirst } from "../fixtures/registries/staging-first.js";

describe("an environment that does not have everything", () => {
  it.each(["prod", "dev"])(
    "is proven: the one that gets a service in dev first, in %s",
    async (environment) => {
      expect(verifyPlan(await rehearse(stagingFirst, environment)).failures).toEqual([]);
    },
  );

  it("emits nothing of what it does not have", async () => {
    const { plan } = await rehearse(stagingFirst, "prod");
    expect(plan.stacks.map(({ account }) => account)).toEqual(["global", "delivery", "orders"]);
    expect(JSON.stringify(plan)).not.toMatch(/payment|loyalty/i);
  });
});
