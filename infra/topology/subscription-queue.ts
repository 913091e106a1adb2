import { type QueueArn, queueArn, queueUrl, type RuleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import { isMade, type MadeQueue, type Subscription } from "../registry/index.js";
import type { Scope } from "./scope.js";

/** A queue that is made for a subscription, and another for what its consumer gives up. */
export interface QueuePair {
  readonly name: string;
  readonly arn: QueueArn;
  readonly url: string;
  readonly lettersName: string;
  readonly lettersArn: QueueArn;
  readonly lettersUrl: string;
}

export interface PlannedQueue extends QueuePair {
  readonly policy: PolicyDocument;
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
}

/** What the queues of a subscription are called. */
export function queuesOf(
  { environment, place: placeOf }: Scope,
  { account, service, name }: Subscription,
): QueuePair {
  const place = placeOf(account);
  const queue = names.subscription(environment.prefix, service, name);
  const letters = names.subscriptionLetters(environment.prefix, service, name);
  return {
    name: queue,
    arn: queueArn(place, queue),
    url: queueUrl(place, queue),
    lettersName: letters,
    lettersArn: queueArn(place, letters),
    lettersUrl: queueUrl(place, letters),
  };
}

/** The queues that are made for subscriptions of an account, each with the subscription's key. */
export function madeQueues(scope: Scope, account: string): (QueuePair & { readonly subscription: string })[] {
  return scope.registry.subscriptions
    .filter((one) => one.account === account && isMade(one.target))
    .map((one) => ({ subscription: one.key, ...queuesOf(scope, one) }));
}

/**
 * Everything in the queue has come by the subscription's rules or was put back by who redrives: the account's own people,
 * whose identity policies would be enough, may not write it.
 */
export function planQueue(
  scope: Scope,
  subscription: Subscription,
  {
    visibilityTimeoutSeconds,
    maxReceiveCount,
  }: Pick<MadeQueue, "visibilityTimeoutSeconds" | "maxReceiveCount">,
  anyRule: RuleArn,
): PlannedQueue {
  const queues = queuesOf(scope, subscription);
  const { arn } = queues;
  return {
    ...queues,
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
          ArnNotEquals: { "aws:PrincipalArn": scope.redriveRole(subscription.account) },
        },
      },
    ),
    visibilityTimeoutSeconds,
    maxReceiveCount,
  };
}
