import { Dashboard, MetricAlarm } from "@pulumi/aws/cloudwatch/index.js";
import { Topic, TopicPolicy, TopicSubscription } from "@pulumi/aws/sns/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedAlarms } from "../topology/index.js";
import { diesWithOwner, fixedName } from "./fixed-name.js";

export interface AlarmsArgs {
  readonly alarms: PlannedAlarms;
}

/** Tells people what goes wrong in an account, and shows it on one page. */
export class Alarms extends pulumi.ComponentResource {
  readonly topic: Topic;
  readonly topicPolicy: TopicPolicy;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:cloudwatch:Alarms", name, {}, opts);
    const { alarms } = args;
    // Under no key: a key that is disabled would silence the alarm that says so, and under the one that AWS manages
    // for SNS nothing could be published. What is told holds nothing of an event.
    this.topic = new Topic(name, { name: alarms.topicName }, { parent: this, ...fixedName });
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
    for (const { key, name: alarmName, description, tells, above, ...evaluation } of alarms.alarms) {
      const actions = tells ? [this.topic.arn] : [];
      new MetricAlarm(
        key,
        {
          name: alarmName,
          alarmDescription: description,
          metricQueries: evaluation.queries.map((query) => ({ ...query })),
          evaluationPeriods: evaluation.evaluationPeriods,
          datapointsToAlarm: evaluation.datapointsToAlarm,
          ...above,
          // EventBridge writes these series only while they are not zero (user guide, eb-monitoring).
          treatMissingData: "notBreaching",
          alarmActions: actions,
          okActions: actions,
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
