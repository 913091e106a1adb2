import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import { edited } from "../fixtures/edit.js";
import { changeInput, everyFailure, rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { ofKind } from "../fixtures/recordings.js";

const tags = { "cost-centre": "4711", Team: "platform @ example" };
const tagged = await rehearse(edited(example, ["environments", "prod", "tags"], tags), "prod");

describe("the tags of an environment", () => {
  it("are on everything of every account, beside the project's own, in whatever order they are written", async () => {
    for (const stack of tagged.plan.stacks) {
      const [provider] = ofKind(stack, "aws");
      expect(provider?.inputs.defaultTags).toBe(
        JSON.stringify({
          tags: {
            Team: "platform @ example",
            "cost-centre": "4711",
            "event-backbone:environment": "prod",
            "event-backbone:account": stack.account,
          },
        }),
      );
    }
    const turned = Object.fromEntries(Object.entries(tags).reverse());
    const again = await rehearse(edited(example, ["environments", "prod", "tags"], turned), "prod");
    expect(again.plan).toEqual(tagged.plan);
  });

  it("are proven", () => {
    const { failures, checks } = verifyPlan(tagged);
    expect(failures).toEqual([]);
    expect(checks.filter(({ id }) => id.startsWith("tags:"))).toHaveLength(3);
  });

  it.each([
    ["missing", {}, "tags cost-centre as nothing, not 4711"],
    ["wrong", { "cost-centre": "1", Team: tags.Team }, "tags cost-centre as 1, not 4711"],
  ])("fail the proof where they are %s", (_how, wrong, says) => {
    const plan = changeInput(tagged.plan, "orders", "aws aws", {
      defaultTags: JSON.stringify({ tags: wrong }),
    });
    const failures = everyFailure(tagged, plan);
    expect(failures.map(({ id }) => id)).toContain("tags:orders");
    expect(failures.map(({ problem }) => problem).join()).toContain(says);
  });

  it("are lost where a resource has another value of its own", () => {
    const bus = "EventBus global-bus";
    for (const [value, checks] of [
      ["4711", []],
      ["0815", ["tags:global"]],
    ] as const) {
      const wrong = changeInput(tagged.plan, "global", bus, { tags: { "cost-centre": value } });
      expect(everyFailure(tagged, wrong).map(({ id }) => id)).toEqual(checks);
    }
  });

  it("are the project's own where there are no others, and these are proven", async () => {
    const rehearsed = await rehearse(example, "prod");
    const bare = changeInput(rehearsed.plan, "orders", "aws aws", { defaultTags: '{"tags":{}}' });
    const { checks } = verifyPlan(rehearsed, bare);
    expect(checks.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(["tags:orders"]);
  });
});
