import { type RoleArn, roleArn, type RuleArn, ruleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument, type Statement } from "../aws/policy-document.js";
import { isMade, type NamedTarget, type RetrySettings, type Subscription } from "../registry/index.js";
import { divided, type PlannedRule } from "./rules.js";
import type { PlannedRoleSettings, Scope } from "./scope.js";
import { planFunction, type PlannedFunction } from "./subscription-function.js";
import { type PlannedQueue, planQueue } from "./subscription-queue.js";
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
  /** What takes its events out of that queue. */
  readonly function?: PlannedFunction;
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
  const nameOf = (number: number) => names.subscriptionRule(service, name, number);
  const rules = divided(environment, scope.subscribed(key), nameOf).map((carried): PlannedRule => {
    const description = `Gives ${service} what its subscription ${name} takes`;
    return { ...carried, arn: ruleArn(place, bus, carried.name), description };
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
    const made = { ...common, targetArn: queue.arn, queue };
    return target.kind === "madeQueue"
      ? made
      : { ...made, function: planFunction(scope, subscription, target, queue) };
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
