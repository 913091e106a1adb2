import { type AlarmArn, alarmArn, type TopicArn, topicArn } from "../aws/arn.js";
import type { JsonObject, JsonValue } from "../aws/event-pattern.js";
import { metricsPerWidget } from "../aws/limits.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument, type Statement } from "../aws/policy-document.js";
import type { PlannedAuditTrail } from "./audit-trail.js";
import type { PlannedDeadLetterQueue } from "./dead-letter-queue.js";
import type { PlannedEventLog } from "./event-log.js";
import type { Scope } from "./scope.js";

/** Who is told of what goes wrong, and a view of it. */
export interface PlannedAlarms {
  readonly topicName: string;
  readonly topicArn: TopicArn;
  readonly topicPolicy: PolicyDocument;
  readonly emails: readonly string[];
  readonly alarms: readonly PlannedAlarm[];
  readonly dashboardName: string;
  readonly dashboard: JsonObject;
}

export interface PlannedAlarm {
  /** Tells the alarms of one account apart: what it watches, and the metric. */
  readonly key: string;
  readonly name: string;
  readonly arn: AlarmArn;
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Sum" | "Maximum";
  /** Seconds. */
  readonly period: number;
  /** The alarm goes off above it. */
  readonly threshold: number;
}

/** What of one account is watched. */
export interface Watched {
  /** Names of all rules this project puts on the account's bus, the logging rule included. */
  readonly rules: readonly string[];
  /** Names of those that bring events to a member. */
  readonly forwardRules: readonly string[];
  readonly log: PlannedEventLog;
  readonly deadLetterQueue: PlannedDeadLetterQueue;
}

/** Topic, alarms and dashboard of an account, if the environment has alarms. */
export function planAlarms(
  scope: Scope,
  account: string,
  watched: Watched,
  encryptionFailures: PlannedDeadLetterQueue | undefined,
  auditTrail: PlannedAuditTrail | undefined,
): PlannedAlarms | undefined {
  const { alarms, prefix } = scope.environment;
  if (alarms === undefined) return undefined;
  const place = scope.place(account);
  const topicName = names.alarmTopic(prefix, account);
  const topic = topicArn(place, topicName);
  const tellAlarms: Statement = {
    Sid: "AllowAlarms",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topic,
    Condition: { ArnLike: { "aws:SourceArn": alarmArn(place, names.alarm(prefix, account, "*", "*")) } },
  };
  const bus = names.bus(prefix, account);
  const queues = [
    { subject: "dead-letters", name: watched.deadLetterQueue.name },
    ...(encryptionFailures === undefined
      ? []
      : [{ subject: "encryption-failures", name: encryptionFailures.name }]),
  ];
  const dashboardName = names.dashboard(prefix, account);
  return {
    topicName,
    topicArn: topic,
    topicPolicy: policyDocument(
      tellAlarms,
      ...(auditTrail === undefined ? [] : [tellRoutingChanges(topic, auditTrail)]),
    ),
    emails: alarms.emails,
    alarms: [
      ...watched.rules.flatMap((rule) => ruleAlarms(scope, account, bus, rule)),
      ...queues.flatMap(({ subject, name }) => queueAlarms(scope, account, subject, name)),
      ...(auditTrail === undefined ? [] : [routingAlarm(scope, account, auditTrail)]),
    ],
    dashboardName,
    dashboard: planDashboard({
      region: place.region,
      bus,
      forwardRules: watched.forwardRules,
      queues: queues.map(({ name }) => name),
      eventLog: watched.log.logGroupName,
    }),
  };
}

/** EventBridge reaches a topic by the topic's policy alone; AWS asks to give such a target no role. */
function tellRoutingChanges(topic: string, { rule }: PlannedAuditTrail): Statement {
  return {
    Sid: "AllowRoutingChanges",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topic,
    Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
  };
}

interface RuleMetric {
  readonly key: string;
  readonly metricName: string;
  readonly says: string;
}

/**
 * The series EventBridge emits for a rule whatever its target; a bus target has neither latency nor successful
 * attempts. `RuleName` without the bus's name would be a rule of the default bus.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
const ruleMetrics: readonly RuleMetric[] = [
  {
    key: "failed-invocations",
    metricName: "FailedInvocations",
    says: "could not deliver an event",
  },
  {
    key: "sent-to-dlq",
    metricName: "InvocationsSentToDlq",
    says: "put an event into the dead-letter queue",
  },
  {
    key: "lost",
    metricName: "InvocationsFailedToBeSentToDlq",
    says: "lost an event: the dead-letter queue refused it",
  },
  { key: "throttled", metricName: "ThrottledRules", says: "is throttled; its events are late" },
];

function ruleAlarms(scope: Scope, account: string, bus: string, rule: string): PlannedAlarm[] {
  return ruleMetrics.map(({ key, metricName, says }) => ({
    ...identityOf(scope, account, rule, key),
    description: `Rule ${rule} on bus ${bus} ${says}`,
    namespace: "AWS/Events",
    metricName,
    dimensions: { EventBusName: bus, RuleName: rule },
    statistic: "Sum",
    period: 60,
    threshold: 0,
  }));
}

/** Somebody should have looked after a dead letter by then. */
const dayInSeconds = 86_400;

