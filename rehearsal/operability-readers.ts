import { z } from "zod";
import { arnOf } from "./physical-identity.js";
import { harmless, reader, taking, type ResourceReader } from "./resource-reader.js";

/**
 * Readers of what makes an account operable. Their shapes are as strict as the others': an alarm that goes off
 * below its threshold, or a trail that records nothing, is refused and not passed over.
 */
export const operabilityReaders: Readonly<Record<string, ResourceReader>> = {
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
      alarmDescription: z.string().optional(),
      namespace: z.string(),
      metricName: z.string(),
      dimensions: z.record(z.string(), z.string()),
      statistic: z.string(),
      period: z.number(),
      evaluationPeriods: z.literal(1),
      comparisonOperator: z.literal("GreaterThanThreshold"),
      threshold: z.number(),
      // EventBridge writes most series only while they are not zero; their absence is good news.
      treatMissingData: z.literal("notBreaching"),
      alarmActions: z.array(z.string()),
      tags: harmless.tags,
    },
    taking(({ name, alarmActions: actions, ...alarm }, { place, alarms }) =>
      alarms.push({ ...alarm, arn: arnOf.alarm(place, name), actions }),
    ),
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

/** `logConfig` and `deadLetterConfig` of a bus. */
export const busOperability = {
  kmsKeyIdentifier: z.string().optional(),
  deadLetterConfig: z.strictObject({ arn: z.string() }).optional(),
  logConfig: z.strictObject({ level: z.string(), includeDetail: z.string() }).optional(),
};
