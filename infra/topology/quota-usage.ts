import type { QuotaName } from "../aws/limits.js";
import { names } from "../aws/names.js";
import { groupBy, outsideMembers, type SubscriptionTarget } from "../registry/index.js";
import { logRulesOf } from "./event-log.js";
import { lengthAlone } from "./publishing.js";
import type { BackbonePlan, StackPlan } from "./plan.js";
import { effectiveQuota, type QuotaUsage } from "./quota.js";
import type { PlannedRule } from "./rules.js";
import { type Scope, scopeOf } from "./scope.js";

/**
 * Counts everything AWS limits and this topology can reach, for every stack of one environment. Rules that
 * AWS or consumers add to the same buses are not known here; the warning at 80 % leaves room for them.
 */
export function quotaUsage(scope: Scope, stacks: readonly StackPlan[]): QuotaUsage[] {
  const usage: CountUsage = (quota, where, used, routes) => ({
    quota,
    where,
    used,
    limit: effectiveQuota(scope.environment, quota),
    ...(routes === undefined ? {} : { routes }),
  });
  const outside = outsideMembers(scope.registry, scope.environment);
  return [
    ...stacks.flatMap(({ bus }) => [
      usage("busPolicyCharacters", `bus ${bus.name}`, JSON.stringify(bus.policy).length),
    ]),
    ...stacks.flatMap((stack) => [
      ...carryingUsage(stack, usage),
      ...awsEventsUsage(stack, usage),
      ...(stack.kind === "backbone" ? backboneUsage(stack, usage) : []),
    ]),
    ...accountUsage(scope, usage),
    // A publisher's policy of one source says no more than that.
    ...stacks
      .flatMap((stack) => (stack.kind === "member" ? stack.publisherPolicies : []))
      .filter(({ sources, policy }) => sources.length > 1 || policy.Statement.length > 2)
      .map(({ name, policy }) =>
        usage("managedPolicyCharacters", `policy ${name}`, JSON.stringify(policy).length),
      ),
    // A role's policies are of one size, but for what one names one by one: buses, and targets of subscriptions.
    ...stacks
      .filter((stack) => (stack.kind === "backbone" ? outside.length > 0 : stack.subscriptions.length > 0))
      .map(({ redrive: { roleName, policy } }) =>
        usage("rolePolicyCharacters", `role ${roleName}`, JSON.stringify(policy).length),
      ),
  ];
}

type CountUsage = (quota: QuotaName, where: string, used: number, routes?: readonly string[]) => QuotaUsage;

function backboneUsage({ log }: BackbonePlan, usage: CountUsage): QuotaUsage[] {
  // The logging rules of every bus are alike; that of everything has one short pattern.
  const logRules = log.sensitive === undefined ? [] : [log, log.sensitive];
  return [
    ...logRules.map(({ ruleName, eventPattern }) =>
      usage("eventPatternCharacters", `rule ${ruleName} of every bus`, JSON.stringify(eventPattern).length),
    ),
  ];
}

/** Rules that carry events, of buses that have any: of a local bus those of subscriptions, which consumers may add to. */
function carryingUsage(stack: StackPlan, usage: CountUsage): QuotaUsage[] {
  const { bus, log } = stack;
  const rules = [
    ...stack.forwards.filter(({ busName }) => busName === undefined),
    ...(stack.kind === "member" ? stack.subscriptions : []),
  ].flatMap((one) => one.rules);
  if (stack.kind === "member" && rules.length === 0) return [];
  return rulesUsage(`bus ${bus.name}`, rules, logRulesOf(log).length, usage);
}

/** Buses that are there without the backbone, and that others have rules on, too. */
function awsEventsUsage({ account, forwards }: StackPlan, usage: CountUsage): QuotaUsage[] {
  const foreign = forwards.flatMap(({ busName, rules }) =>
    busName === undefined ? [] : [{ busName, rules }],
  );
  return groupBy(foreign, ({ busName }) => busName).flatMap((group) => {
    const { busName } = group[0];
    const rules = group.flatMap((one) => one.rules);
    const named = rules.map((rule) => ({ ...rule, name: `${rule.name} of ${account}` }));
    return rulesUsage(`bus ${busName} of ${account}`, named, 0, usage);
  });
}

function rulesUsage(
  bus: string,
  rules: readonly PlannedRule[],
  others: number,
  usage: CountUsage,
): QuotaUsage[] {
  return [
    usage("rulesPerBus", bus, rules.length + others),
    usage("wildcardRulesPerBus", bus, rules.filter(({ cost }) => cost.usesWildcard).length),
    ...rules.flatMap(({ name, cost, routes }) => [
      usage("eventPatternCharacters", `rule ${name}`, cost.characters, routes),
      usage("patternCombinations", `rule ${name}`, cost.combinations, routes),
      usage("wildcardComplexity", `rule ${name}`, cost.wildcardComplexity, routes),
    ]),
  ];
}

