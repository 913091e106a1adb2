import { overlaps } from "event-patterns";
import type { Rule } from "eventbridge-simulator";
import { outcomeOf, type ProofCheck, type ProofFailure, requireSameEvents } from "../claim.js";
import type { Expectations } from "../expectations.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { forwardRoleArn, forwardRoleName, forwardRuleArn, isFor, ruleClaims, wantedOf } from "../wanted.js";

/** Members to which a route brings something have a forward: a role, and rules of one name, each with its target. */
export function forwardNeeds(stage: Stage, expected: Expectations): Need[] {
  const { registry } = stage;
  const backbone = wantedOf(stage, registry.backbone);
  return expected.forwards.map((member) => {
    const role = forwardRoleName(stage, member);
    const rolePolicy = claim(kinds.rolePolicy, { role });
    const sends = {
      arn: wantedOf(stage, member).busArn,
      roleArn: forwardRoleArn(stage, member),
      inputTransformer: undefined,
    };
    return {
      account: registry.backbone,
      what: `the forward to ${member}`,
      claims: [
        claim(kinds.role, { name: role }),
        rolePolicy,
        ...ruleClaims(
          backbone,
          { name: `forward-${member}`, eventBusName: backbone.bus },
          { sends, after: [rolePolicy], numbered: true },
        ),
      ],
    };
  });
}

/**
 * The forward rules take what the routes name and no more, whatever is published: their patterns are compared as
 * such, so nothing hangs on which events are tried, nor on what the global bus's policy keeps out.
 */
export function exactForwardChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  return stage.registry.members.map((member) => ({
    id: `exact-forward:${member}`,
    title: `the forward to ${member} carries exactly what the routes name`,
    run: () => {
      const rules = forwardRules(stage, member);
      const about = {
        account: member,
        ...faultIn(stage, member, rules),
        step: "forward",
        attempt: `the forward to ${member} (${rules.map(({ arn }) => arn).join(", ") || "no enabled rule"})`,
        mend: `let the rules to ${member} take exactly what the registry's routes to it say`,
      };
      const patterns = rules.map(({ pattern }) => pattern);
      const twice = outcomeOf(pairsOf(rules), ([one, other]) => takenTwice(member, one, other));
      return {
        cases: twice.cases + 1,
        failures: [...requireSameEvents(about, expected.patterns(member), patterns), ...twice.failures],
      };
    },
  }));
}

/** Patterns are at fault only where no rule of the forward is missing, disabled or elsewhere. */
function faultIn(stage: Stage, member: string, rules: readonly Rule[]): Pick<ProofFailure, "at" | "passes"> {
  const meant = [...stage.world.rules.keys()].filter((arn) => isFor(stage, arn, "forward", member));
  const idle = meant.filter((arn) => rules.every((rule) => rule.arn !== arn));
  return rules.length > 0 && idle.length === 0
    ? { at: rules.map(({ arn }) => arn) }
    : { passes: [...idle, forwardRuleArn(stage, member)] };
}

function forwardRules({ world, registry, busOf }: Stage, member: string): Rule[] {
  const rules = world.buses.get(busOf(registry.backbone))?.rules ?? [];
  return rules.filter(({ enabled, targets }) => enabled && targets.some(({ arn }) => arn === busOf(member)));
}

function* pairsOf<Item>(items: readonly Item[]): Generator<readonly [Item, Item]> {
  for (const [index, one] of items.entries()) for (const other of items.slice(index + 1)) yield [one, other];
}

function takenTwice(account: string, one: Rule, other: Rule): ProofFailure[] {
  const common = overlaps(one.pattern, other.pattern);
  if (common.length === 0) return [];
  return [
    {
      account,
      step: "forward",
      at: [other.arn, one.arn],
      problem: `${one.arn} and ${other.arn} may both take an event, which ${account} would receive twice`,
      mend: "let each source and detail-type stand in one of the two rules only",
      evidence: common,
    },
  ];
}
