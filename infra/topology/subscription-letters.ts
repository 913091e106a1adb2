import type { Statement } from "../aws/policy-document.js";
import { groupBy, isMade } from "../registry/index.js";
import type { Scope } from "./scope.js";
import { queuesOf } from "./subscription-queue.js";
import { keyActions, targetKinds } from "./subscription-targets.js";

/** What puts dead letters back: to each subscription's target, as EventBridge gives it, and nowhere else. */
export function putToTargets(scope: Scope, account: string): Statement[] {
  const place = scope.place(account);
  const given = scope.registry.subscriptions
    .filter((one) => one.account === account)
    .map((one) => {
      const { target } = one;
      const kind = targetKinds[isMade(target) ? "queue" : target.kind];
      return {
        action: kind.actions[0],
        resource: isMade(target) ? queuesOf(scope, one).arn : kind.arn(place, target.name),
      };
    });
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
