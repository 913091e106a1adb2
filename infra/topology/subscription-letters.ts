import { type QueueArn, queueArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import type { Statement } from "../aws/policy-document.js";
import { groupBy, isMade, type Subscription } from "../registry/index.js";
import type { Scope } from "./scope.js";
import { keyActions, targetKinds } from "./subscription-targets.js";

/** Queues of what consumers of an account have given up. */
export function letterQueuesOf(
  scope: Scope,
  account: string,
): { readonly name: string; readonly arn: QueueArn; readonly subscription: Subscription }[] {
  const { prefix } = scope.environment;
  return scope.registry.subscriptions
    .filter((one) => one.account === account && isMade(one.target))
    .map((subscription) => {
      const name = names.subscriptionLetters(prefix, subscription.service, subscription.name);
      return { name, arn: queueArn(scope.place(account), name), subscription };
    });
}

/** What puts dead letters back: to each subscription's target, as EventBridge gives it, and nowhere else. */
export function putToTargets(scope: Scope, account: string): Statement[] {
  const place = scope.place(account);
  const given = scope.registry.subscriptions
    .filter((one) => one.account === account)
    .map(({ service, name, target }) =>
      isMade(target)
        ? {
            action: "sqs:SendMessage",
            resource: queueArn(place, names.subscription(scope.environment.prefix, service, name)),
          }
        : {
            action: targetKinds[target.kind].actions[0],
            resource: targetKinds[target.kind].arn(place, target.name),
          },
    );
  const keys = scope.registry.subscriptions.flatMap(({ account: of, target }) =>
    of === account && !isMade(target) ? (target.key ?? []) : [],
  );
  return [
    ...groupBy(given, ({ action }) => action).map((group, index): Statement => ({
      Sid: `GiveToTargets${index === 0 ? "" : index + 1}`,
      Effect: "Allow",
      Action: group[0].action,
      Resource: [...new Set(group.map(({ resource }) => resource))],
    })),
    ...(keys.length === 0
      ? []
      : [
          {
            Sid: "UseKeysOfTargets",
            Effect: "Allow" as const,
            Action: keyActions,
            Resource: [...new Set(keys)],
          },
        ]),
  ];
}
