import { type EventPattern, overlaps } from "event-patterns";
import type { Rule } from "eventbridge-simulator";
import {
  type CheckOutcome,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requireSameEvents,
} from "../claim.js";
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
    run: () =>
      exactlyCarried(stage, {
        account: member,
        what: `the forward to ${member}`,
        mend: `let the rules to ${member} take exactly what the registry's routes to it say`,
        bus: stage.busOf(stage.registry.backbone),
        patterns: expected.patterns(member),
        isMeant: (arn) => isFor(stage, arn, "forward", member),
        carries: (rule) => sendsTo(rule, stage.busOf(member)),
        step: "forward",
        first: forwardRuleArn(stage, member),
      }),
  }));
}

/** Rules that together take something from a bus to one thing. */
export interface Carrying {
  readonly account: string;
  readonly what: string;
  readonly mend: string;
  /** ARN of the bus they are on. */
  readonly bus: string;
  /** What they take, all of it and nothing else. */
  readonly patterns: readonly EventPattern[];
  /** Whether a rule is one of them by its name, whatever bus it is on. */
  readonly isMeant: (rule: string) => boolean;
  /** Whether it carries, by what it sends to. */
  readonly carries: (rule: Rule) => boolean;
  readonly step: string;
  /** ARN of the first of them. */
  readonly first: string;
}

/** The rules take what is to be carried, none of it twice, and nothing else. */
export function exactlyCarried(stage: Stage, carrying: Carrying): CheckOutcome {
  const { account, what, mend, bus, patterns, carries, step } = carrying;
  const rules = (stage.world.buses.get(bus)?.rules ?? []).filter((rule) => rule.enabled && carries(rule));
  const about = {
    account,
    ...faultIn(stage, carrying, rules),
    step,
    attempt: `${what} (${rules.map(({ arn }) => arn).join(", ") || "no enabled rule"})`,
    mend,
  };
  const found = rules.map(({ pattern }) => pattern);
  const twice = outcomeOf(pairsOf(rules), ([one, other]) => takenTwice(carrying, one, other));
  return {
    cases: twice.cases + 1,
    failures: [...requireSameEvents(about, patterns, found), ...twice.failures],
  };
}

export function sendsTo({ targets }: Rule, arn: string): boolean {
  return targets.some((target) => target.arn === arn);
}

/** Patterns are at fault only where no rule is missing, disabled or elsewhere. */
function faultIn(
  { world }: Stage,
  { isMeant, first }: Carrying,
  rules: readonly Rule[],
): Pick<ProofFailure, "at" | "passes"> {
  const idle = [...world.rules.keys()].filter(
    (arn) => isMeant(arn) && rules.every((rule) => rule.arn !== arn),
  );
  return rules.length > 0 && idle.length === 0
    ? { at: rules.map(({ arn }) => arn) }
    : { passes: [...idle, first] };
}

function* pairsOf<Item>(items: readonly Item[]): Generator<readonly [Item, Item]> {
  for (const [index, one] of items.entries()) for (const other of items.slice(index + 1)) yield [one, other];
}

function takenTwice({ account, what, step }: Carrying, one: Rule, other: Rule): ProofFailure[] {
  const common = overlaps(one.pattern, other.pattern);
  if (common.length === 0) return [];
  return [
    {
      account,
      step,
      at: [other.arn, one.arn],
      problem: `${one.arn} and ${other.arn} may both take an event, which ${what} would bring twice`,
      mend: "let each source and detail-type stand in one of the two rules only",
      evidence: common,
    },
  ];
}
