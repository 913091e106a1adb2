import type { AssumedData } from "eventbridge-simulator";
import { type Environment, isMade, type NamedTarget, type Registry } from "../infra/registry/index.js";
import { arnOf, type ProviderPlace } from "./emission/arns.js";

export function namedArn(place: ProviderPlace, { kind, name }: NamedTarget): string {
  return arnOf[kind](place, name);
}

/** What is there though no stack emits it, as subscriptions name it: what gets events, and the keys of that. */
export function namedIn(
  { subscriptions }: Registry,
  { region, accountIds }: Environment,
): readonly AssumedData[] {
  const named = subscriptions.flatMap(({ account, target }): AssumedData[] => {
    if (isMade(target)) return [];
    const arn = namedArn({ region, accountId: accountIds.get(account) ?? "" }, target);
    const { key } = target;
    return key === undefined ? [{ arn }] : [{ arn, keyArn: key }, { arn: key }];
  });
  return [...new Map(named.map((one) => [one.arn, one])).values()];
}
