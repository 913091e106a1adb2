import { beforeAll, describe, expect, it } from "vitest";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { ofKind, textOf } from "../fixtures/recordings.js";
import { changeResource, everyFailure, rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

/** The shop, whose archive receives so many contracts of long names that its forward has several rules. */
function divided(contracts: number): unknown {
  const types = Array.from(
    { length: contracts },
    (_, index) => `Something.Rather.Long.Has.Happened.To.${index}`,
  );
  const contract = shopRegistry.services.orders?.contracts["Order.Updated"];
  return editedAll(shopRegistry, [
    [["services", "orders", "contracts"], Object.fromEntries(types.map((type) => [type, contract]))],
    [["routes"], types.map((type) => ({ events: `orders/${type}`, to: "archive" }))],
    [["stories"], removed],
  ]);
}

/** What the damaged plan fails with, of this proof alone. */
function failures(rehearsed: Rehearsed, reference: string, dependsOn: readonly string[]): readonly string[] {
  const plan = changeResource(rehearsed.plan, "global", reference, (resource) => ({
    ...resource,
    options: { ...resource.options, dependsOn: [...dependsOn] },
  }));
  return everyFailure(rehearsed, plan)
    .filter(({ id }) => id === "make-before-break")
    .map(({ problem }) => problem);
}

describe("a forward of several rules", () => {
  let rehearsed: Rehearsed;
  /** Logical names, the first rule first. */
  let rules: readonly string[];

  beforeAll(async () => {
    rehearsed = await rehearse(divided(150), "prod");
    const [backbone] = rehearsed.plan.stacks;
    rules = (backbone === undefined ? [] : ofKind(backbone, "EventRule"))
      .map((rule) => textOf(rule, "name"))
      .filter((name) => name.startsWith("forward-"))
      .sort((left, right) => Number(left.split(".")[1] ?? 0) - Number(right.split(".")[1] ?? 0));
  });

  it("holds: each rule waits for the targets of the later ones, the last one for the bus's policy", () => {
    expect(rules.length).toBeGreaterThan(2);
    expect(verifyPlan(rehearsed).failures).toEqual([]);
    const [backbone] = rehearsed.plan.stacks;
    for (const [index, name] of rules.entries()) {
      const rule = backbone?.resources.find((one) => one.name === name && one.type.endsWith(":EventRule"));
      const later = rules.slice(index + 1).map((other) => `aws:cloudwatch/eventTarget:EventTarget::${other}`);
      expect([...(rule?.options.dependsOn ?? [])].sort()).toEqual(
        later.length > 0 ? later.sort() : ["aws:cloudwatch/eventBusPolicy:EventBusPolicy::global-bus"],
      );
    }
  });

  it("fails where a rule waits for nothing, naming it and each target that it gives routes to", () => {
    const found = failures(rehearsed, `EventRule ${String(rules[0])}`, []);
    expect(found).toHaveLength(rules.length - 1);
    for (const later of rules.slice(1)) {
      expect(found.join("\n")).toContain(
        `EventRule::${String(rules[0])} does not wait for aws:cloudwatch/eventTarget:EventTarget::${later}:`,
      );
    }
  });

  it("fails where a rule waits for later rules only, whose targets may come after it", () => {
    const laterRules = rules.slice(1).map((name) => `aws:cloudwatch/eventRule:EventRule::${name}`);
    // The later rules wait for targets, but nothing waits for the target of the next one.
    expect(failures(rehearsed, `EventRule ${String(rules[0])}`, laterRules).length).toBeGreaterThan(0);
  });

  it("holds where the waiting goes from one to the next", () => {
    const next = `aws:cloudwatch/eventTarget:EventTarget::${String(rules[1])}`;
    expect(failures(rehearsed, `EventRule ${String(rules[0])}`, [next])).toEqual([]);
  });
});

describe("the rules of a forward as routes come and go", () => {
  it("keep role, policies and trust as they are, and move routes from a rule to later ones only", async () => {
    const before = await rehearse(divided(30), "prod");
    const after = await rehearse(divided(60), "prod");
    const rolesOf = ({ plan }: Rehearsed) =>
      plan.stacks.flatMap(({ resources }) =>
        resources.filter(
          ({ type }) => /:(?:Role|RolePolicy|EventBusPolicy)$/.test(type) && !type.includes("global"),
        ),
      );
    const withoutGlobalBus = (rehearsed: Rehearsed) =>
      rolesOf(rehearsed).filter(({ name }) => name !== "global-bus");
    expect(withoutGlobalBus(after)).toEqual(withoutGlobalBus(before));
    const unrouted = await rehearse(edited(divided(30), ["routes"], []), "prod");
    const membersOnly = ({ plan }: Rehearsed) => plan.stacks.slice(1);
    expect(membersOnly(unrouted)).toEqual(membersOnly(before));
  });
});
