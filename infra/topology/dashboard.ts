import { consoleOf } from "../aws/arn.js";
import type { JsonObject, JsonValue } from "../aws/event-pattern.js";
import { metricsPerWidget } from "../aws/limits.js";
import { names } from "../aws/names.js";
import type { PlannedEventLog } from "./event-log.js";
import type { PlannedForward } from "./forward.js";
import type { Scope } from "./scope.js";
import { ruleDimensions } from "./trouble.js";

export interface DashboardSubjects {
  /** What brings events to members. */
  readonly forwards: readonly PlannedForward[];
  /** Names. */
  readonly queues: readonly string[];
  readonly log: PlannedEventLog;
  readonly alarms: readonly { readonly arn: string }[];
  /** Names of the series of a rule that have an alarm. */
  readonly failures: readonly string[];
}

interface Shown extends DashboardSubjects {
  readonly region: string;
  /** Name of the account's bus. */
  readonly bus: string;
  readonly isBackbone: boolean;
}

/** Where the console shows an account's dashboard, to whoever is signed in to that account. */
export function dashboardLink({ environment }: Scope, account: string): string {
  const { region, prefix } = environment;
  return `https://${consoleOf(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${names.dashboard(prefix, account)}`;
}

/** Of the dashboard's 24 columns. */
const halfWidth = 12;
const height = 6;

/**
 * One page per account: the alarms and what they are about, traffic per route, who publishes what, and the way to the
 * pages of the others.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function planDashboard(scope: Scope, account: string, subjects: DashboardSubjects): JsonObject {
  const { prefix, region } = scope.environment;
  const isBackbone = account === scope.registry.backbone;
  const shown = { ...subjects, region, bus: names.bus(prefix, account), isBackbone };
  const widgets = [
    alarmWidget(shown),
    linksWidget(scope, account),
    ...trafficWidgets(shown),
    metricWidget(shown, "Failures by rule", failures(shown)),
    metricWidget(shown, "Dead letters", deadLetters(shown)),
    metricWidget(shown, "Volume", volume(shown)),
    logWidget(shown),
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

function alarmWidget({ alarms }: Shown): JsonObject {
  return { type: "alarm", properties: { title: "Alarms", alarms: alarms.map(({ arn }) => arn) } };
}

/** A member names the backbone alone: with a list of all, each new account would change every stack. */
function linksWidget(scope: Scope, account: string): JsonObject {
  const { registry, place } = scope;
  const others = account === registry.backbone ? registry.members : [registry.backbone];
  const lines = others.map(
    (other) => `- [${other}](${dashboardLink(scope, other)}), account ${place(other).accountId}`,
  );
  const heading = account === registry.backbone ? "Members" : "The backbone, with all others";
  return { type: "text", properties: { markdown: [`### ${heading}`, ...lines].join("\n") } };
}

/** A route's traffic is its forward rule's; on a local bus consumers add rules that only a search finds. */
function trafficWidgets(shown: Shown): JsonObject[] {
  const { bus, forwards, isBackbone } = shown;
  const forwardRules = forwards.flatMap(({ busName = bus, rules }) =>
    rules.map(({ name }) => ({ name, dimensions: ruleDimensions(busName, name) })),
  );
  const consumers = isBackbone
    ? []
    : [metricWidget(shown, "Deliveries by rule", [search(bus, "Invocations")])];
  const parts = Math.ceil(forwardRules.length / metricsPerWidget);
  const traffic = Array.from({ length: parts }, (_, part) =>
    metricWidget(
      shown,
      parts === 1 ? "Traffic per route" : `Traffic per route (${part + 1} of ${parts})`,
      forwardRules
        .slice(part * metricsPerWidget, (part + 1) * metricsPerWidget)
        .map(({ name, dimensions }) => [
          "AWS/Events",
          "Invocations",
          ...Object.entries(dimensions).flat(),
          { label: name },
        ]),
    ),
  );
  return [...consumers, ...traffic];
}

/** Of one length however many rules there are, and it finds the consumers' rules too. */
function failures({ bus, failures: metrics }: Shown): JsonValue[] {
  return metrics.map((metric) => search(bus, metric));
}

function search(bus: string, metric: string): JsonValue {
  const query = `{AWS/Events,EventBusName,RuleName} EventBusName="${bus}" MetricName="${metric}"`;
  return [{ expression: `SEARCH('${query}', 'Sum', 300)`, label: `${metric} ` }];
}

function deadLetters({ queues }: Shown): JsonValue[] {
  return queues.flatMap((queue) => [
    ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { stat: "Maximum" }],
    ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", queue, { stat: "Maximum" }],
  ]);
}

/** Of the whole AWS account, but for the log. */
function volume({ log }: Shown): JsonValue[] {
  return [
    ["AWS/Events", "InvocationsCreated"],
    ["AWS/Events", "PutEventsEntriesCount"],
    [
      "AWS/Logs",
      "IncomingBytes",
      "LogGroupName",
      log.logGroupName,
      { yAxis: "right", label: "bytes logged" },
    ],
  ];
}

function metricWidget({ region }: Shown, title: string, metrics: readonly JsonValue[]): JsonObject {
  return {
    type: "metric",
    properties: { title, region, view: "timeSeries", stat: "Sum", period: 300, metrics },
  };
}

function logWidget({ region, log }: Shown): JsonObject {
  const query = [
    `SOURCE '${log.logGroupName}'`,
    "stats count(*) as events by source, `detail-type`",
    "sort events desc",
    "limit 50",
  ].join(" | ");
  return { type: "log", properties: { title: "Events by contract", region, view: "table", query } };
}
