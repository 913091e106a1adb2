/** ARN kinds this project writes. Template types keep a queue's ARN from standing where a bus's belongs. */
export type BusArn = `arn:${string}:events:${string}:${string}:event-bus/${string}`;
export type RuleArn = `arn:${string}:events:${string}:${string}:rule/${string}/${string}`;
export type RoleArn = `arn:${string}:iam::${string}:role/${string}`;
export type PolicyArn = `arn:${string}:iam::${string}:policy/${string}`;
export type AccountRootArn = `arn:${string}:iam::${string}:root`;
export type QueueArn = `arn:${string}:sqs:${string}:${string}:${string}`;
export type LogGroupArn = `arn:${string}:logs:${string}:${string}:log-group:${string}`;

/** Where a regional resource lives. */
export interface Place {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/**
 * The partition a region belongs to; it stands in every ARN.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}

export function busArn(place: Place, bus: string): BusArn {
  return `arn:${partitionOf(place.region)}:events:${place.region}:${place.accountId}:event-bus/${bus}`;
}

/** A rule of a custom bus. On the default bus AWS leaves the bus's name out; this project has no rule there. */
export function ruleArn(place: Place, bus: string, rule: string): RuleArn {
  return `arn:${partitionOf(place.region)}:events:${place.region}:${place.accountId}:rule/${bus}/${rule}`;
}

export function queueArn(place: Place, queue: string): QueueArn {
  return `arn:${partitionOf(place.region)}:sqs:${place.region}:${place.accountId}:${queue}`;
}

/** Without the trailing `:*`: the form EventBridge takes as a target. Policies write the streams behind it. */
export function logGroupArn(place: Place, logGroup: string): LogGroupArn {
  return `arn:${partitionOf(place.region)}:logs:${place.region}:${place.accountId}:log-group:${logGroup}`;
}

export function roleArn(place: Place, role: string): RoleArn {
  return `arn:${partitionOf(place.region)}:iam::${place.accountId}:role/${role}`;
}

export function policyArn(place: Place, policy: string): PolicyArn {
  return `arn:${partitionOf(place.region)}:iam::${place.accountId}:policy/${policy}`;
}

export function accountRootArn(place: Place): AccountRootArn {
  return `arn:${partitionOf(place.region)}:iam::${place.accountId}:root`;
}
