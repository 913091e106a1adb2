/** ARN kinds this project writes. Template types keep a queue's ARN from standing where a bus's belongs. */
export type BusArn = `arn:${string}:events:${string}:${string}:event-bus/${string}`;
export type RuleArn = `arn:${string}:events:${string}:${string}:rule/${string}`;
export type RoleArn = `arn:${string}:iam::${string}:role/${string}`;
export type PolicyArn = `arn:${string}:iam::${string}:policy/${string}`;
export type AccountRootArn = `arn:${string}:iam::${string}:root`;
export type QueueArn = `arn:${string}:sqs:${string}:${string}:${string}`;
export type TopicArn = `arn:${string}:sns:${string}:${string}:${string}`;
export type AlarmArn = `arn:${string}:cloudwatch:${string}:${string}:alarm:${string}`;
export type ArchiveArn = `arn:${string}:events:${string}:${string}:archive/${string}`;
export type DeliverySourceArn = `arn:${string}:logs:${string}:${string}:delivery-source:${string}`;
export type TableArn = `arn:${string}:dynamodb:${string}:${string}:table/${string}`;
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

/** What the names of a Region's endpoints end in. */
export function endpointDomain(region: string): "amazonaws.com" | "amazonaws.com.cn" {
  return partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

/** The AWS console of a Region. */
export function consoleOf(region: string): string {
  const partition = partitionOf(region);
  if (partition === "aws-cn") return "console.amazonaws.cn";
  return partition === "aws-us-gov" ? "console.amazonaws-us-gov.com" : `${region}.console.aws.amazon.com`;
}

export function busArn(place: Place, bus: string): BusArn {
  return `arn:${partitionOf(place.region)}:events:${place.region}:${place.accountId}:event-bus/${bus}`;
}

/** A rule of a bus; in those of the default bus AWS leaves out its name. */
export function ruleArn(place: Place, bus: string, rule: string): RuleArn {
  const onBus = bus === "default" ? rule : `${bus}/${rule}`;
  return `arn:${partitionOf(place.region)}:events:${place.region}:${place.accountId}:rule/${onBus}`;
}

export function archiveArn(place: Place, archive: string): ArchiveArn {
  return `arn:${partitionOf(place.region)}:events:${place.region}:${place.accountId}:archive/${archive}`;
}

export function topicArn(place: Place, topic: string): TopicArn {
  return `arn:${partitionOf(place.region)}:sns:${place.region}:${place.accountId}:${topic}`;
}

export function alarmArn(place: Place, alarm: string): AlarmArn {
  return `arn:${partitionOf(place.region)}:cloudwatch:${place.region}:${place.accountId}:alarm:${alarm}`;
}

/** What hands a bus's own log records to CloudWatch Logs. */
export function deliverySourceArn(place: Place, source: string): DeliverySourceArn {
  return `arn:${partitionOf(place.region)}:logs:${place.region}:${place.accountId}:delivery-source:${source}`;
}

/** Everything of CloudWatch Logs in one account and Region; EventBridge's encryption context for log records. */
export function allLogsArn(place: Place): `arn:${string}:logs:${string}:${string}:*` {
  return `arn:${partitionOf(place.region)}:logs:${place.region}:${place.accountId}:*`;
}

/**
 * The principal of CloudWatch Logs, which alone among the services used here has the Region in its name.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function logsPrincipal({ region }: Place): string {
  return `logs.${region}.${endpointDomain(region)}`;
}

export function queueArn(place: Place, queue: string): QueueArn {
  return `arn:${partitionOf(place.region)}:sqs:${place.region}:${place.accountId}:${queue}`;
}

/** What SQS's clients call a queue by. */
export function queueUrl({ region, accountId }: Place, queue: string): string {
  return `https://sqs.${region}.${endpointDomain(region)}/${accountId}/${queue}`;
}

/** What a service calls a resource of a place, for kinds that need no type of their own. */
export function serviceArn({ region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
}

export function tableArn(place: Place, name: string): TableArn {
  return `arn:${partitionOf(place.region)}:dynamodb:${place.region}:${place.accountId}:table/${name}`;
}

/** Without the trailing `:*`: the form EventBridge takes as a target. Policies write the streams behind it. */
export function logGroupArn(place: Place, logGroup: string): LogGroupArn {
  return `arn:${partitionOf(place.region)}:logs:${place.region}:${place.accountId}:log-group:${logGroup}`;
}

/** @param path begins and ends with a slash */
export function roleArn(place: Place, role: string, path = "/"): RoleArn {
  return `arn:${partitionOf(place.region)}:iam::${place.accountId}:role/${path.slice(1)}${role}`;
}

export function policyArn(place: Place, policy: string): PolicyArn {
  return `arn:${partitionOf(place.region)}:iam::${place.accountId}:policy/${policy}`;
}

export function accountRootArn(place: Place): AccountRootArn {
  return `arn:${partitionOf(place.region)}:iam::${place.accountId}:root`;
}

/**
 * Regions of the partitions aws, aws-cn and aws-us-gov, as the AWS SDK for JavaScript lists them (partitions.json,
 * November 2026). AWS opens new ones: add them here.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const regions: readonly string[] = [
  "af-south-1",
  ...[
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
  ],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"],
  ...["ap-southeast-6", "ap-southeast-7"],
  ...["ca-central-1", "ca-west-1"],
  ...["cn-north-1", "cn-northwest-1"],
  ...["eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2"],
  ...["eu-west-1", "eu-west-2", "eu-west-3"],
  "il-central-1",
  ...["me-central-1", "me-south-1", "me-west-1"],
  "mx-central-1",
  ...["sa-east-1", "sa-west-1"],
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  ...["us-gov-east-1", "us-gov-west-1"],
];
