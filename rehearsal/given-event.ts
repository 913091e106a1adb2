import {
  isJsonArray,
  isJsonObject,
  jsonText,
  type JsonValue,
  membersOf,
  nearestEnvelopeField,
  readEvent,
} from "event-patterns";
import type { PutEventsEntry } from "eventbridge-simulator";
import { isSourceOfAws, nearest } from "../infra/registry/index.js";

/** The text given is no event. */
export class EventError extends Error {
  override readonly name = "EventError";
}

/** What somebody holds in hand, in the form in which rules see events. */
export interface GivenEvent {
  readonly event: JsonValue;
  /** What should be known about it: that it was an entry, or that AWS would not take it as an event. */
  readonly notes: readonly string[];
}

/** What an entry of PutEvents and an event as rules see it call the same; what neither of them has to have comes last. */
const fields = [
  { entry: "Source", event: "source", must: "be text", isNeeded: true, holds: isText },
  { entry: "DetailType", event: "detail-type", must: "be text", isNeeded: true, holds: isText },
  {
    entry: "Detail",
    event: "detail",
    must: "be an object, or text that holds one",
    isNeeded: true,
    holds: (value: JsonValue) => isText(value) || isJsonObject(value),
  },
  {
    entry: "Resources",
    event: "resources",
    must: "be a list of texts",
    isNeeded: false,
    holds: (value: JsonValue) => isJsonArray(value) && value.every(isText),
  },
  {
    entry: "Time",
    event: "time",
    must: "be text or a number",
    isNeeded: false,
    holds: (value: JsonValue) => isText(value) || typeof value === "number",
  },
] as const;

/** Without these AWS takes nothing as an event (TestEventPattern). */
const neededInEvents = ["id", "detail-type", "source", "account", "time", "region"] as const;

const known: Readonly<Record<Given["form"], readonly string[]>> = {
  entry: [...fields.map(({ entry }) => entry), "EventBusName", "TraceHeader"],
  event: [...neededInEvents, "detail", "resources", "version", "replay-name", "ingestion-time"],
};

function isText(value: JsonValue): value is string {
  return typeof value === "string";
}

type Members = ReadonlyMap<string, JsonValue>;

interface Given {
  readonly form: "entry" | "event";
  /** What stands in its list or request, if it stands in one. */
  readonly value: JsonValue;
  readonly members: Members;
  /** Names that are probably misspelt, or that it is probably a detail alone. */
  readonly hints: readonly string[];
}

/**
 * Reads an event or an entry of PutEvents, or a list or request that holds just one.
 * @returns undefined for what is no object
 * @throws EventError if it holds several
 */
function readGiven(value: JsonValue): Given | undefined {
  const members = isJsonObject(value) ? new Map(membersOf(value)) : undefined;
  const listed = members?.get("Entries") ?? value;
  if (isJsonArray(listed)) {
    const [only, ...more] = listed;
    if (only !== undefined && more.length === 0) return readGiven(only);
    throw new EventError(`one event at a time: this holds ${listed.length}`);
  }
  if (members === undefined) return undefined;
  const isEvent = members.has("source") || members.has("detail-type");
  const form =
    !isEvent && ["Source", "DetailType", "Detail"].some((name) => members.has(name)) ? "entry" : "event";
  return { form, value, members, hints: hintsOn([...members.keys()], form) };
}

function hintsOn(names: readonly string[], form: Given["form"]): string[] {
  const misspelt = names.flatMap((name) => {
    const meant = known[form].includes(name) ? undefined : meantName(name, names, form);
    return meant === undefined ? [] : [`an ${form} has no ${JSON.stringify(name)}: did you mean "${meant}"?`];
  });
  if (misspelt.length > 0 || names.some((name) => known[form].includes(name))) return misspelt;
  return ['is it only the detail? Then write {"source": …, "detail-type": …, "detail": …}'];
}

/** The absent name that a strange one most likely stands for. */
function meantName(name: string, names: readonly string[], form: Given["form"]): string | undefined {
  const field = nearestEnvelopeField(name);
  const meant = fields.find(({ event }) => event === field)?.[form] ?? (form === "event" ? field : undefined);
  if (meant !== undefined && !names.includes(meant)) return meant;
  return nearest(
    name,
    known[form].filter((other) => !names.includes(other)),
  );
}