function queueAlarms(scope: Scope, account: string, subject: string, queue: string): PlannedAlarm[] {
  const common = {
    namespace: "AWS/SQS",
    dimensions: { QueueName: queue },
    statistic: "Maximum",
    // SQS writes its metrics once in five minutes while a queue is quiet.
    period: 300,
  } as const;
  return [
    {
      ...identityOf(scope, account, subject, "depth"),
      ...common,
      description: `Queue ${queue} holds events that were not delivered`,
      metricName: "ApproximateNumberOfMessagesVisible",
      threshold: 0,
    },
    {
      ...identityOf(scope, account, subject, "age"),
      ...common,
      description: `Queue ${queue} has held an event for more than a day; it is gone after fourteen`,
      metricName: "ApproximateAgeOfOldestMessage",
      threshold: dayInSeconds,
    },
  ];
}

/** The rule stands on the default bus, whose series carry the rule's name alone. */
function routingAlarm(scope: Scope, account: string, { rule }: PlannedAuditTrail): PlannedAlarm {
  return {
    ...identityOf(scope, account, "routing", "changed"),
    description: `Somebody other than the deploy role changed the routing (rule ${rule.name})`,
    namespace: "AWS/Events",
    metricName: "Invocations",
    dimensions: { RuleName: rule.name },
    statistic: "Sum",
    period: 60,
    threshold: 0,
  };
}

function identityOf(
  { environment, place }: Scope,
  account: string,
  subject: string,
  metric: string,
): Pick<PlannedAlarm, "key" | "name" | "arn"> {
  const name = names.alarm(environment.prefix, account, subject, metric);
  return { key: `${subject}.${metric}`, name, arn: alarmArn(place(account), name) };
}

export interface DashboardSubjects {
  readonly region: string;
  /** Name of the account's bus. */
  readonly bus: string;
  /** Names of the rules that bring events to a member; none on a local bus. */
  readonly forwardRules: readonly string[];
  /** Names. */
  readonly queues: readonly string[];
  /** Name of the log group with every event of the bus. */
  readonly eventLog: string;
}

/** Of the dashboard's 24 columns. */
const halfWidth = 12;
const height = 6;

/**
 * One page per account: traffic per route, what fails, what waits in queues, who publishes what.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
function planDashboard(subjects: DashboardSubjects): JsonObject {
  const widgets = [
    ...trafficWidgets(subjects),
    metricWidget(subjects, "Failures by rule", failures(subjects)),
    metricWidget(subjects, "Dead letters", deadLetters(subjects)),
    logWidget(subjects),
  ];
  return {
    widgets: widgets.map((widget, index) => ({
      ...widget,
      x: (index % 2) * halfWidth,
      y: Math.floor(index / 2) * height,
      width: halfWidth,
      height,
    })),
  };
}

/** A route's traffic is its forward rule's; on a local bus consumers add rules that only a search finds. */
function trafficWidgets(subjects: DashboardSubjects): JsonObject[] {
  const { bus, forwardRules } = subjects;
  if (forwardRules.length === 0) {
    return [metricWidget(subjects, "Deliveries by rule", [search(bus, "Invocations")])];
  }
  const parts = Math.ceil(forwardRules.length / metricsPerWidget);
  return Array.from({ length: parts }, (_, part) =>
    metricWidget(
      subjects,
      parts === 1 ? "Traffic per route" : `Traffic per route (${part + 1} of ${parts})`,
      forwardRules
        .slice(part * metricsPerWidget, (part + 1) * metricsPerWidget)
        .map((rule) => ["AWS/Events", "Invocations", "EventBusName", bus, "RuleName", rule, { label: rule }]),
    ),
  );
}

function failures({ bus }: DashboardSubjects): JsonValue[] {
  return [
    "FailedInvocations",
    "InvocationsSentToDlq",
    "InvocationsFailedToBeSentToDlq",
    "ThrottledRules",
  ].map((metric) => search(bus, metric));
}

/** Of one length however many rules there are, and it finds the consumers' rules too. */
function search(bus: string, metric: string): JsonValue {
  const query = `{AWS/Events,EventBusName,RuleName} EventBusName="${bus}" MetricName="${metric}"`;
  return [{ expression: `SEARCH('${query}', 'Sum', 300)`, label: `${metric} ` }];
}

function deadLetters({ queues }: DashboardSubjects): JsonValue[] {
  return queues.flatMap((queue) => [
    ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { stat: "Maximum" }],
    [
      "AWS/SQS",
      "ApproximateAgeOfOldestMessage",
      "QueueName",
      queue,
      { stat: "Maximum", yAxis: "right", label: `${queue} age in seconds` },
    ],
  ]);
}

function metricWidget(
  { region }: DashboardSubjects,
  title: string,
  metrics: readonly JsonValue[],
): JsonObject {
  return {
    type: "metric",
    properties: { title, region, view: "timeSeries", stat: "Sum", period: 300, metrics },
  };
}

function logWidget({ region, eventLog }: DashboardSubjects): JsonObject {
  const query = [
    `SOURCE '${eventLog}'`,
    "stats count(*) as events by source, `detail-type`",
    "sort events desc",
    "limit 50",
  ].join(" | ");
  return { type: "log", properties: { title: "Events by contract", region, view: "table", query } };
}
