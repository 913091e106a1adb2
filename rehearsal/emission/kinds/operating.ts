import { z } from "zod";
import { arnOf } from "../arns.js";
import { anything, attachment, described, kind, named, policyText } from "./kind.js";

const metric = z.strictObject({
  namespace: z.string(),
  metricName: z.string(),
  dimensions: z.record(z.string(), z.string()).default({}),
  stat: z.string(),
  /** Seconds. */
  period: z.number(),
});

/** A series, or what is worked out of series. */
const metricQuery = z.strictObject({
  id: z.string(),
  returnData: z.boolean().default(false),
  expression: z.string().optional(),
  /** Seconds. */
  period: z.number().optional(),
  label: anything,
  metric: metric.optional(),
});

const yes = z.literal(true);

/**
 * What makes an account operable; events reach people by it, but no other account. Shapes are strict: an alarm that goes off
 * below its threshold, or a trail that records nothing, is told and not passed over.
 */
export const operatingKinds = {
  topics: kind({
    type: "aws:sns/topic:Topic",
    arn: named(arnOf.topic),
    shape: {
      name: z.string(),
      displayName: anything,
      deliveryPolicy: anything,
      signatureVersion: anything,
      tracingConfig: anything,
      kmsMasterKeyId: z.string().optional(),
      policy: policyText.optional(),
      ...described,
    },
    part: ({ kmsMasterKeyId, policy }, { arn, keyArn }) => ({ arn, keyArn: keyArn(kmsMasterKeyId), policy }),
  }),
  topicPolicies: attachment({
    type: "aws:sns/topicPolicy:TopicPolicy",
    owner: "topics",
    words: ["topic policy", "topic"],
    isOnly: true,
    shape: { arn: z.string(), policy: policyText },
    part: ({ arn: of, policy }) => ({ of, policy }),
  }),
  subscriptions: kind({
    type: "aws:sns/topicSubscription:TopicSubscription",
    arn: undefined,
    shape: { topic: z.string(), protocol: z.literal("email"), endpoint: z.string() },
    part: ({ topic, endpoint: email }) => ({ topic, email }),
  }),
  alarms: kind({
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    arn: named(arnOf.alarm),
    shape: {
      name: z.string(),
      alarmDescription: z.string().max(1_024, "is longer than CloudWatch takes"),
      metricQueries: z.array(metricQuery),
      evaluationPeriods: z.number(),
      datapointsToAlarm: z.number().optional(),
      comparisonOperator: z.enum(["GreaterThanThreshold", "GreaterThanUpperThreshold"]),
      threshold: z.number().optional(),
      thresholdMetricId: z.string().optional(),
      // EventBridge writes most series only while they are not zero; their absence is good news.
      treatMissingData: z.literal("notBreaching"),
      actionsEnabled: z.boolean().default(true),
      alarmActions: z.array(z.string()).default([]),
      okActions: z.array(z.string()).default([]),
      insufficientDataActions: anything,
      tags: described.tags,
    },
    part: (alarm, { arn, report }) => {
      const { comparisonOperator, threshold, thresholdMetricId, evaluationPeriods } = alarm;
      const isBand = comparisonOperator === "GreaterThanUpperThreshold";
      if (isBand !== (thresholdMetricId !== undefined) || isBand === (threshold !== undefined)) {
        const wanted = isBand ? "thresholdMetricId" : "threshold";
        report(`${comparisonOperator} needs ${wanted}, and that alone`, `give the alarm its ${wanted}`);
      }
      return {
        arn,
        description: alarm.alarmDescription,
        queries: alarm.metricQueries,
        evaluationPeriods,
        datapointsToAlarm: alarm.datapointsToAlarm ?? evaluationPeriods,
        /** What it has to be above: a number, or the upper edge of the band with this id. */
        threshold,
        thresholdMetricId,
        /** ARNs of what it tells when it goes off, and when that is over. */
        actions: alarm.actionsEnabled ? alarm.alarmActions : [],
        okActions: alarm.actionsEnabled ? alarm.okActions : [],
      };
    },
  }),
  dashboards: kind({
    type: "aws:cloudwatch/dashboard:Dashboard",
    arn: undefined,
    shape: { dashboardName: z.string(), dashboardBody: z.string() },
    part: ({ dashboardName: name, dashboardBody: body }) => ({ name, body }),
  }),
  // A component of a plugin: its inputs are all that is known of the bucket, log group, role and trail inside.
  trails: kind({
    type: "awsx:cloudtrail:Trail",
    arn: undefined,
    shape: {
      name: z.string(),
      enableLogging: yes,
      enableLogFileValidation: yes,
      isMultiRegionTrail: yes,
      includeGlobalServiceEvents: yes,
      eventSelectors: z.tuple([
        z.strictObject({ includeManagementEvents: yes, readWriteType: z.literal("WriteOnly") }),
      ]),
      s3Bucket: z.strictObject({ args: z.strictObject({ bucket: z.string(), forceDestroy: z.boolean() }) }),
      cloudWatchLogsGroup: z.strictObject({
        enable: yes,
        args: z.strictObject({
          name: z.string(),
          retentionInDays: z.number(),
          kmsKeyId: z.string().optional(),
        }),
      }),
    },
    part: ({ name, s3Bucket, cloudWatchLogsGroup: { args } }, { place, keyArn }) => ({
      name,
      ...s3Bucket.args,
      logGroup: arnOf.logGroup(place, args.name),
      retentionDays: args.retentionInDays,
      keyArn: keyArn(args.kmsKeyId),
    }),
  }),
  /** Names of buckets that nothing makes public. */
  closedBuckets: kind({
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    arn: undefined,
    shape: {
      bucket: z.string(),
      blockPublicAcls: yes,
      blockPublicPolicy: yes,
      ignorePublicAcls: yes,
      restrictPublicBuckets: yes,
    },
    part: ({ bucket }) => bucket,
  }),
  /** Names of buckets that say how they encrypt. */
  encryptedBuckets: kind({
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    arn: undefined,
    shape: {
      bucket: z.string(),
      rules: z.tuple([
        z.strictObject({
          applyServerSideEncryptionByDefault: z.strictObject({ sseAlgorithm: z.literal("AES256") }),
        }),
      ]),
    },
    part: ({ bucket }) => bucket,
  }),
};
