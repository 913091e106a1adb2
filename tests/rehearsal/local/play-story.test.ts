import { describe, expect, it } from "vitest";
import { registry as example } from "../../../config/index.js";
import { playStories } from "../../../rehearsal/local/index.js";
import { projectFolder } from "../../../rehearsal/local/stages.js";
import { openStage, type Stage } from "../../../rehearsal/stage.js";
import { changeResource, rehearse } from "../../fixtures/rehearsed.js";

const story = "an-order-is-delivered";

async function stageOf(
  damage = (plan: Awaited<ReturnType<typeof rehearse>>["plan"]) => plan,
): Promise<Stage> {
  const { registry, environment, plan } = await rehearse(example, "prod");
  const opened = openStage(registry, environment, damage(plan));
  if (!opened.ok) throw new Error(opened.problems.join("\n"));
  return opened.stage;
}

const played = async (stage: Stage) =>
  (await playStories(stage, stage.registry.stories, projectFolder)).get(story);

describe("a story with the services' own code", () => {
  it("goes from who places the order through every handler, each as its own service", async () => {
    expect(await played(await stageOf())).toEqual({
      ok: true,
      missing: [],
      told: [
        "orders/Order.Created by orders",
        "  delivery/start-delivery: done",
        "    delivery/Delivery.Updated by delivery",
        "      orders/update-order: done",
        "        orders/Order.Updated by orders: accepted, for the rules of delivery",
      ].join("\n"),
    });
  });

  it("tells which handler could not do its work, and that the event waits among its letters", async () => {
    const stage = await stageOf((plan) =>
      changeResource(plan, "delivery", "RolePolicyAttachment delivery--start-delivery", () => undefined),
    );
    const { ok, missing, told } = (await played(stage)) ?? { ok: true, missing: [], told: "" };
    expect({ ok, missing }).toEqual({
      ok: false,
      missing: ["delivery/Delivery.Updated", "orders/Order.Updated"],
    });
    expect(told).toContain("delivery/start-delivery: letter after 5 of 5 attempts, after NotPublished");
  });

  it("begins with the example where nothing begins it", async () => {
    const stage = await stageOf();
    const silent = stage.registry.stories.map(({ name, title, steps }) => ({ name, title, steps }));
    const told = await playStories(stage, silent, projectFolder);
    expect(told.get(story)?.ok).toBe(true);
  });

  it.each([
    { begins: "services/orders/none.ts", says: "services/orders/none.ts: there is no such file" },
    { begins: "config/accounts.ts", says: "config/accounts.ts: exports no function" },
  ])("says what cannot begin it: $begins", async ({ begins, says }) => {
    const stage = await stageOf();
    const wrong = stage.registry.stories.map((one) => ({ ...one, begins }));
    await expect(playStories(stage, wrong, projectFolder)).rejects.toThrow(says);
  });
});
