import { checkPublisher, compileIdentity } from "eventbridge-simulator";
import { describe, expect, it } from "vitest";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { administratorOf, attackerWith, outsider, type Stage } from "../../rehearsal/stage.js";
import { all, says } from "../fixtures/plan-changes.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse, stageOf } from "../fixtures/rehearsed.js";

const prod = await rehearse(example, "prod");

const claims = { sources: ["com.example.orders"], detailTypes: ["Order.Created"] };

/** Who is kept out by a Deny only, or by that there is no Allow. */
const attackers: Readonly<Record<string, (stage: Stage) => ReturnType<typeof administratorOf>>> = {
  "an administrator of the backbone": (stage) => administratorOf(stage, "global"),
  "one who carries a policy besides": (stage) => attackerWith(stage, "global", undefined),
  "somebody from outside": (stage) => outsider(stage, "stranger").role,
};

function put(plan: RecordedPlan, attacker: (stage: Stage) => ReturnType<typeof administratorOf>) {
  const stage = stageOf({ ...prod, plan });
  const identity = compileIdentity(attacker(stage));
  const bus = stage.busOf(stage.registry.backbone);
  return identity && checkPublisher(stage.world, identity, bus, claims).verdict.outcome;
}

const spares = { "aws:PrincipalTag/team": "trusted" };
const bus = "EventBusPolicy global-bus";
const sparing = all(
  says("global", bus, "DenyBackboneAccount", [["Condition", "StringNotEquals"], spares]),
  says("global", bus, "DenyOutsideOrganisation", [
    ["Condition"],
    { StringNotEquals: { "aws:PrincipalOrgID": "o-example0000", ...spares } },
  ]),
  says("global", bus, "publish-orders", [["Principal"], "*"]),
);

describe("whoever is kept out", () => {
  it.each(Object.entries(attackers))("is refused by what is emitted: %s", (_, attacker) => {
    expect(put(prod.plan, attacker)).toBe("denied");
  });

  it.each(Object.entries(attackers))(
    "gives himself any tag, and so is not refused by one: %s",
    (_, attacker) => {
      expect(put(sparing(prod.plan), attacker)).toBe("cannot-decide");
    },
  );
});
