import type { LoadedAlarm, LoadedMetric, LoadedQuery } from "./emission/parts.js";

/** A series in CloudWatch, and what it is written in each minute, those before 0 included; undefined where nothing is. */
export interface Series {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly at: (minute: number) => number | undefined;
}

export interface Situation {
  readonly series: readonly Series[];
  readonly minutes: number;
  /** Upper edge of what an anomaly detector takes for usual. */
  readonly usual?: number;
}

/** A change of an alarm's state. Whom it is told is the alarm's business. */
export interface StateChange {
  readonly minute: number;
  readonly state: "ALARM" | "OK";
}

/**
 * Plays a situation to an alarm that is on OK. Every minute CloudWatch looks at the newest periods that have passed; it
 * fetches some more than it needs, nobody says how many, and takes what it finds in them before it takes anything for
 * missing.
 * @param extra periods that are fetched besides
 * @returns undefined for an alarm whose expressions are not known here
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function stateChanges(
  alarm: LoadedAlarm,
  situation: Situation,
  extra = 0,
): readonly StateChange[] | undefined {
  const { evaluationPeriods, datapointsToAlarm, threshold } = alarm;
  const range = new Float64Array(evaluationPeriods + extra);
  const returned = returnedQuery(alarm);
  const read = returned && reader(alarm, situation)(returned.id, range.length);
  if (read === undefined) return undefined;
  const limit = threshold ?? situation.usual ?? Number.POSITIVE_INFINITY;
  const changes: StateChange[] = [];
  let state: StateChange["state"] = "OK";
  for (let minute = 0; minute <= situation.minutes; minute += 1) {
    read(minute, range);
    const next = breaching(range, evaluationPeriods, limit) >= datapointsToAlarm ? "ALARM" : "OK";
    if (next !== state) changes.push({ minute, state: next });
    state = next;
  }
  return changes;
}

/** How many of the newest values that are there are above the limit. */
function breaching(range: Float64Array, evaluationPeriods: number, limit: number): number {
  let found = 0;
  let above = 0;
  for (const value of range) {
    if (Number.isNaN(value)) continue;
    if (found === evaluationPeriods) break;
    found += 1;
    if (value > limit) above += 1;
  }
  return above;
}

/** What an alarm watches, in words that are the same for the same thing; undefined if it is not known here. */
export function watchedBy(alarm: LoadedAlarm): string | undefined {
  const describe = (id: string): string | undefined => {
    const query = alarm.queries.find((candidate) => candidate.id === id);
    if (query?.metric !== undefined) return seriesName(query.metric);
    const parsed = parse(query?.expression ?? "");
    switch (parsed?.kind) {
      case "rules":
        return everyRule(parsed.metricName, parsed.bus);
      case "sum": {
        const terms = parsed.of.map(describe);
        return terms.includes(undefined) ? undefined : terms.join(" + ");
      }
      case "growth": {
        const of = describe(parsed.of);
        return of && growthOf(of);
      }
      default:
        return undefined;
    }
  };
  const returned = returnedQuery(alarm);
  return returned && describe(returned.id);
}

export function everyRule(metricName: string, bus: string): string {
  return `${metricName} of every rule on ${bus}`;
}

export function growthOf(what: string): string {
  return `growth of ${what}`;
}

export function seriesName({
  metricName,
  dimensions,
  stat,
}: Omit<LoadedMetric, "namespace" | "period">): string {
  const of = Object.entries(dimensions).map(([name, value]) => `${name} ${value}`);
  return `${metricName} (${stat}) of ${of.join(", ") || "the AWS account"}`;
}

/** The one that is compared; beside it only the band that it is compared to is returned. */
function returnedQuery({ queries, thresholdMetricId }: LoadedAlarm): LoadedQuery | undefined {
  const [query, ...others] = queries.filter(({ id, returnData }) => returnData && id !== thresholdMetricId);
  const band = queries.find(({ id }) => id === thresholdMetricId);
  const isOfIt = (parsed: Expression | undefined) => parsed?.kind === "band" && parsed.of === query?.id;
  if (thresholdMetricId !== undefined && !isOfIt(parse(band?.expression ?? ""))) return undefined;
  return others.length === 0 ? query : undefined;
}

/** Seconds, if all of its queries have the same. */
function periodOf({ queries }: LoadedAlarm): number | undefined {
  const [period, ...others] = new Set(
    queries.flatMap(({ metric, period: own }) => metric?.period ?? own ?? []),
  );
  return others.length === 0 ? period : undefined;
}

type Expression =
  | { readonly kind: "rules"; readonly metricName: string; readonly bus: string }
  | { readonly kind: "sum"; readonly of: readonly string[] }
  | { readonly kind: "growth" | "band"; readonly of: string };

