import { ruleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { policyDocument } from "../aws/policy-document.js";
import type { Reception } from "../registry/index.js";
import { forwardPattern, subscriptionsOf, type Subscription } from "./forward-pattern.js";
import type { PlannedForward, PlannedForwardRule } from "./plan.js";
import { effectiveQuota } from "./quota.js";
import type { Scope } from "./scope.js";
import { splitStably } from "./split.js";

/**
 * Plans what carries a member's events from the global bus to its local bus: one role that may put to that
 * one bus and that only these rules can take on, and as many rules as the patterns need.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export function planForward(scope: Scope, member: string, receptions: readonly Reception[]): PlannedForward {
  const { environment, registry } = scope;
  const place = scope.place(registry.backbone);
  const targetBus = scope.bus(member);
  const rules = planRules(scope, member, receptions);
  return {
    member,
    roleName: names.forwardRole(environment.prefix, member),
    roleArn: scope.forwardRole(member),
    trustPolicy: policyDocument({
      Sid: "TrustForwardRules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": place.accountId },
        ArnEquals: { "aws:SourceArn": oneOrMany(rules.map(({ arn }) => arn)) },
      },
    }),
    executionPolicy: policyDocument({
      Sid: "PutEventsOnLocalBus",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: targetBus,
    }),
    targetBus,
    targetId: `local-bus-${member}`,
    rules,
  };
}

function planRules(scope: Scope, member: string, receptions: readonly Reception[]): PlannedForwardRule[] {
  const { environment, registry } = scope;
  const characters = effectiveQuota(environment, "eventPatternCharacters");
  const combinations = effectiveQuota(environment, "patternCombinations");
  const parts = splitStably(
    subscriptionsOf(scope, receptions),
    ({ key }) => key,
    (subscriptions) =>
      JSON.stringify(forwardPattern(subscriptions)).length <= characters &&
      combinationsOf(subscriptions) <= combinations,
  );
  const place = scope.place(registry.backbone);
  const bus = names.bus(environment.prefix, registry.backbone);
  return parts.map(({ number, items }) => {
    const name = names.forwardRule(member, number);
    return {
      name,
      arn: ruleArn(place, bus, name),
      description: `Forwards to ${member} what the routes bring it`,
      eventPattern: forwardPattern(items),
      routes: items.map(({ key }) => key),
      usesWildcard: items.some(({ filter }) => filter?.usesWildcard === true),
      combinations: combinationsOf(items),
    };
  });
}

/** Every subscription is a branch of the pattern's `$or` at most, and its filter may branch further. */
function combinationsOf(subscriptions: readonly Subscription[]): number {
  return subscriptions.reduce((sum, { filter }) => sum + (filter?.combinations ?? 1), 0);
}

/** AWS stores a list of one as its value; writing it so keeps the provider from seeing a change. */
function oneOrMany<Value>(values: readonly Value[]): Value | readonly Value[] {
  const [only, ...others] = values;
  return only !== undefined && others.length === 0 ? only : values;
}
