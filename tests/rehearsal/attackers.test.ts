import { ask } from "eventbridge-simulator";
import { describe, expect, it } from "vitest";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { administratorOf } from "../../rehearsal/stage.js";
import { says } from "../fixtures/plan-changes.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse, stageOf, verifyPlan } from "../fixtures/rehearsed.js";

const prod = await rehearse(example, "prod");

/** Whether an administrator of the backbone's account, which nothing but a Deny keeps out, publishes for another. */
function published(plan: RecordedPlan): string {
  const stage = stageOf({ ...prod, plan });
  return ask(stage.world, {
    may: "put-events",
    caller: administratorOf(stage, "global"),
    bus: stage.busOf("global"),
    claims: { sources: ["com.example.orders"], detailTypes: ["Order.Created"] },
  }).outcome;
}

const spared = says("global", "EventBusPolicy global-bus", "DenyBackboneAccount", [
  ["Condition", "StringNotEquals"],
  { "aws:PrincipalTag/team": "trusted" },
]);

describe("somebody who can give himself any tag", () => {
  it("is refused by what is emitted", () => {
    expect(published(prod.plan)).toBe("denied");
  });

  it("is not refused by what spares a tag, and the proof says so", () => {
    const plan = spared(prod.plan);
    expect(published(plan)).toBe("undecided");
    expect(verifyPlan(prod, plan).ok).toBe(false);
  });
});
