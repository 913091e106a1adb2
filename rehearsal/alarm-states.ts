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
  const period = periodOf(alarm);
  const read = reader(alarm, situation);
  const returned = returnedQuery(alarm);
  const limit = alarm.threshold ?? situation.usual ?? Number.POSITIVE_INFINITY;
  if (period === undefined || returned === undefined || read(returned.id) === undefined) return undefined;
  const points = read(returned.id) ?? (() => []);
  const changes: StateChange[] = [];
  let state: StateChange["state"] = "OK";
  for (let minute = 0; minute <= situation.minutes; minute += 1) {
    const range = Array.from(
      { length: alarm.evaluationPeriods + extra },
      (_, index) => minute - (index * period) / 60,
    );
    const found = points(range).filter((value) => value !== undefined);
    const breaching = found.slice(0, alarm.evaluationPeriods).filter((value) => value > limit).length;
    const next = breaching >= alarm.datapointsToAlarm ? "ALARM" : "OK";
    if (next !== state) changes.push({ minute, state: next });
    state = next;
  }
  return changes;
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

/** Values at the ends of periods, as they are asked for: the newest first. */
type Points = (range: readonly number[]) => readonly (number | undefined)[];

function reader(alarm: LoadedAlarm, situation: Situation): (id: string) => Points | undefined {
  const period = (periodOf(alarm) ?? 0) / 60;
  const known = new Map<string, Points | undefined>();
  const make = (id: string): Points | undefined => {
    const query = alarm.queries.find((candidate) => candidate.id === id);
    if (query?.metric !== undefined) {
      const { metric } = query;
      return written(situation, period, metric.stat, (series) => isSame(series, metric));
    }
    const parsed = parse(query?.expression ?? "");
    switch (parsed?.kind) {
      case "rules":
        return written(situation, period, "Sum", ({ namespace, metricName, dimensions }) => {
          const isRules = Object.keys(dimensions).sort().join() === "EventBusName,RuleName";
          const { metricName: wanted, bus } = parsed;
          return (
            namespace === "AWS/Events" && metricName === wanted && isRules && dimensions.EventBusName === bus
          );
        });
      case "sum": {
        const terms = parsed.of.flatMap((term) => read(term) ?? []);
        if (terms.length < parsed.of.length) return undefined;
        return (range) => {
          const filled = terms.map((points) => fill(points(range)));
          return range.map((_, index) => add(filled.map((values) => values[index])));
        };
      }
      case "growth": {
        const points = read(parsed.of);
        return (
          points &&
          ((range) => {
            const values = points([...range, (range.at(-1) ?? 0) - period]);
            return range.map((_, index) => add([values[index], negative(values[index + 1])]));
          })
        );
      }
      default:
        return undefined;
    }
  };
  const read = (id: string): Points | undefined => {
    if (!known.has(id)) known.set(id, make(id));
    return known.get(id);
  };
  return read;
}

/** `FILL(…, 0)`: a series that says nothing in the whole range stays silent. */
function fill(values: readonly (number | undefined)[]): readonly (number | undefined)[] {
  return values.every((value) => value === undefined) ? values : values.map((value) => value ?? 0);
}

/** Where one is missing, so is the sum. */
function add(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((value) => value !== undefined);
  return there.length < values.length ? undefined : there.reduce((sum, value) => sum + value, 0);
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function isSame(series: Series, metric: LoadedMetric): boolean {
  const text = ({ namespace, metricName, dimensions }: Omit<Series, "at">) =>
    JSON.stringify([namespace, metricName, Object.entries(dimensions).sort()]);
  return text(series) === text(metric);
}

const statistics: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

function written(
  { series }: Situation,
  period: number,
  stat: string,
  isMeant: (series: Series) => boolean,
): Points | undefined {
  const statistic = statistics[stat];
  if (statistic === undefined) return undefined;
  const meant = series.filter(isMeant);
  const known = new Map<number, number | undefined>();
  const atEnd = (end: number): number | undefined => {
    if (!known.has(end)) {
      const values = meant.flatMap(({ at }) => Array.from({ length: period }, (_, back) => at(end - back)));
      const there = values.filter((value) => value !== undefined);
      known.set(end, there.length === 0 ? undefined : statistic(there));
    }
    return known.get(end);
  };
  return (range) => range.map(atEnd);
}
