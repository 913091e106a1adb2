import { complexityOf, parsePattern } from "event-patterns";
import { ruleArn } from "../aws/arn.js";
import type { EventPattern } from "../aws/event-pattern.js";
import { names } from "../aws/names.js";
import { policyDocument } from "../aws/policy-document.js";
import type { Environment, Reception } from "../registry/index.js";
import { forwardPattern, subscriptionsOf, type Subscription } from "./forward-pattern.js";
import type { PatternCost, PlannedForward, PlannedForwardRule } from "./plan.js";
import { effectiveQuota } from "./quota.js";
import type { Scope } from "./scope.js";
import { numberApart, splitStably, type Part } from "./split.js";

/**
 * Plans what carries a member's events from the global bus to its local bus: one role that may put to that
 * one bus and that only the member's rules can take on, and as many rules as the patterns need. The role trusts
 * every rule the member may come to have: the engine updates a role before the rules that use it, so a list that
 * shrinks with them would refuse what a rule still carries.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export function planForward(scope: Scope, member: string, receptions: readonly Reception[]): PlannedForward {
  const { environment, registry } = scope;
  const place = scope.place(registry.backbone);
  const targetBus = scope.bus(member);
  const bus = names.bus(environment.prefix, registry.backbone);
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
        ArnLike: {
          "aws:SourceArn": names.forwardRules(member).map((name) => ruleArn(place, bus, name)),
        },
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
    rules: planRules(scope, member, receptions),
  };
}

function planRules(scope: Scope, member: string, receptions: readonly Reception[]): PlannedForwardRule[] {
  const { environment, registry } = scope;
  const place = scope.place(registry.backbone);
  const bus = names.bus(environment.prefix, registry.backbone);
  return divide(environment, subscriptionsOf(scope, receptions)).map(({ number, items }) => {
    const name = names.forwardRule(member, number);
    const eventPattern = forwardPattern(items);
    const cost = costOf(eventPattern);
    if (cost === undefined) throw new Error(`EventBridge refuses ${JSON.stringify(eventPattern)}`);
    return {
      name,
      arn: ruleArn(place, bus, name),
      description: `Forwards to ${member} what the routes bring it`,
      eventPattern,
      routes: items.map(({ events }) => events),
      cost,
    };
  });
}

/**
 * One rule if all fits into its pattern, else several. What a route carries never moves from a rule to an earlier one
 * that is there already: single contracts are divided by source and detail-type, which renaming a service does not
 * change, and a wildcard is a rule of its own, so that a route may become one, or be one no longer.
 */
function divide(environment: Environment, subscriptions: readonly Subscription[]): Part<Subscription>[] {
  const characters = effectiveQuota(environment, "eventPatternCharacters");
  const combinations = effectiveQuota(environment, "patternCombinations");
  const complexity = effectiveQuota(environment, "wildcardComplexity");
  const fits = (items: readonly Subscription[]): boolean => {
    const pattern = forwardPattern(items);
    if (JSON.stringify(pattern).length > characters) return false;
    const cost = costOf(pattern);
    return cost !== undefined && cost.combinations <= combinations && cost.wildcardComplexity <= complexity;
  };
  if (fits(subscriptions)) return [{ number: 0, items: subscriptions }];
  const keyOf = ({ source, except, detailType = "*" }: Subscription) =>
    except ? "*" : `${source.join()}/${detailType}`;
  const wildcards = subscriptions.filter(({ detailType }) => detailType === undefined);
  return [
    ...splitStably(
      subscriptions.filter(({ detailType }) => detailType !== undefined),
      keyOf,
      fits,
    ),
    ...wildcards
      .map((item) => ({ number: numberApart(keyOf(item)), items: [item] }))
      .sort((left, right) => left.number - right.number),
  ].filter(({ items }) => items.length > 0);
}

/**
 * What AWS counts of a pattern, read off it as it is emitted: filters that are harmless alone add up in one rule.
 * @returns undefined if EventBridge refuses it: a field named like an operator cannot stand inside `$or`, so its
 *   filter needs a rule of its own
 */
function costOf(pattern: EventPattern): PatternCost | undefined {
  const text = JSON.stringify(pattern);
  const parsed = parsePattern(text);
  if (!parsed.ok) return undefined;
  const { usesWildcard, alternatives } = parsed.pattern;
  return {
    characters: text.length,
    combinations: alternatives,
    usesWildcard,
    wildcardComplexity: complexityOf(parsed.pattern),
  };
}
