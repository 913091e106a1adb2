import { overlaps } from "event-patterns";
import type { Rule } from "eventbridge-simulator";
import {
  type CheckOutcome,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requireSameEvents,
} from "../claim.js";
import type { ExpectedForward, Expectations, Taken } from "../expectations.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { isRuleOfForward } from "../forwards.js";
import { type RuleState, ruleClaims, wantedOf } from "../wanted.js";

/** Where a flow brings something there is a forward: a role, and rules of one name, each with its target. */
export function forwardNeeds(stage: Stage, { forwards }: Expectations): Need[] {
  return forwards
    .filter(({ events }) => events.length > 0)
    .map(({ from, to, title, rule, bus, role, roleArn, taken }) => {
      const rolePolicy = claim(kinds.rolePolicy, { role });
      const sends = { arn: wantedOf(stage, to).busArn, roleArn, inputTransformer: undefined };
      return {
        account: from.account,
        what: title,
        claims: [
          claim(kinds.role, { name: role }),
          rolePolicy,
          ...ruleClaims(
            wantedOf(stage, from.account),
            { name: rule, eventBusName: bus.name },
            { sends, after: [rolePolicy], numbered: true, states: statesFor(taken) },
          ),
        ],
      };
    });
}

/** States that rules may have: which of them has which is told with what they take. */
export function statesFor({ plain, reading }: Taken): readonly RuleState[] {
  return [
    ...(plain.length > 0 ? (["ENABLED"] as const) : []),
    ...(reading.length > 0 ? (["ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"] as const) : []),
  ];
}

/**
 * The forward rules take what the routes name and no more, whatever is published: their patterns are compared as
 * such, so nothing hangs on which events are tried, nor on what the global bus's policy keeps out.
 */
export function exactForwardChecks(stage: Stage, { forwards }: Expectations): ProofCheck[] {
  return forwards.map((forward) => exactForward(stage, forward));
}

function exactForward(stage: Stage, forward: ExpectedForward): ProofCheck {
  const { to, claim: id, title, bus, taken, firstRule } = forward;
  return {
    id: `exact-forward:${id}`,
    title: `${title} carries exactly what the routes name`,
    run: () =>
      exactlyCarried(stage, {
        account: to,
        what: title,
        mend: `let the rules to ${to} take exactly what the registry's routes to it say`,
        bus: bus.arn,
        taken,
        isMeant: (arn) => isRuleOfForward(forward, arn),
        carries: (rule) => sendsTo(rule, stage.busOf(to)),
        step: "forward",
        first: firstRule,
      }),
  };
}

/** Rules that together take something from a bus to one thing. */
export interface Carrying {
  readonly account: string;
  readonly what: string;
  readonly mend: string;
  /** ARN of the bus they are on. */
  readonly bus: string;
  readonly taken: Taken;
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
  const { account, what, mend, bus, taken, carries, step } = carrying;
  const rules = (stage.world.buses.get(bus)?.rules ?? []).filter((rule) => rule.enabled && carries(rule));
  const about = {
    account,
    ...faultIn(stage, carrying, rules),
    step,
    attempt: `${what} (${rules.map(({ arn }) => arn).join(", ") || "no enabled rule"})`,
    mend,
  };
  const patternsOf = (reading: boolean) =>
    rules.filter(({ takesReading }) => takesReading === reading).map(({ pattern }) => pattern);
  const asking = {
    ...about,
    attempt: `${about.attempt}, of what a rule must ask for by its state,`,
  };
  const twice = outcomeOf(pairsOf(rules), ([one, other]) => takenTwice(carrying, one, other));
  return {
    cases: twice.cases + 1,
    failures: [
      ...requireSameEvents(about, taken.plain, patternsOf(false)),
      ...(taken.reading.length === 0 && patternsOf(true).length === 0
        ? []
        : requireSameEvents(asking, taken.reading, patternsOf(true))),
      ...twice.failures,
    ],
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
