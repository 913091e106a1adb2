import { givingTo } from "eventbridge-simulator";
import type { ProofCheck } from "../claim.js";
import type { LoadedAccount } from "../emission/assemble.js";
import type { May } from "../policies/may.js";
import type { Stage } from "../stage.js";
import { type Subscribed, subscribedAs, subscribedIn } from "../subscribed.js";
import { publisherPolicyArn } from "../wanted.js";
import { policiesOf, type Policy, policyCheck, takeOn } from "./policies.js";

const events = "events.amazonaws.com";

/** Who gives a subscription's events to what gets them, and what its function may do. */
export function subscriptionPolicyChecks(stage: Stage): ProofCheck[] {
  const subscribed = stage.registry.subscriptions.map((one) => subscribedAs(stage, one));
  return [
    ...subscribed.flatMap((one) => {
      const { key, account, target, made, handling } = one;
      const check = (id: string, title: string, policies: () => readonly Policy[]) =>
        policyCheck(stage, { id: `${id}:${key}`, title, account }, policies);
      if (handling !== undefined)
        return [
          check(
            "function-role",
            `Lambda takes on the role of the function of ${key}, which takes events out of its queue, gives up letters, and does nothing besides but log, remember and publish`,
            () => ofFunction(stage, one),
          ),
        ];
      if (made !== undefined || target.kind === "function") return [];
      return [
        check(
          "subscription-role",
          `the rules of subscription ${key} take on its role, which gives events to its target, and nobody else and nothing else`,
          () => ofTarget(stage, one),
        ),
      ];
    }),
    ...[...stage.loaded.accounts.values()].flatMap((account) => {
      const functions = functionsOf(stage, account);
      if (functions.length === 0) return [];
      const title = `EventBridge invokes functions of ${account.name} for the rules of their subscriptions, and nobody else is let in here`;
      return [
        policyCheck(stage, { id: `function-policies:${account.name}`, title, account: account.name }, () =>
          functions.map((arn) => ofFunctionItself(stage, subscribed, arn)),
        ),
      ];
    }),
  ];
}

/** EventBridge, for the rules that the subscription may come to have. */
export function byRules({ rules }: Subscribed, actions: readonly string[]): May {
  return { who: [{ service: events, for: [rules] }], actions };
}

/** What whoever gives to a subscription's target may do: EventBridge needs all actions, a letter the first. */
export function gives({ target, targetArn }: Subscribed, which: "all" | "first"): May[] {
  const { actions = [], keyUses } = givingTo(targetArn) ?? {};
  const key = "key" in target ? target.key : undefined;
  return [
    { actions: which === "all" ? actions : actions.slice(0, 1), resources: [targetArn] },
    ...(key === undefined
      ? []
      : [{ actions: (keyUses?.(targetArn) ?? []).flatMap((use) => use.actions), resources: [key] }]),
  ];
}

function ofTarget(stage: Stage, subscribed: Subscribed): Policy[] {
  return policiesOf(stage, subscribed.roleArn, {
    trust: byRules(subscribed, takeOn),
    allows: { must: gives(subscribed, "all") },
  });
}

/** What its service publishes with is judged for itself. */
function ofFunction(stage: Stage, { account, service, roleArn, made, handling }: Subscribed): Policy[] {
  if (made === undefined || handling === undefined) return [];
  const { logGroupArn, tableArn } = handling;
  const publisher = publisherPolicyArn(stage, account, service);
  const must: May[] = [
    {
      actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      resources: [made.queueArn],
    },
    { actions: ["sqs:SendMessage"], resources: [made.lettersArn] },
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logGroupArn}:*`] },
    ...(tableArn === undefined
      ? []
      : [{ actions: ["dynamodb:DeleteItem", "dynamodb:PutItem"], resources: [tableArn] }]),
  ];
  return policiesOf(stage, roleArn, {
    trust: { who: [{ service: "lambda.amazonaws.com" }], actions: takeOn },
    allows: { must },
  }).map((policy) => ({
    ...policy,
    policies: policy.policies.filter(({ name }) => name !== `${roleArn}/${publisher}`),
  }));
}

/** Those that are made in an account, and those that others deploy and something here is for. */
function functionsOf(stage: Stage, { name, switchedOn }: LoadedAccount): string[] {
  const named = subscribedIn(stage, name).flatMap(({ target, targetArn }) =>
    target.kind === "function" ? [targetArn] : [],
  );
  const permitted = switchedOn.permissions.flatMap(({ of }) => of);
  return [...new Set([...named, ...permitted])];
}

function ofFunctionItself({ world }: Stage, subscribed: readonly Subscribed[], arn: string): Policy {
  const takers = subscribed.filter(({ targetArn }) => targetArn === arn);
  return {
    of: arn,
    kind: "permissions",
    policies: world.functions.get(arn)?.policies ?? [],
    allows: { must: takers.map((one) => byRules(one, ["lambda:InvokeFunction"])) },
  };
}
