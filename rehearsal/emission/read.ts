import { z } from "zod";
import { arnOf } from "./arns.js";
import { harmless, jsonText, type LoadedParts, reader, type ResourceReader, taking } from "./parts.js";
import type { RecordedResource } from "./plan-file.js";

const dayInSeconds = 86_400;

const metricQuery = z.strictObject({
  id: z.string(),
  returnData: z.boolean(),
  expression: z.string().optional(),
  period: z.number().optional(),
  metric: z
    .strictObject({
      namespace: z.string(),
      metricName: z.string(),
      dimensions: z.record(z.string(), z.string()),
      stat: z.string(),
      period: z.number(),
    })
    .optional(),
});

/**
 * Every type the program may emit. Shapes are strict: an alarm that goes off below its threshold, or a trail that records
 * nothing, is refused and not passed over.
 */
const readers: Readonly<Record<string, ResourceReader>> = {
  "pulumi:providers:aws": reader(
    {
      region: z.string(),
      allowedAccountIds: jsonText(z.tuple([z.string()])),
      defaultTags: jsonText(z.strictObject({ tags: z.record(z.string(), z.string()) })).optional(),
      assumeRoles: z.string().optional(),
      skipCredentialsValidation: z.string().optional(),
      skipRegionValidation: z.string().optional(),
    },
    ({ region, allowedAccountIds: [accountId], defaultTags }, parts) => {
      const { place } = parts;
      parts.tags = defaultTags?.tags ?? {};
      parts.place = { region, accountId };
      return place.accountId === accountId && place.region === region
        ? undefined
        : `points to account ${accountId} in ${region}, but the stack is of account ${place.accountId} in ${place.region}`;
    },
  ),
  "aws:cloudwatch/eventBus:EventBus": reader(
    {
      name: z.string(),
      kmsKeyIdentifier: z.string().optional(),
      deadLetterConfig: z.strictObject({ arn: z.string() }).optional(),
      logConfig: z.strictObject({ level: z.string(), includeDetail: z.string() }).optional(),
      ...harmless,
    },
    taking(({ name, kmsKeyIdentifier: keyArn, deadLetterConfig, logConfig }, { place, buses }) =>
      buses.push({
        name,
        arn: arnOf.bus(place, name),
        keyArn,
        deadLetterArn: deadLetterConfig?.arn,
        logLevel: logConfig?.level,
        logDetail: logConfig?.includeDetail,
      }),
    ),
  ),
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": reader(
    { eventBusName: z.string(), policy: z.string() },
    taking(({ eventBusName: bus, policy }, { busPolicies }) => busPolicies.push({ bus, policy })),
  ),
  "aws:cloudwatch/eventRule:EventRule": reader(
    { name: z.string(), eventBusName: z.string(), eventPattern: z.string(), state: z.string(), ...harmless },
    taking(({ name, eventBusName: bus, eventPattern, state }, { place, rules }) =>
      rules.push({ name, bus, eventPattern, state, arn: arnOf.rule(place, bus, name) }),
    ),
  ),
  "aws:cloudwatch/eventTarget:EventTarget": reader(
    {
      rule: z.string(),
      eventBusName: z.string(),
      targetId: z.string(),
      arn: z.string(),
      roleArn: z.string().optional(),
      deadLetterConfig: z.strictObject({ arn: z.string() }).optional(),
      inputTransformer: z
        .strictObject({
          inputPaths: z.record(z.string(), z.string()).default({}),
          inputTemplate: z.string(),
        })
        .optional(),
    },
    taking(
      ({ rule, eventBusName: bus, targetId: id, arn, roleArn, deadLetterConfig, inputTransformer }, parts) =>
        parts.targets.push({
          rule,
          bus,
          id,
          arn,
          roleArn,
          deadLetterArn: deadLetterConfig?.arn,
          inputTransformer,
        }),
    ),
  ),
  "aws:cloudwatch/logGroup:LogGroup": reader(
    {
      name: z.string(),
      retentionInDays: z.number().optional(),
      kmsKeyId: z.string().optional(),
      ...harmless,
    },
    taking(({ name, kmsKeyId: keyArn }, { place, logGroups }) =>
      logGroups.push({ arn: arnOf.logGroup(place, name), keyArn }),
    ),
  ),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": reader(
    { policyDocument: z.string(), resourceArn: z.string().optional(), policyName: z.string().optional() },
    ({ policyDocument: policy, resourceArn, policyName }, parts) => {
      if ((resourceArn === undefined) === (policyName === undefined)) {
        return "needs exactly one of resourceArn and policyName";
      }
      if (resourceArn !== undefined) parts.logGroupPolicies.push({ logGroup: resourceArn, policy });
      else {
        const { accountId: account, region } = parts.place;
        parts.accountLogPolicies.push({ name: policyName ?? "", policy, account, region });
      }
      return undefined;
    },
  ),
  "aws:iam/role:Role": reader(
    {
      name: z.string(),
      path: z.string().default("/"),
      permissionsBoundary: z.string().optional(),
      assumeRolePolicy: z.string(),
      ...harmless,
    },
    taking(({ name, path, permissionsBoundary, assumeRolePolicy: trustPolicy }, { place, roles }) =>
      roles.push({ name, path, permissionsBoundary, trustPolicy, arn: arnOf.role(place, name, path) }),
    ),
  ),
  "aws:iam/rolePolicy:RolePolicy": reader(
    { name: z.string(), role: z.string(), policy: z.string() },
    taking((rolePolicy, { rolePolicies }) => rolePolicies.push(rolePolicy)),
  ),
  "aws:iam/policy:Policy": reader(
    { name: z.string(), policy: z.string(), ...harmless },
    taking(({ name, policy }, { place, managedPolicies }) =>
      managedPolicies.push({ arn: arnOf.policy(place, name), policy }),
    ),
  ),
  "aws:sqs/queue:Queue": reader(
    {
      name: z.string(),
      fifoQueue: z.boolean().default(false),
      messageRetentionSeconds: z.number().min(dayInSeconds * 4, "keeps dead letters for less than four days"),
      maxMessageSize: z.number().min(1_048_576, "is smaller than an event may be"),
      sqsManagedSseEnabled: z.boolean().optional(),
      kmsMasterKeyId: z.string().optional(),
      ...harmless,
    },
    taking(({ name, fifoQueue: fifo, kmsMasterKeyId: keyArn }, { place, queues }) =>
      queues.push({ fifo, arn: arnOf.queue(place, name), keyArn }),
    ),
  ),
  "aws:sqs/queuePolicy:QueuePolicy": reader(
    { queueUrl: z.string(), policy: z.string() },
    ({ queueUrl, policy }, parts) => {
      const queue = arnOf.queueByUrl(parts.place, queueUrl);
      if (queue === undefined) return `${queueUrl} is no queue URL`;
      parts.queuePolicies.push({ queue, policy });
      return undefined;
    },
  ),
  "aws:ssm/parameter:Parameter": reader(
    { name: z.string(), type: z.literal("String"), insecureValue: z.string(), ...harmless },
    taking(({ name, insecureValue: value }, { parameters }) => parameters.push({ name, value })),
  ),
  "aws:kms/key:Key": reader(
    {
      policy: z.string(),
      enableKeyRotation: z.boolean().default(false),
      deletionWindowInDays: z.number().optional(),
      description: z.string(),
    },
    taking(({ policy, enableKeyRotation: rotates, description }, { place, keys }) =>
      keys.push({ arn: arnOf.key(place, description), policy, rotates }),
    ),
  ),
  "aws:kms/alias:Alias": reader(
    { name: z.string().startsWith("alias/"), targetKeyId: z.string() },
    taking(({ name, targetKeyId: keyId }, { keyAliases }) => keyAliases.push({ name, keyId })),
  ),
  "aws:sns/topic:Topic": reader(
    { name: z.string(), kmsMasterKeyId: z.string().optional(), ...harmless },
    taking(({ name, kmsMasterKeyId: keyArn }, { place, topics }) =>
      topics.push({ arn: arnOf.topic(place, name), keyArn }),
    ),
  ),
  "aws:sns/topicPolicy:TopicPolicy": reader(
    { arn: z.string(), policy: z.string() },
    taking(({ arn: topic, policy }, { topicPolicies }) => topicPolicies.push({ topic, policy })),
  ),
  "aws:sns/topicSubscription:TopicSubscription": reader(
    { topic: z.string(), protocol: z.literal("email"), endpoint: z.string() },
    taking(({ topic, endpoint: email }, { subscriptions }) => subscriptions.push({ topic, email })),
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": reader(
    {
      name: z.string(),
      alarmDescription: z.string().max(1_024, "is longer than CloudWatch takes"),
      metricQueries: z.array(metricQuery),
      evaluationPeriods: z.number(),
      datapointsToAlarm: z.number(),
      comparisonOperator: z.enum(["GreaterThanThreshold", "GreaterThanUpperThreshold"]),
      threshold: z.number().optional(),
      thresholdMetricId: z.string().optional(),
      // EventBridge writes most series only while they are not zero; their absence is good news.
      treatMissingData: z.literal("notBreaching"),
      alarmActions: z.array(z.string()),
      okActions: z.array(z.string()),
      tags: harmless.tags,
    },
    (
      { name, alarmDescription: description, metricQueries: queries, alarmActions: actions, ...alarm },
      { place, alarms },
    ) => {
      const isBand = alarm.comparisonOperator === "GreaterThanUpperThreshold";
      if (isBand !== (alarm.thresholdMetricId !== undefined) || isBand === (alarm.threshold !== undefined)) {
        return `${alarm.comparisonOperator} needs ${isBand ? "thresholdMetricId" : "threshold"}, and that alone`;
      }
      alarms.push({ ...alarm, description, queries, actions, arn: arnOf.alarm(place, name) });
      return undefined;
    },
  ),
  "aws:cloudwatch/dashboard:Dashboard": reader(
    { dashboardName: z.string(), dashboardBody: z.string() },
    taking(({ dashboardName: name, dashboardBody: body }, { dashboards }) => dashboards.push({ name, body })),
  ),
  "aws:cloudwatch/eventArchive:EventArchive": reader(
    {
      name: z.string(),
      description: harmless.description,
      eventSourceArn: z.string(),
      eventPattern: z.string(),
      retentionDays: z.number(),
      kmsKeyIdentifier: z.string().optional(),
    },
    taking(({ name, eventSourceArn: bus, eventPattern, retentionDays, kmsKeyIdentifier: keyArn }, parts) =>
      parts.archives.push({
        arn: arnOf.archive(parts.place, name),
        bus,
        eventPattern,
        retentionDays,
        keyArn,
      }),
    ),
  ),
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": reader(
    { name: z.string(), logType: z.string(), resourceArn: z.string(), tags: harmless.tags },
    taking(({ name, logType, resourceArn: bus }, { place, deliverySources }) =>
      deliverySources.push({ name, arn: arnOf.deliverySource(place, name), bus, logType }),
    ),
  ),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": reader(
    {
      name: z.string(),
      deliveryDestinationConfiguration: z.strictObject({ destinationResourceArn: z.string() }),
      tags: harmless.tags,
    },
    taking(({ name, deliveryDestinationConfiguration }, { place, deliveryDestinations }) =>
      deliveryDestinations.push({
        arn: arnOf.deliveryDestination(place, name),
        logGroup: deliveryDestinationConfiguration.destinationResourceArn,
      }),
    ),
  ),
  "aws:cloudwatch/logDelivery:LogDelivery": reader(
    { deliverySourceName: z.string(), deliveryDestinationArn: z.string(), tags: harmless.tags },
    taking(({ deliverySourceName: source, deliveryDestinationArn: destination }, { deliveries }) =>
      deliveries.push({ source, destination }),
    ),
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": reader(
    {
      bucket: z.string(),
      blockPublicAcls: z.literal(true),
      blockPublicPolicy: z.literal(true),
      ignorePublicAcls: z.literal(true),
      restrictPublicBuckets: z.literal(true),
    },
    taking(({ bucket }, { closedBuckets }) => closedBuckets.push(bucket)),
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": reader(
    {
      bucket: z.string(),
      rules: z.tuple([
        z.strictObject({
          applyServerSideEncryptionByDefault: z.strictObject({ sseAlgorithm: z.literal("AES256") }),
        }),
      ]),
    },
    taking(({ bucket }, { encryptedBuckets }) => encryptedBuckets.push(bucket)),
  ),
  // A component of a plugin: its inputs are all that is known of the bucket, log group, role and trail inside.
  "awsx:cloudtrail:Trail": reader(
    {
      name: z.string(),
      enableLogging: z.literal(true),
      enableLogFileValidation: z.literal(true),
      isMultiRegionTrail: z.literal(true),
      includeGlobalServiceEvents: z.literal(true),
      eventSelectors: z.tuple([
        z.strictObject({ includeManagementEvents: z.literal(true), readWriteType: z.literal("WriteOnly") }),
      ]),
      s3Bucket: z.strictObject({
        args: z.strictObject({
          bucket: z.string(),
          forceDestroy: z.boolean(),
        }),
      }),
      cloudWatchLogsGroup: z.strictObject({
        enable: z.literal(true),
        args: z.strictObject({
          name: z.string(),
          retentionInDays: z.number(),
          kmsKeyId: z.string().optional(),
        }),
      }),
    },
    taking(({ name, s3Bucket, cloudWatchLogsGroup }, { place, trails, logGroups }) => {
      const { bucket, forceDestroy } = s3Bucket.args;
      const { name: group, retentionInDays: retentionDays, kmsKeyId: keyArn } = cloudWatchLogsGroup.args;
      const logGroup = arnOf.logGroup(place, group);
      trails.push({ name, bucket, forceDestroy, logGroup, retentionDays });
      logGroups.push({ arn: logGroup, keyArn });
    }),
  ),
};

/** Components group resources and are nothing in AWS. */
const componentType = "backbone:";

/** Reads a resource into its stack's parts; what is not modelled is reported, by name. */
export function readResource(
  { type, inputs }: RecordedResource,
  parts: LoadedParts,
  report: (what: string) => void,
): void {
  if (type.startsWith(componentType)) return;
  const known = readers[type];
  const problem =
    known === undefined ? "the rehearsal does not model this resource type" : known.read(inputs, parts);
  if (problem !== undefined) report(problem);
}