/**
 * Reads what somebody holds in hand as rules see it. What EventBridge itself adds to an entry is not made up, so a
 * pattern that asks for it does not match.
 * @throws EventError if it holds several
 */
export function eventAsRulesSeeIt(given: JsonValue): GivenEvent {
  const read = readGiven(given);
  if (read === undefined) return { event: given, notes: [] };
  const { form, value, members, hints } = read;
  if (form === "entry") return eventOfEntry(members, hints);
  const missing = neededInEvents.filter((name) => !members.has(name));
  if (missing.length === 0) return { event: value, notes: hints };
  const verb = missing.length === 1 ? "is" : "are";
  const noEvent = `this is no event as a rule sees it: ${missing.join(", ")} ${verb} missing`;
  return { event: value, notes: [[noEvent, ...hints].join("; ")] };
}

function eventOfEntry(members: Members, hints: readonly string[]): GivenEvent {
  const { detail, problem } = readDetail(members.get("Detail"));
  const present = fields.flatMap(({ entry, event }) => {
    const value = entry === "Detail" ? detail : members.get(entry);
    return value === undefined ? [] : [[event, value] as const];
  });
  return {
    event: Object.fromEntries(present),
    notes: [
      "taken as an entry of PutEvents: EventBridge adds id, account, time and region, which are not looked at here",
      ...fields.flatMap(({ entry, isNeeded }) =>
        isNeeded && !members.has(entry) ? [`PutEvents refuses an entry without ${entry}`] : [],
      ),
      ...(isSourceOfAws(textOf(members.get("Source")) ?? "")
        ? [
            'PutEvents refuses a source that begins with "aws.": only AWS and partners put such events on buses',
          ]
        : []),
      ...hints,
      ...(problem === undefined ? [] : [problem]),
    ],
  };
}

function readDetail(detail: JsonValue | undefined): { detail?: JsonValue | undefined; problem?: string } {
  if (detail === undefined || !isText(detail)) return { detail };
  const reading = readEvent(detail);
  if (!reading.ok)
    return { problem: `PutEvents refuses a Detail that is not JSON: ${reading.problem.problem}` };
  if (isJsonObject(reading.value)) return { detail: reading.value };
  return { detail: reading.value, problem: "PutEvents refuses a Detail that holds no JSON object" };
}

/**
 * Reads the same as somebody publishes it: what EventBridge adds to an event is left out.
 * @throws EventError saying what is missing or of the wrong form, and what was probably meant
 */
export function readEntry(given: JsonValue): PutEventsEntry {
  const read = readGiven(given);
  if (read === undefined) throw neither(["the event must be an object"]);
  const { form, members, hints } = read;
  const at = (name: (typeof fields)[number]["entry"]) =>
    members.get(fields.find(({ entry }) => entry === name)?.[form] ?? name);
  const problems = fields.flatMap(({ must, isNeeded, holds, ...names }) => {
    const value = members.get(names[form]);
    if (value === undefined) return isNeeded ? [`${names[form]} is missing`] : [];
    return holds(value) ? [] : [`${names[form]} must ${must}`];
  });
  if (problems.length > 0) throw neither([...problems, ...hints]);
  const [detail, resources, time] = [at("Detail"), at("Resources"), at("Time")];
  return {
    Source: textOf(at("Source")),
    DetailType: textOf(at("DetailType")),
    // Numbers that no double holds stay as they are written.
    Detail: detail === undefined ? undefined : (textOf(detail) ?? jsonText(detail)),
    EventBusName: form === "entry" ? textOf(members.get("EventBusName")) : undefined,
    Resources: resources && isJsonArray(resources) ? resources.filter(isText) : undefined,
    Time: typeof time === "number" ? time : textOf(time),
  };
}

/** Id of the AWS account that an event is of; an entry does not say it. */
export function accountIn(given: JsonValue): string | undefined {
  const read = readGiven(given);
  return read?.form === "event" ? textOf(read.members.get("account")) : undefined;
}

function neither(problems: readonly string[]): EventError {
  const forms =
    "a PutEvents entry ({ Source, DetailType, Detail }) nor an event ({ source, detail-type, detail })";
  return new EventError(
    [`this is neither ${forms}:`, ...problems.map((problem) => `  ${problem}`)].join("\n"),
  );
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