/** What AWS counts per AWS account: every environment that shares it counts together. */
function accountUsage(scope: Scope, usage: CountUsage): QuotaUsage[] {
  const { whole, environment } = scope;
  const buses = new Map<string, number>();
  const roles = new Map<string, number>();
  for (const other of whole.environments.values()) {
    for (const id of other.accountIds.values()) {
      if (other.region === environment.region) buses.set(id, (buses.get(id) ?? 0) + 1);
    }
    const { place, flows, registry } = scopeOf(whole, other);
    for (const { account, target } of registry.subscriptions) {
      if (!hasRole(target)) continue;
      const { accountId } = place(account);
      roles.set(accountId, (roles.get(accountId) ?? 0) + 1);
    }
    for (const { from, events } of flows) {
      const { accountId } = place(from.account);
      if (events.length > 0) roles.set(accountId, (roles.get(accountId) ?? 0) + 1);
    }
    // Every account has its redrive role.
    for (const id of other.accountIds.values()) roles.set(id, (roles.get(id) ?? 0) + 1);
  }
  return [...new Set(environment.accountIds.values())].flatMap((id) => [
    usage("busesPerAccount", `AWS account ${id}`, buses.get(id) ?? 0),
    usage("rolesPerAccount", `AWS account ${id}`, roles.get(id) ?? 0),
  ]);
}

/** Everything but a queue that is made here and a function by name: these admit the rules themselves. */
function hasRole({ kind }: SubscriptionTarget): boolean {
  return kind !== "madeQueue" && kind !== "function";
}

/** How many more of a kind fit, and the quota that runs out first; `undefined` where nothing bounds them. */
export interface Room {
  readonly count: number;
  readonly quota: QuotaName;
}

/**
 * Room for more services, each as the present ones are on average. One may share a statement with another of its account: here it
 * has its own, so that as many fit in any case.
 */
export function roomForServices(scope: Scope, stacks: readonly StackPlan[]): Room | undefined {
  const backbone = stacks.find((stack) => stack.kind === "backbone");
  if (backbone === undefined) return undefined;
  if (scope.environment.publishing === "organisation") return roomInRules(scope, backbone);
  const { policy } = backbone.bus;
  const own = policy.Statement.filter(({ Sid, Effect }) => Sid.startsWith("publish-") && Effect === "Deny");
  const allowed = scope.publications.filter(({ account }) => !scope.sharesBackbone(account));
  const alone = [
    ...own.map((statement) => JSON.stringify(statement).length),
    ...allowed.map((one) => lengthAlone(scope, one)),
  ].reduce((sum, length) => sum + length + 1, 0);
  if (alone === 0) return undefined;
  const left = effectiveQuota(scope.environment, "busPolicyCharacters") - JSON.stringify(policy).length;
  const count = Math.max(0, Math.floor((left * publishing(scope)) / alone));
  return { count, quota: "busPolicyCharacters" };
}

/** The policy has one size: what is received by those who receive everything needs rules, which are half full at least. */
function roomInRules(scope: Scope, { forwards, log }: BackbonePlan): Room | undefined {
  const characters = effectiveQuota(scope.environment, "eventPatternCharacters");
  const ofHub = forwards.filter(({ busName }) => busName === undefined);
  const everything = ofHub.filter(({ rules }) => rules.some(({ routes }) => routes.includes("*")));
  const taken = everything.reduce((sum, { rules: [first, ...others] }) => {
    const isDivided = first === undefined || others.length > 0;
    return sum + (isDivided ? others.length + 1 : Math.min(1, (2 * first.cost.characters) / characters));
  }, 0);
  if (taken === 0) return undefined;
  const used = ofHub.flatMap(({ rules }) => rules).length + logRulesOf(log).length;
  const left = effectiveQuota(scope.environment, "rulesPerBus") - used;
  return { count: Math.max(0, Math.floor((left * publishing(scope)) / taken)), quota: "rulesPerBus" };
}

/** How many services publish on the global bus. */
function publishing({ registry }: Scope): number {
  return [...registry.services.values()].filter(({ origin }) => origin === undefined).length;
}

/** Room for more members that receive something, each with one forward rule, one role and one bus. */
export function roomForMembers(scope: Scope, usages: readonly QuotaUsage[]): Room | undefined {
  const backboneId = scope.place(scope.registry.backbone).accountId;
  const backboneBus = `bus ${names.bus(scope.environment.prefix, scope.registry.backbone)}`;
  const perMember = usages.filter(
    ({ quota, where }) =>
      (quota === "rulesPerBus" && where === backboneBus) ||
      ((quota === "rolesPerAccount" || (quota === "busesPerAccount" && isShared(scope))) &&
        where.endsWith(backboneId)),
  );
  return perMember
    .map(({ quota, used, limit }): Room => {
      // Where accounts share one AWS account, a member's redrive role stands beside its forward role.
      const needed = quota === "rolesPerAccount" && isShared(scope) ? 2 : 1;
      return { quota, count: Math.max(0, Math.floor((limit - used) / needed)) };
    })
    .sort((left, right) => left.count - right.count)
    .at(0);
}

function isShared({ registry, sharesBackbone }: Scope): boolean {
  return registry.members.some(sharesBackbone);
}
