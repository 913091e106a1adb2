import { describe, expect, it } from "vitest";
import { edited } from "../fixtures/edit.js";
import { says } from "../fixtures/plan-changes.js";
import { everyFailure, rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { registry as everySwitch } from "../fixtures/registries/every-switch.js";

const named = await rehearse(
  edited(everySwitch, ["environments", "prod", "roles"], { redrivers: ["ops/*", "on-call"] }),
  "prod",
);

describe("who may put dead letters back", () => {
  it("is whom the registry names, in every account", () => {
    expect(JSON.stringify(named.plan)).toContain("arn:aws:iam::222222222222:role/ops/*");
    expect(verifyPlan(named).failures).toEqual([]);
  });

  it.each([
    ["another role", ["arn:aws:iam::222222222222:role/ops/*", "arn:aws:iam::222222222222:role/mallory"]],
    [
      "a role of another account",
      ["arn:aws:iam::222222222222:role/ops/*", "arn:aws:iam::777777777777:role/on-call"],
    ],
    ["fewer", ["arn:aws:iam::222222222222:role/ops/*"]],
    ["everybody", ["arn:aws:iam::222222222222:role/*"]],
  ])("is proven, and fails for %s", (_what, names) => {
    const damage = says("orders", "Role redrive", "TrustOwnAccount", [
      ["Condition", "ArnLike", "aws:PrincipalArn"],
      names,
    ]);
    const failed = everyFailure(named, damage(named.plan)).map(({ id }) => id);
    expect(failed).toContain("redrive-role:orders");
  });
});
