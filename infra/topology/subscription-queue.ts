import { type QueueArn, queueArn, queueUrl, type RuleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import type { MadeQueue, Subscription } from "../registry/index.js";
import type { Scope } from "./scope.js";

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
  readonly lettersUrl: string;
}

/**
 * Everything in the queue has come by the subscription's rules or was put back by who redrives: the account's own people,
 * whose identity policies would be enough, may not write it.
 */
export function planQueue(
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
    lettersUrl: queueUrl(place, letters),
  };
}
