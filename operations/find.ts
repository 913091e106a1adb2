import type { AccountSession } from "./aws/session.js";
import { inParallel } from "./in-parallel.js";
import { searchLog, type LoggedEvent, type Sighting } from "./logs.js";

/** What is looked for: one event by its id, or events by a field of their detail. */
export type Wanted =
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "detail"; readonly path: readonly string[]; readonly value: string };

export interface FoundEvent {
  readonly event: LoggedEvent;
  /** One per log it was seen in, and per time it was seen there: the global bus first, then by time. */
  readonly sightings: readonly Sighting[];
}

/** An account whose log is looked through. */
export interface SearchedLog {
  readonly session: AccountSession;
  readonly logGroup: string;
}

export interface FindOptions {
  readonly wanted: Wanted;
  readonly since: Date;
  /** Account of the global bus. */
  readonly backbone: string;
  /** Sightings to collect from each log, at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Looks through the event logs of many accounts.
 * @returns what was found, latest first
 * @throws OperationError if any log cannot be read: a hole would look like an event that did not arrive
 */
export async function findEvents(logs: readonly SearchedLog[], options: FindOptions): Promise<FoundEvent[]> {
  const { wanted, since, limit, signal, backbone, progress } = options;
  const filterPattern = filterPatternFor(wanted);
  const matches = (event: LoggedEvent) => isWanted(wanted, event);
  const query = { filterPattern, matches, since, limit, signal };
  const found = await inParallel(
    logs,
    ({ session, logGroup }) => searchLog(session, { ...query, logGroup }),
    progress,
  );
  const byEvent = new Map<string, Sighting[]>();
  for (const sighting of found.flat()) {
    const known = byEvent.get(sighting.event.id);
    if (known === undefined) byEvent.set(sighting.event.id, [sighting]);
    else known.push(sighting);
  }
  const rank = ({ account }: Sighting) => (account === backbone ? 0 : 1);
  return [...byEvent.values()]
    .map((sightings) =>
      sightings.sort((left, right) => rank(left) - rank(right) || left.at.getTime() - right.at.getTime()),
    )
    .flatMap((sightings): FoundEvent[] => {
      const [first] = sightings;
      return first === undefined ? [] : [{ event: first.event, sightings }];
    })
    .sort((left, right) => right.event.time.localeCompare(left.event.time));
}

/**
 * What CloudWatch Logs is asked for. A value that looks like a number may be text or a number in the event, and
 * `true`, `false` and `null` have operators of their own.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function filterPatternFor(wanted: Wanted): string {
  if (wanted.kind === "id") return `{ $.id = ${quoted(wanted.id)} }`;
  const { path, value } = wanted;
  const selector = ["$.detail", ...path].join(".");
  const asText = `(${selector} = ${quoted(value)})`;
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return `{ ${asText} || (${selector} = ${value}) }`;
  if (/^(?:true|false|null)$/.test(value)) return `{ ${asText} || (${selector} IS ${value.toUpperCase()}) }`;
  return `{ ${selector} = ${quoted(value)} }`;
}

/** The filter language takes * in a quoted text as a wildcard; what it lets through is compared again. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function isWanted(wanted: Wanted, event: LoggedEvent): boolean {
  if (wanted.kind === "id") return event.id === wanted.id;
  const value = wanted.path.reduce<unknown>(memberOf, event.detail);
  return typeof value === "object" && value !== null ? false : String(value) === wanted.value;
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(key);
}
