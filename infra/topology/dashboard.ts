import type { JsonObject, JsonValue } from "../aws/event-pattern.js";
import { metricsPerWidget } from "../aws/limits.js";

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
export function planDashboard(subjects: DashboardSubjects): JsonObject {
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
