import {
  type QueueArn,
  queueArn,
  queueUrl,
  type RoleArn,
  roleArn,
  type RuleArn,
  ruleArn,
} from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument, type Statement } from "../aws/policy-document.js";
import {
  groupBy,
  isMade,
  type MadeQueue,
  type NamedTarget,
  type RetrySettings,
  type Subscription,
} from "../registry/index.js";
import { divided, type PlannedRule } from "./rules.js";
import type { PlannedRoleSettings, Scope } from "./scope.js";
import { keyActions, targetKinds } from "./subscription-targets.js";

/** Brings one subscription's events from the account's bus to what gets them. */
export interface PlannedSubscription {
  readonly service: string;
  readonly name: string;
  /** One, or several where one pattern would grow over AWS's limit. */
  readonly rules: readonly PlannedRule[];
  readonly targetId: string;
  readonly targetArn: string;
  /** Of a stream. */
  readonly partitionKeyPath?: string;
  readonly retry?: RetrySettings;
  /** By which EventBridge reaches something that is not made here. */
  readonly role?: PlannedTargetRole;
  /** By which EventBridge reaches a function that is not made here. */
  readonly permission?: PlannedPermission;
  /** The queue that is made for it. */
  readonly queue?: PlannedQueue;
}

export interface PlannedTargetRole extends PlannedRoleSettings {
  readonly roleName: string;
  readonly roleArn: RoleArn;
  readonly description: string;
  readonly trustPolicy: PolicyDocument;
  readonly policy: PolicyDocument;
}

export interface PlannedPermission {
  readonly statementId: string;
  readonly function: string;
  /** The rules, with a wildcard for their numbers. */
  readonly sourceArn: RuleArn;
}

/** A queue, and another for what its consumer gives up. */
export interface PlannedQueue {
  readonly name: string;
  readonly arn: QueueArn;
  readonly url: string;
  readonly policy: PolicyDocument;
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
  readonly lettersName: string;
  readonly lettersArn: QueueArn;
}

/** Plans all subscriptions of an account, by service and name. */
export function planSubscriptions(scope: Scope, account: string): PlannedSubscription[] {
  return scope.registry.subscriptions
    .filter((one) => one.account === account)
    .map((one) => planSubscription(scope, one));
}

function planSubscription(scope: Scope, subscription: Subscription): PlannedSubscription {
  const { environment } = scope;
  const { key, account, service, name, target, retry } = subscription;
  const place = scope.place(account);
  const bus = names.bus(environment.prefix, account);
  const rules = divided(environment, scope.subscribed(key)).map(({ number, ...carried }): PlannedRule => {
    const ruleName = names.subscriptionRule(service, name, number);
    const description = `Gives ${service} what its subscription ${name} takes`;
    return { name: ruleName, arn: ruleArn(place, bus, ruleName), description, ...carried };
  });
  const anyRule = ruleArn(place, bus, names.subscriptionRule(service, name, "*"));
  const common = {
    service,
    name,
    rules,
    targetId: `${service}--${name}`,
    ...(retry === undefined ? {} : { retry }),
  };
  if (isMade(target)) {
    const queue = planQueue(scope, subscription, target, anyRule);
    return { ...common, targetArn: queue.arn, queue };
  }
  const kind = targetKinds[target.kind];
  const targetArn = kind.arn(place, target.name);
  const { partitionKeyPath } = target;
  return {
    ...common,
    targetArn,
    ...(partitionKeyPath === undefined ? {} : { partitionKeyPath }),
    ...(kind.takesPermission
      ? {
          permission: {
            statementId: `${environment.prefix}-${service}--${name}`,
            function: targetArn,
            sourceArn: anyRule,
          },
        }
      : { role: planRole(scope, subscription, target, anyRule) }),
  };
}

/** Trusts every rule that the subscription may come to have, and no other. */
function planRole(
  scope: Scope,
  { account, service, name }: Subscription,
  target: NamedTarget,
  anyRule: RuleArn,
): PlannedTargetRole {
  const { prefix, roles } = scope.environment;
  const place = scope.place(account);
  const { arn, actions } = targetKinds[target.kind];
  const roleName = names.subscription(prefix, service, name);
  return {
    roleName,
    roleArn: roleArn(place, roleName, roles?.path),
    ...scope.roleSettings(account),
    description: `Lets EventBridge give ${service} the events of its subscription ${name}`,
    trustPolicy: policyDocument({
      Sid: "TrustRulesOfSubscription",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": place.accountId },
        ArnLike: { "aws:SourceArn": anyRule },
      },
    }),
    policy: policyDocument(
      { Sid: "GiveToTarget", Effect: "Allow", Action: [...actions], Resource: arn(place, target.name) },
      ...(target.key === undefined ? [] : [useKey(target.key)]),
    ),
  };
}

function useKey(key: string): Statement {
  return { Sid: "UseKeyOfTarget", Effect: "Allow", Action: keyActions, Resource: key };
}

/**
 * Everything in the queue has come by the subscription's rules or was put back by who redrives: the account's own people,
 * whose identity policies would be enough, may not write it.
 */
function planQueue(
  scope: Scope,
  { account, service, name }: Subscription,
  {
    visibilityTimeoutSeconds,
    maxReceiveCount,
  }: Pick<MadeQueue, "visibilityTimeoutSeconds" | "maxReceiveCount">,
  anyRule: RuleArn,
): PlannedQueue {
  const { prefix } = scope.environment;
  const place = scope.place(account);
  const queue = names.subscription(prefix, service, name);
  const letters = names.subscriptionLetters(prefix, service, name);
  const arn = queueArn(place, queue);
  return {
    name: queue,
    arn,
    url: queueUrl(place, queue),
    policy: policyDocument(
      {
        Sid: "AllowRulesOfSubscription",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: arn,
        Condition: { ArnLike: { "aws:SourceArn": anyRule } },
      },
      {
        Sid: "DenyAllButServicesAndRedrive",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:SendMessage",
        Resource: arn,
        Condition: {
          Bool: { "aws:PrincipalIsAWSService": "false" },
          ArnNotEquals: { "aws:PrincipalArn": scope.redriveRole(account) },
        },
      },
    ),
    visibilityTimeoutSeconds,
    maxReceiveCount,
    lettersName: letters,
    lettersArn: queueArn(place, letters),
  };
}

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
