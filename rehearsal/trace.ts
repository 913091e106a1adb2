import { isJsonArray, isJsonObject, type JsonValue, membersOf, readEvent } from "event-patterns";
import {
  type Arrival,
  type CallerData,
  deliverEvents,
  type Delivery,
  type PutEventsEntry,
  type Step,
} from "eventbridge-simulator";
import { z } from "zod";
import { type Conformity, conformityOf, type Contract, publicationsOf } from "../infra/registry/index.js";
import { administratorOf, publisherOf, rehearsalTime, type Stage } from "./stage.js";

/** A local bus that an event reached. */
export interface TracedDelivery {
  readonly account: string;
  /** Name of the bus. */
  readonly bus: string;
  /** Name of the rule that brought it. */
  readonly via: string;
}

/** One event's way through the backbone; what `backbone trace --json` prints. */
export interface Trace {
  readonly event: { readonly source: string; readonly detailType: string };
  /** Whether it is as its contract says. */
  readonly contract: Conformity;
  readonly from: string;
  /** ARN of the role that published it. */
  readonly principal: string;
  /** AWS acknowledged it; says nothing of who got it. */
  readonly accepted: boolean;
  readonly deliveries: readonly TracedDelivery[];
  /** Copies that are gone, or of which nobody can say whether they arrive. */
  readonly lost: Delivery["lost"];
  readonly undecided: Delivery["undecided"];
  readonly steps: readonly Step[];
}

/** The text given is no event. */
export class EventError extends Error {
  override readonly name = "EventError";
}

/** Says in words what a value must be; read after the name of its property. */
const words = (expected: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? "is missing" : `must be ${expected}`,
});

const text = z.string(words("text"));
const texts = z.array(text, words("a list of texts"));
const detail = z.union(
  [z.record(z.string(), z.json()).transform((value) => JSON.stringify(value)), z.string()],
  words("an object, or text that holds one"),
);

/** An entry as PutEvents takes it; `Detail` may be an object for convenience. */
const entryShape = z.object(
  {
    Source: text,
    DetailType: text,
    Detail: detail,
    EventBusName: text.optional(),
    Resources: texts.optional(),
    Time: z.union([z.string(), z.number()], words("text or a number")).optional(),
  },
  words("an object"),
);

/** An event as rules see it; what EventBridge adds itself is left out. */
const eventShape = z
  .object({
    source: text,
    "detail-type": text,
    detail,
    resources: texts.optional(),
    time: text.optional(),
  })
  .transform((event) => ({
    Source: event.source,
    DetailType: event["detail-type"],
    Detail: event.detail,
    EventBusName: undefined,
    Resources: event.resources,
    Time: event.time,
  }));

/**
 * Reads a PutEvents entry or a full event, or a list or PutEvents request that holds just one.
 * @throws EventError saying what is missing
 */
export function readEntry(given: unknown): PutEventsEntry {
  const json = onlyOne(given);
  const isEvent = typeof json === "object" && json !== null && ("source" in json || "detail-type" in json);
  const result = (isEvent ? eventShape : entryShape).safeParse(json);
  if (result.success) return result.data;
  const members = typeof json === "object" && json !== null && !Array.isArray(json) ? Object.keys(json) : [];
  if (members.length > 0 && mayBeDetailOnly(members))
    throw new EventError(noEvent(members, ["source", "detail-type", "detail"]));
  const problems = result.error.issues.map(
    ({ path, message }) => `  ${path.join(".") || "the event"} ${message}`,
  );
  throw new EventError(
    [
      "this is neither a PutEvents entry ({ Source, DetailType, Detail }) nor an event ({ source, detail-type, detail }):",
      ...problems,
    ].join("\n"),
  );
}

function onlyOne(given: unknown): unknown {
  const isRequest = typeof given === "object" && given !== null && "Entries" in given;
  const listed = isRequest ? given.Entries : given;
  if (!Array.isArray(listed)) return given;
  const entries: readonly unknown[] = listed;
  if (entries.length !== 1) throw new EventError(`one entry at a time: this holds ${entries.length}`);
  return entries[0];
}

/**
 * Follows one event from its publisher to every bus, log and queue, with the reasons at each step.
 * @param from account of the publisher
 */
export function traceEvent(stage: Stage, entry: PutEventsEntry, from: string): Trace {
  const caller = callerFor(stage, entry, from);
  const delivery = deliverEvents(
    stage.world,
    {
      caller,
      region: stage.environment.region,
      time: rehearsalTime,
      entries: [
        {
          id: "00000000-0000-4000-8000-000000000001",
          entry: { ...entry, EventBusName: entry.EventBusName ?? stage.globalBusFor(from) },
        },
      ],
    },
    "trace",
  );
  const event = { source: entry.Source ?? "", detailType: entry.DetailType ?? "" };
  return {
    event,
    contract: conformityOf(stage.registry, { ...event, detail: entry.Detail ?? "" }),
    from,
    principal: caller.arn,
    accepted: delivery.accepted,
    deliveries: delivery.arrivals.flatMap((arrival) => tracedDelivery(stage, arrival)),
    lost: delivery.lost,
    undecided: delivery.undecided,
    steps: delivery.steps,
  };
}

/** An event of a contract, as its owner publishes the example, the first of several. */
export function exampleEntry(contract: Contract): PutEventsEntry {
  return {
    Source: contract.source,
    DetailType: contract.detailType,
    Detail: JSON.stringify(contract.example),
  };
}

/**
 * The role that publishes: that of the account's service with this event, or source; of any service of the account
 * otherwise, to see it refused; without a service, an administrator's.
 */
function callerFor(stage: Stage, { Source, DetailType }: PutEventsEntry, from: string): CallerData {
  const publications = publicationsOf(stage.registry).filter(({ account }) => account === from);
  const ofSource = publications.filter(({ source }) => source === Source);
  const ofType = ofSource.filter(({ detailTypes }) => detailTypes.includes(DetailType ?? ""));
  const publisher = ofType[0] ?? ofSource[0] ?? publications[0];
  return publisher === undefined ? administratorOf(stage, from) : publisherOf(stage, publisher);
}

function tracedDelivery(stage: Stage, { kind, arn, via }: Arrival): TracedDelivery[] {
  const account = stage.ownerOf(arn);
  if (kind !== "bus" || via === undefined || account === undefined) return [];
  return [{ account, bus: afterSlash(arn), via: afterSlash(afterSlash(via.rule)) }];
}

function afterSlash(arn: string): string {
  return arn.slice(arn.indexOf("/") + 1);
}

/** What was given as an event, in the form in which rules see events. */

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
function noEvent(members: Iterable<string>, missing: readonly string[]): string {
  const guess = mayBeDetailOnly(members)
    ? '; is it only the detail? Then write {"source": …, "detail-type": …, "detail": …}'
    : "";
  const verb = missing.length === 1 ? "is" : "are";
  return `this is no event as a rule sees it: ${missing.join(", ")} ${verb} missing${guess}`;
}

/** Whether no member of an object belongs to an event or an entry. */
function mayBeDetailOnly(members: Iterable<string>): boolean {
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
