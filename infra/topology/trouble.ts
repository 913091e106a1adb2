/** One thing that can go wrong in an account. */
export interface Trouble extends AlarmSettings {
  readonly subject: string;
  readonly trouble: string;
  /** What it means, as a sentence. */
  readonly says: string;
  /** A command to begin with, without `npx backbone` and the environment. */
  readonly command: string;
  /** What it is about, if it has not got the bus's name. */
  readonly about?: string;
  readonly tells: boolean;
}

/** What an alarm looks at, and when it goes off. */
export interface AlarmSettings extends Timing {
  readonly queries: readonly MetricQuery[];
  /** What the returned query has to be above: a number, or the upper edge of a band. */
  readonly above:
    | { readonly comparisonOperator: "GreaterThanThreshold"; readonly threshold: number }
    | { readonly comparisonOperator: "GreaterThanUpperThreshold"; readonly thresholdMetricId: string };
}

/** A series, or what is worked out of series. */
export type MetricQuery =
  | { readonly id: string; readonly returnData: boolean; readonly metric: WatchedMetric }
  | {
      readonly id: string;
      readonly returnData: boolean;
      readonly expression: string;
      /** Only of a query of Metrics Insights. Seconds. */
      readonly period?: number;
    };

export interface WatchedMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: "Sum" | "Maximum" | "Average";
  /** Seconds. */
  readonly period: number;
}

export interface Timing {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
}

/**
 * What tells a rule's series from those of other rules: of the default bus they do not name the bus.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export function ruleDimensions(bus: string, rule: string): Readonly<Record<string, string>> {
  return bus === "default" ? { RuleName: rule } : { EventBusName: bus, RuleName: rule };
}

/** Seconds. */
export const period = 300;

/**
 * Off at the first failure, over when an hour has had none: failures less than an hour apart are one incident.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export const anyWithinAnHour: Timing = { evaluationPeriods: 12, datapointsToAlarm: 1 };

/**
 * All messages of a queue: who looks at it hides them from others for a while. SQS writes nothing of a queue that has
 * long been empty, and the first letter must be more than that.
 */
export function depthOf(
  queue: string,
  every: number,
  stat: WatchedMetric["stat"],
  returnData: boolean,
): MetricQuery[] {
  const messages = (id: string, metricName: string): MetricQuery => ({
    id,
    returnData: false,
    metric: { namespace: "AWS/SQS", metricName, dimensions: { QueueName: queue }, stat, period: every },
  });
  return [
    messages("visible", "ApproximateNumberOfMessagesVisible"),
    messages("hidden", "ApproximateNumberOfMessagesNotVisible"),
    { id: "depth", returnData, expression: "FILL(visible, 0) + FILL(hidden, 0)" },
  ];
}
