import { Dashboard, MetricAlarm } from "@pulumi/aws/cloudwatch/index.js";
import { Topic, TopicPolicy, TopicSubscription } from "@pulumi/aws/sns/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedAlarms } from "../topology/index.js";
import { diesWithOwner, fixedName } from "./fixed-name.js";

export interface AlarmsArgs {
  readonly alarms: PlannedAlarms;
  /**
   * Customer key of the account, if it has one. Without it the topic stays unencrypted: under the key that AWS
   * manages for SNS, alarms could not be published and would vanish without an error.
   */
  readonly keyArn: pulumi.Input<string> | undefined;
}

/** Tells people what goes wrong in an account, and shows it on one page. */
export class Alarms extends pulumi.ComponentResource {
  readonly topic: Topic;
  readonly topicPolicy: TopicPolicy;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:cloudwatch:Alarms", name, {}, opts);
    const { alarms, keyArn } = args;
    this.topic = new Topic(
      name,
      { name: alarms.topicName, kmsMasterKeyId: keyArn },
      { parent: this, ...fixedName },
    );
    this.topicPolicy = new TopicPolicy(
      name,
      { arn: this.topic.arn, policy: JSON.stringify(alarms.topicPolicy) },
      { parent: this, ...diesWithOwner },
    );
    for (const email of alarms.emails) {
      new TopicSubscription(
        `${name}-${email}`,
        { topic: this.topic.arn, protocol: "email", endpoint: email },
        { parent: this, ...fixedName },
      );
    }
    for (const alarm of alarms.alarms) {
      new MetricAlarm(
        alarm.key,
        {
          name: alarm.name,
          alarmDescription: alarm.description,
          namespace: alarm.namespace,
          metricName: alarm.metricName,
          dimensions: { ...alarm.dimensions },
          statistic: alarm.statistic,
          period: alarm.period,
          evaluationPeriods: 1,
          comparisonOperator: "GreaterThanThreshold",
          threshold: alarm.threshold,
          // EventBridge writes these series only while they are not zero (user guide, eb-monitoring).
          treatMissingData: "notBreaching",
          alarmActions: [this.topic.arn],
        },
        { parent: this, ...fixedName },
      );
    }
    new Dashboard(
      name,
      { dashboardName: alarms.dashboardName, dashboardBody: JSON.stringify(alarms.dashboard) },
      { parent: this, ...fixedName },
    );
    this.registerOutputs({ topicArn: this.topic.arn });
  }
}
