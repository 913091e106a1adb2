import { describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { edited, removed } from "../fixtures/edit.js";
import { filteredRegistry } from "../fixtures/filtered-registry.js";
import { stackOf } from "../fixtures/recordings.js";
import { everyFailure, rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";
import {
  archiveDamages,
  changedRules,
  filterDamages,
  type RuleDamage,
  strayRules,
  watchDamages,
} from "../fixtures/rule-damages.js";

const withoutAlarms = edited(example, ["environments", "dev", "alarms"], removed);
const prod = { name: "prod", rehearsed: await rehearse(example, "prod") };
const dev = { name: "dev", rehearsed: await rehearse(example, "dev") };
const quiet = { name: "dev without alarms", rehearsed: await rehearse(withoutAlarms, "dev") };
const environments = [prod, dev, quiet];
const filtered = [
  { name: "prod", rehearsed: await rehearse(filteredRegistry, "prod") },
  { name: "dev", rehearsed: await rehearse(filteredRegistry, "dev") },
];

function tableOf(
  rehearsals: readonly { readonly name: string; readonly rehearsed: Rehearsed }[],
  damagesOf: (plan: Rehearsed["plan"]) => readonly RuleDamage[],
) {
  return rehearsals.flatMap(({ name, rehearsed }) =>
    damagesOf(rehearsed.plan).map((damage) => ({ ...damage, name, rehearsed })),
  );
}

function expectFailure({
  rehearsed,
  plan,
  check,
  says,
}: RuleDamage & { readonly rehearsed: Rehearsed }): void {
  const failures = everyFailure(rehearsed, plan).filter(({ id }) => id === check);
  const told = failures
    .map(({ problem, expected, found, evidence }) => [problem, expected, found, ...evidence].join("\n"))
    .join("\n")
    // What is behind a name would make the sentences long.
    .replaceAll(/ \(arn:[^)]*\)/gu, "");
  expect(told).toContain(says);
}

describe("a rule that nobody asked for fails the proof, whatever it takes", () => {
  it.each(tableOf(environments, strayRules))("in $name, sending to $what", expectFailure);
});

describe("a rule that does more or less than it is for fails the proof", () => {
  it.each(tableOf(environments, changedRules))("where $what", expectFailure);
});

describe("an archive that loses events fails the proof, though no example is among them", () => {
  it.each(tableOf(environments, archiveDamages))("in $name, if it $what", expectFailure);
});

describe("a routing watch that keeps quiet fails the proof", () => {
  it.each(tableOf([prod], watchDamages))("if it $what", expectFailure);
});

describe("a filter that is not the registry's fails the proof, though it takes the same examples", () => {
  it("but holds as it is", () => {
    for (const { rehearsed } of filtered) expect(verifyPlan(rehearsed).failures).toEqual([]);
  });

  it.each(tableOf(filtered, filterDamages))("in $name, if $what", expectFailure);
});

describe("a second stack of an account", () => {
  it.each(environments)("in $name is a problem that names both, wherever it stands", ({ rehearsed }) => {
    const { plan } = rehearsed;
    const { stack, ...rest } = stackOf(plan, "global");
    const resources = rest.resources.filter(({ type }) => type === "pulumi:providers:aws");
    const second = { ...rest, stack: "global-2", resources };
    for (const stacks of [
      [second, ...plan.stacks],
      [...plan.stacks, second],
    ]) {
      const failures = everyFailure(rehearsed, { ...plan, stacks });
      expect(failures).not.toEqual([]);
      const told = failures.map(({ problem }) => problem).join("\n");
      expect(told).toContain('account "global" has several stacks in the plan');
      expect(told).toContain(stack);
      expect(told).toContain("global-2");
    }
  });
});
