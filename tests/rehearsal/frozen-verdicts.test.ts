import { describe, expect, it } from "vitest";
import { editedAll, removed } from "../fixtures/edit.js";
import { filteredRegistry } from "../fixtures/filtered-registry.js";
import { busDamages } from "../fixtures/frozen-damages-buses.js";
import { grantDamages } from "../fixtures/frozen-damages-grants.js";
import { inventoryDamages } from "../fixtures/frozen-damages-inventory.js";
import { operationDamages } from "../fixtures/frozen-damages-operations.js";
import { patternDamages } from "../fixtures/frozen-damages-patterns.js";
import { roleDamages } from "../fixtures/frozen-damages-roles.js";
import { ruleDamages } from "../fixtures/frozen-damages-rules.js";
import { serviceDamages } from "../fixtures/frozen-damages-services.js";
import type { PlanChange } from "../fixtures/plan-changes.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";
import { refusedRespellings, respellings } from "../fixtures/respellings.js";

const quiet = editedAll(example, [
  [["environments", "dev", "alarms"], removed],
  [["environments", "dev", "archive"], removed],
]);
const plans = {
  prod: await rehearse(example, "prod"),
  dev: await rehearse(example, "dev"),
  quiet: await rehearse(quiet, "dev"),
  filtered: await rehearse(filteredRegistry, "prod"),
};

const frozen = [
  ...ruleDamages,
  ...patternDamages,
  ...busDamages,
  ...grantDamages,
  ...roleDamages,
  ...serviceDamages,
  ...operationDamages,
  ...inventoryDamages,
];
/** What nobody promises a verdict on: what the proof does not see, and what it refuses though it does no harm. */
const open = refusedRespellings;

function planOf({ on }: PlanChange): Rehearsed {
  return plans[on ?? "prod"];
}

/** With a title for each, which vitest would cut short. */
function titled<Item extends PlanChange>(changes: readonly Item[]) {
  return changes.map((change) => [`${change.id}: ${change.what}`, change] as const);
}

describe("the plans that are damaged", () => {
  it.each(Object.entries(plans))("hold as they are: %s", (_name, rehearsed) => {
    expect(verifyPlan(rehearsed).failures).toEqual([]);
  });

  it("are changed by every damage, each under an id of its own", () => {
    const changes: readonly PlanChange[] = [...frozen, ...respellings, ...open];
    const idle = changes.filter((change) => {
      const { plan } = planOf(change);
      return JSON.stringify(change.damage(plan)) === JSON.stringify(plan);
    });
    expect(idle.map(({ id }) => id)).toEqual([]);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
  });
});

describe("a damage that the proof has caught before", () => {
  it.each(titled(frozen))("fails it still, %s", (_, frozenDamage) => {
    const rehearsed = planOf(frozenDamage);
    const { ok, checks } = verifyPlan(rehearsed, frozenDamage.damage(rehearsed.plan));
    const failing = checks.filter((check) => !check.ok).map(({ id }) => id);
    expect(ok).toBe(false);
    expect(
      failing.filter((id) => frozenDamage.by.includes(id)),
      `${failing.join(", ")} fail, and none of ${frozenDamage.by.join(", ")}`,
    ).not.toEqual([]);
  });
});

describe("another spelling of the same that the proof has taken before", () => {
  it.each(titled(respellings))("holds still, %s", (_, respelling) => {
    const rehearsed = planOf(respelling);
    expect(verifyPlan(rehearsed, respelling.damage(rehearsed.plan)).failures).toEqual([]);
  });
});
