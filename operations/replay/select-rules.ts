import type { RuleArn } from "../../infra/aws/arn.js";
import { ruleArn } from "../../infra/aws/arn.js";
import type { Registry } from "../../infra/registry/index.js";
import type { BackbonePlan } from "../../infra/topology/index.js";

/** A rule that a replay runs, and what it delivers. */
export interface ReplayedRule {
  readonly name: string;
  readonly arn: RuleArn;
  /** Account that receives it again; the backbone itself for the rule that logs. */
  readonly account: string;
  /** Contracts it delivers that were asked for. */
  readonly wanted: readonly string[];
  /** Contracts it delivers all the same: a replay is limited by rules, not by contracts. */
  readonly besides: readonly string[];
}

export interface ReplaySelection {
  /** Key of a contract; all if it is left out. */
  readonly contract?: string;
  /** Account that is to receive again; all that do if it is left out. */
  readonly account?: string;
}

/**
 * The rules a replay is limited to. The logging rule is left out unless the backbone's own account is asked for:
 * what is in the log of the global bus already should not be there twice.
 */
export function selectRules(
  registry: Registry,
  backbone: BackbonePlan,
  { contract, account }: ReplaySelection,
): ReplayedRule[] {
  const divide = (contracts: readonly string[]) => ({
    wanted: contracts.filter((key) => contract === undefined || key === contract),
    besides: contracts.filter((key) => contract !== undefined && key !== contract),
  });
  const forwards = backbone.forwards.flatMap(({ member, rules }) =>
    rules.map(({ name, arn, routes }): ReplayedRule => {
      const contracts = registry.routes
        .filter((route) => route.to === member && routes.includes(route.events))
        .flatMap((route) => route.contracts);
      return { name, arn, account: member, ...divide(contracts) };
    }),
  );
  const { accountId, region, bus, log } = backbone;
  const logging: ReplayedRule = {
    name: log.ruleName,
    arn: ruleArn({ accountId, region }, bus.name, log.ruleName),
    account: backbone.account,
    ...divide([...registry.contracts.keys()]),
  };
  return (account === backbone.account ? [logging] : forwards).filter(
    (rule) => rule.wanted.length > 0 && (account === undefined || rule.account === account),
  );
}
