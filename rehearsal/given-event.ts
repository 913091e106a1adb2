/** What was given as an event, in the form in which rules see events. */
import { isJsonArray, isJsonObject, type JsonValue, membersOf, readEvent } from "event-patterns";

export interface GivenEvent {
  readonly event: JsonValue;
  /** What should be known about it: that it was an entry, or that AWS would not take it as an event. */
  readonly notes: readonly string[];
}

/** Without these AWS takes nothing as an event (TestEventPattern); `detail`, `resources` and `version` may be missing. */
const required = ["id", "detail-type", "source", "account", "time", "region"] as const;

/**
 * Reads what somebody holds in hand as an event: an event, or an entry of PutEvents, whose `Detail` is text.
 * What EventBridge itself adds to an entry is not made up, so a pattern that asks for it does not match.
 */
export function eventAsRulesSeeIt(given: JsonValue): GivenEvent {
  const members = objectOf(given);
  const entries = members?.get("Entries");
  const [only, second] = entries !== undefined && isJsonArray(entries) ? entries : [];
  if (only !== undefined && second === undefined) return eventAsRulesSeeIt(only);
  if (members === undefined) return { event: given, notes: [] };
  if (isEntry(members)) return eventOfEntry(members);
  const missing = required.filter((name) => !members.has(name));
  return { event: given, notes: missing.length === 0 ? [] : [noEvent(members.keys(), missing)] };
}

/** Says of an object with these members that it is no event, and asks whether it is the detail of one. */
export function noEvent(members: Iterable<string>, missing: readonly string[]): string {
  const guess = mayBeDetailOnly(members)
    ? '; is it only the detail? Then write {"source": …, "detail-type": …, "detail": …}'
    : "";
  const verb = missing.length === 1 ? "is" : "are";
  return `this is no event as a rule sees it: ${missing.join(", ")} ${verb} missing${guess}`;
}

/** Whether no member of an object belongs to an event or an entry. */
export function mayBeDetailOnly(members: Iterable<string>): boolean {
  const known: readonly string[] = [...required, "detail", "Source", "DetailType", "Detail", "Entries"];
  return ![...members].some((name) => known.includes(name));
}

type Members = ReadonlyMap<string, JsonValue>;

function objectOf(value: JsonValue): Members | undefined {
  return isJsonObject(value) ? new Map(membersOf(value)) : undefined;
}

function isEntry(members: Members): boolean {
  const isEvent = members.has("source") || members.has("detail-type");
  return !isEvent && ["Source", "DetailType", "Detail"].some((name) => members.has(name));
}

function eventOfEntry(members: Members): GivenEvent {
  const named = { source: "Source", "detail-type": "DetailType", resources: "Resources", time: "Time" };
  const present = Object.entries(named).flatMap(([name, entryName]) => {
    const value = members.get(entryName);
    return value === undefined ? [] : [[name, value] as const];
  });
  const missing = ["Source", "DetailType", "Detail"].filter((name) => !members.has(name));
  const { detail, problem } = readDetail(members.get("Detail"));
  return {
    event: { ...Object.fromEntries(present), ...(detail === undefined ? {} : { detail }) },
    notes: [
      "taken as an entry of PutEvents: EventBridge adds id, account, time and region, which are not looked at here",
      ...missing.map((name) => `PutEvents refuses an entry without ${name}`),
      ...(problem === undefined ? [] : [problem]),
    ],
  };
}

function readDetail(detail: JsonValue | undefined): { detail?: JsonValue | undefined; problem?: string } {
  if (typeof detail !== "string") return { detail };
  const reading = readEvent(detail);
  if (!reading.ok)
    return { problem: `PutEvents refuses a Detail that is not JSON: ${reading.problem.problem}` };
  if (isJsonObject(reading.value)) return { detail: reading.value };
  return { detail: reading.value, problem: "PutEvents refuses a Detail that holds no JSON object" };
}
