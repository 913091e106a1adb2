import { logFilterMaxLength } from "../infra/aws/limits.js";
import type { LoggedEvent } from "./logs.js";
import { roundsOf } from "./marks.js";

/** What is looked for: events of which all that is given holds. */
export interface Wanted {
  /** Its own, or the one it was first published under. */
  readonly id?: string;
  /** Any of these. */
  readonly sources?: readonly string[];
  readonly detailType?: string;
  /** Ids of the AWS accounts that it may be of, where that tells contracts apart. */
  readonly accounts?: readonly string[];
  /** A field of the detail, and its value as text. */
  readonly detail?: { readonly path: readonly string[]; readonly value: string };
}

/**
 * What CloudWatch Logs is asked for; {@link isWanted} looks again at what it lets through. An id is asked for as a
 * phrase anywhere in the record, as a redriven event has its first one in `resources` at no fixed place.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function filterPatternFor({ id, sources, detailType, detail }: Wanted): string {
  if (id !== undefined) return quoted(id);
  const conditions = [
    ...(sources === undefined ? [] : [sources.map((one) => `$.source = ${quoted(one)}`).join(" || ")]),
    ...(detailType === undefined ? [] : [`$.detail-type = ${quoted(detailType)}`]),
    ...(detail === undefined ? [] : [detailCondition(detail)]),
  ];
  const pattern = conditions.length === 1 ? conditions[0] : conditions.map((one) => `(${one})`).join(" && ");
  const whole = `{ ${pattern ?? ""} }`;
  // A value too long to be asked for is found all the same: every record is looked at here then.
  return conditions.length > 0 && whole.length <= logFilterMaxLength ? whole : "";
}

/** A value that looks like a number may be text or a number in the event; true, false and null have operators. */
function detailCondition({ path, value }: NonNullable<Wanted["detail"]>): string {
  const selector = ["$.detail", ...path].join(".");
  const asText = `${selector} = ${quoted(value)}`;
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return `(${asText}) || (${selector} = ${value})`;
  if (/^(?:true|false|null)$/.test(value)) return `(${asText}) || (${selector} IS ${value.toUpperCase()})`;
  return asText;
}

/** Patterns that take the records in which any of these ids stands; several, as their length is limited. */
export function filterPatternsForIds(ids: readonly string[]): string[] {
  const patterns: string[] = [];
  for (const id of ids) {
    const last = patterns.at(-1);
    const longer = last === undefined ? undefined : `${last} ?${quoted(id)}`;
    if (longer === undefined || longer.length > logFilterMaxLength) patterns.push(`?${quoted(id)}`);
    else patterns.splice(-1, 1, longer);
  }
  return patterns;
}

/**
 * The same for Logs Insights: the newest records first. It looks for the text of the value anywhere in a record,
 * because it knows 200 fields of an event at most.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function insightsQueryFor({ id, sources, detailType, detail }: Wanted, limit: number): string {
  const [source, ...others] = sources ?? [];
  const phrases = [id, others.length === 0 ? source : undefined, detailType, detail?.value].filter(
    (text) => text !== undefined,
  );
  return [
    "fields @timestamp, @ingestionTime, @message",
    // A text in JSON has its own escapes, and the query's language has them again.
    ...phrases.map((text) => `filter @message like ${quoted(quoted(text).slice(1, -1))}`),
    "sort @timestamp desc",
    `limit ${limit}`,
  ].join(" | ");
}

/** The filter language takes * in a quoted text as a wildcard; what it lets through is compared again. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

export function isWanted(wanted: Wanted, event: LoggedEvent): boolean {
  const { id, sources, detailType, accounts, detail } = wanted;
  return (
    (id === undefined || event.id === id || roundsOf(event).firstId === id) &&
    (sources?.includes(event.source) ?? true) &&
    (detailType === undefined || event.detailType === detailType) &&
    (accounts?.includes(event.account ?? "") ?? true) &&
    (detail === undefined || (event.detail !== undefined && hasValue(event.detail, detail)))
  );
}

function hasValue(
  detail: NonNullable<LoggedEvent["detail"]>,
  { path, value }: NonNullable<Wanted["detail"]>,
): boolean {
  const found = path.reduce<unknown>(memberOf, detail);
  if (typeof found === "string") return found === value;
  if (typeof found === "number" || typeof found === "boolean") return String(found) === value;
  return found === null && value === "null";
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(key);
}
