import { defaultQuota, type Quota, quotas } from "../aws/limits.js";
import { groupBy } from "../registry/index.js";
import type { StackPlan } from "./plan.js";
import { type QuotaUsage, titleOf } from "./quota.js";
import type { Scope } from "./scope.js";

/**
 * What to ask AWS for, a sentence for each quota and AWS account whose default the environment does not fit into, whether or not it says that it
 * has been raised.
 */
export function supportCases(
  scope: Scope,
  stacks: readonly StackPlan[],
  usages: readonly QuotaUsage[],
): string[] {
  const { region } = scope.environment;
  const accounts = accountsByPlace(stacks);
  const beyond = usages.filter(({ quota, used }) => {
    const { adjustable }: Quota = quotas[quota];
    return adjustable && used > defaultQuota(quota, region);
  });
  const accountOf = ({ where }: QuotaUsage) => accounts.get(where) ?? where;
  return groupBy(beyond, (usage) => `${usage.quota} ${accountOf(usage)}`).map(([first, ...others]) => {
    const fullest = others.reduce((one, other) => (other.used > one.used ? other : one), first);
    const { quota, limit, used, where } = fullest;
    const ask = Math.max(limit, withRoom(quota, used));
    const uses = where === accountOf(fullest) ? "it uses" : `${where} uses`;
    return `${accountOf(fullest)}, ${region}: please raise "${titleOf(quota)}" from ${inWords(defaultQuota(quota, region))} to ${inWords(ask)} ${quotas[quota].unit}; ${uses} ${inWords(used)}`;
  });
}

/** A fifth more than is used, in hundreds, up to what AWS grants at most. */
function withRoom(quota: QuotaUsage["quota"], used: number): number {
  const { ceiling = Infinity }: Quota = quotas[quota];
  return Math.max(used, Math.min(ceiling, Math.ceil((used * 1.2) / 100) * 100));
}

function inWords(number: number): string {
  return number.toLocaleString("en");
}

/** AWS account of each thing that is counted, by what it is called there. */
function accountsByPlace(stacks: readonly StackPlan[]): ReadonlyMap<string, string> {
  return new Map(
    stacks.flatMap((stack) => {
      const subscriptions = stack.kind === "backbone" ? [] : stack.subscriptions;
      const carried = [...subscriptions, ...stack.forwards.filter(({ busName }) => busName === undefined)];
      const rules = carried.flatMap((one) => one.rules.map(({ name }) => `rule ${name}`));
      const foreign = stack.forwards.flatMap(({ busName, rules: own }) =>
        busName === undefined
          ? []
          : [`bus ${busName}`, ...own.map(({ name }) => `rule ${name}`)].map(
              (one) => `${one} of ${stack.account}`,
            ),
      );
      return [`bus ${stack.bus.name}`, ...rules, ...foreign].map(
        (place) => [place, `AWS account ${stack.accountId}`] as const,
      );
    }),
  );
}