/** The few expressions that are understood: with another, nobody knows when the alarm goes off. */
function parse(expression: string): Expression | undefined {
  const rules =
    /^SELECT SUM\((?<metricName>\w+)\) FROM SCHEMA\("AWS\/Events", EventBusName, RuleName\) WHERE EventBusName = '(?<bus>[\w.-]+)'$/.exec(
      expression,
    )?.groups;
  if (rules !== undefined) return { kind: "rules", metricName: rules.metricName ?? "", bus: rules.bus ?? "" };
  const terms = expression.split(" + ").map((term) => /^FILL\((\w+), 0\)$/.exec(term)?.[1]);
  if (!terms.includes(undefined)) return { kind: "sum", of: terms.flatMap((term) => term ?? []) };
  const growth = /^DIFF\((\w+)\)$/.exec(expression)?.[1];
  if (growth !== undefined) return { kind: "growth", of: growth };
  const band = /^ANOMALY_DETECTION_BAND\((\w+), [\d.]+\)$/.exec(expression)?.[1];
  return band === undefined ? undefined : { kind: "band", of: band };
}

/** Writes the values of the newest periods, the newest first, NaN where one is missing; ends are minutes. */
type Points = (newest: number, range: Float64Array) => void;

/** @returns how to read a query in ranges of so many periods; undefined if it is not known here */
function reader(
  alarm: LoadedAlarm,
  situation: Situation,
): (id: string, length: number) => Points | undefined {
  const seconds = periodOf(alarm);
  if (seconds === undefined) return () => undefined;
  const period = seconds / 60;
  const read = (id: string, length: number): Points | undefined => {
    const query = alarm.queries.find((candidate) => candidate.id === id);
    if (query?.metric !== undefined) {
      const { metric } = query;
      return written(situation, period, metric.stat, (series) => isSame(series, metric), length);
    }
    const parsed = parse(query?.expression ?? "");
    switch (parsed?.kind) {
      case "rules": {
        const { metricName, bus } = parsed;
        return written(situation, period, "Sum", (series) => isRules(series, metricName, bus), length);
      }
      case "sum": {
        const terms = parsed.of.flatMap((term) => read(term, length) ?? []);
        return terms.length < parsed.of.length ? undefined : sumOf(terms, length);
      }
      case "growth": {
        const points = read(parsed.of, length + 1);
        return points && differences(points, length);
      }
      default:
        return undefined;
    }
  };
  return read;
}

/** Each is `FILL(…, 0)`: a series that says nothing in the whole range stays silent, and then so does the sum. */
function sumOf(terms: readonly Points[], length: number): Points {
  const values = new Float64Array(length);
  return (newest, range) => {
    range.fill(0);
    for (const points of terms) {
      points(newest, values);
      const isSilent = values.every(Number.isNaN);
      for (let index = 0; index < length; index += 1) {
        const value = values[index] ?? Number.NaN;
        range[index] = (range[index] ?? 0) + (Number.isNaN(value) && !isSilent ? 0 : value);
      }
    }
  };
}

function differences(points: Points, length: number): Points {
  const values = new Float64Array(length + 1);
  return (newest, range) => {
    points(newest, values);
    for (let index = 0; index < length; index += 1) {
      range[index] = (values[index] ?? Number.NaN) - (values[index + 1] ?? Number.NaN);
    }
  };
}

function isRules({ namespace, metricName, dimensions }: Series, wanted: string, bus: string): boolean {
  const isOfRule = Object.keys(dimensions).sort().join() === "EventBusName,RuleName";
  return namespace === "AWS/Events" && metricName === wanted && isOfRule && dimensions.EventBusName === bus;
}

function isSame(series: Series, metric: LoadedMetric): boolean {
  const text = ({ namespace, metricName, dimensions }: Omit<Series, "at">) =>
    JSON.stringify([namespace, metricName, Object.entries(dimensions).sort()]);
  return text(series) === text(metric);
}

/** What a period was written, taken together. */
interface Summary {
  count: number;
  sum: number;
  maximum: number;
  minimum: number;
}

const statistics: Readonly<Record<string, (summary: Summary) => number>> = {
  Sum: ({ sum }) => sum,
  Maximum: ({ maximum }) => maximum,
  Minimum: ({ minimum }) => minimum,
  Average: ({ sum, count }) => sum / count,
};

function written(
  { series, minutes }: Situation,
  period: number,
  stat: string,
  isMeant: (series: Series) => boolean,
  length: number,
): Points | undefined {
  const statistic = statistics[stat];
  if (statistic === undefined) return undefined;
  const before = (length + 1) * period;
  const meant = series
    .filter(isMeant)
    .map(({ at }) =>
      Float64Array.from({ length: before + minutes + 1 }, (_, index) => at(index - before) ?? Number.NaN),
    );
  const atEnd = (end: number): number => {
    const summary: Summary = { count: 0, sum: 0, maximum: -Infinity, minimum: Infinity };
    for (const values of meant) {
      for (let minute = end - period + 1; minute <= end; minute += 1) {
        const value = values[before + minute] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        summary.count += 1;
        summary.sum += value;
        summary.maximum = Math.max(summary.maximum, value);
        summary.minimum = Math.min(summary.minimum, value);
      }
    }
    return summary.count === 0 ? Number.NaN : statistic(summary);
  };
  const atEnds = Float64Array.from({ length: length * period + minutes + 1 }, (_, index) =>
    atEnd(index - length * period),
  );
  return (newest, range) => {
    for (let index = 0; index < range.length; index += 1) {
      range[index] = atEnds[(length - index) * period + newest] ?? Number.NaN;
    }
  };
}
