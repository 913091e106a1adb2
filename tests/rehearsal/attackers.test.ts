import { describe, expect, it } from "vitest";
import { all, says } from "../fixtures/plan-changes.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { everyFailure, rehearse } from "../fixtures/rehearsed.js";

const prod = await rehearse(example, "prod");

const spares = { "aws:PrincipalTag/team": "trusted" };
const bus = "EventBusPolicy global-bus";

describe("whoever is kept out", () => {
  it("gives himself any tag, and so is not refused by one", () => {
    const sparing = all(
      says("global", bus, "DenyBackboneAccount", [["Condition", "StringNotEquals"], spares]),
      says("global", bus, "DenyOutsideOrganisation", [
        ["Condition"],
        { StringNotEquals: { "aws:PrincipalOrgID": "o-example0000", ...spares } },
      ]),
      says("global", bus, "publish-orders", [["Principal"], "*"]),
    );
    const [first] = everyFailure(prod, sparing(prod.plan)).filter(({ id }) => id === "global-bus");
    expect(first?.evidence.join("\n")).toContain("aws:principaltag/team trusted");
  });
});
