import { isJsonObject, type JsonObject, type JsonValue, readEvent } from "event-patterns";
import { parseBusArn, partitionOf } from "../arn.js";
import type { RequestReason } from "../reasons.js";

/** One entry of a PutEvents call, as the API takes it. */
export interface PutEventsEntry {
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  /** Text of a JSON object. */
  readonly Detail?: string | undefined;
  /** Name (of a bus of the caller's account) or ARN; without it the caller's default bus is meant. */
  readonly EventBusName?: string | undefined;
  readonly Resources?: readonly string[] | undefined;
  /** Date and time as text, or seconds since 1970. */
  readonly Time?: string | number | undefined;
}

/** Why AWS refuses a call or an entry of it. */
export interface Refusal {
  readonly reason: RequestReason;
  readonly subject: string;
}

/** Who published an event, and what EventBridge adds to it. */
export interface Publication {
  /** Account of the publisher, which stays with the event wherever it is forwarded. */
  readonly account: string;
  readonly region: string;
  readonly id: string;
  /** When the call arrived, as date and time; counts if the entry has no Time. */
  readonly time: string;
}

// API reference, PutEvents.
const mostEntries = 10;
const mostDetailTypeCharacters = 128;
// "More room to build" (AWS Compute Blog, January 2026): 1 MB. Whether for the entry or for the request is not
// said, so it is taken for the request, which holds the entries too.
const mostBytes = 1024 * 1024;
// "Calculating PutEvents event entry size": a Time counts as 14 bytes.
const timeBytes = 14;

/** Checks a call as a whole; a refusal refuses every entry. */
export function checkCall(entries: readonly PutEventsEntry[]): Refusal | undefined {
  if (entries.length < 1 || entries.length > mostEntries) {
    return { reason: "request-entries", subject: `${entries.length} entries` };
  }
  const bytes = entries.reduce((sum, entry) => sum + entrySize(entry), 0);
  return bytes > mostBytes ? { reason: "request-size", subject: `${bytes} bytes` } : undefined;
}

/** Size of an entry in bytes, as AWS counts it. */
export function entrySize({
  Source = "",
  DetailType = "",
  Detail = "",
  Resources = [],
  Time,
}: PutEventsEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text, "utf8"), 0);
  return bytes + (Time === undefined ? 0 : timeBytes);
}

/** ARN of the bus that an entry means; undefined if it is written in no way that AWS takes. */
export function busOfEntry(
  { EventBusName }: PutEventsEntry,
  account: string,
  region: string,
): string | undefined {
  const name = EventBusName ?? "default";
  if (name.startsWith("arn:")) return parseBusArn(name) && name;
  const arn = `arn:${partitionOf(region)}:events:${region}:${account}:event-bus/${name}`;
  return parseBusArn(arn) && arn;
}

export type EntryReading =
  { readonly ok: true; readonly event: JsonObject } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Turns an entry into the event that rules see.
 * @returns the full envelope, or why AWS refuses this entry (the others of the call may pass)
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function readEntry(entry: PutEventsEntry, publication: Publication): EntryReading {
  const { Source = "", DetailType = "", Detail = "", Resources = [] } = entry;
  const missing = Object.entries({ Source, DetailType, Detail }).find(([, text]) => text === "");
  if (missing !== undefined) return refuse("entry-field", missing[0]);
  if (Source.startsWith("aws.")) return refuse("entry-source-reserved", Source);
  if (DetailType.length > mostDetailTypeCharacters) return refuse("entry-detail-type-length", DetailType);
  const detail = readDetail(Detail);
  if (typeof detail === "string") return refuse("entry-detail", detail);
  const time = toEventTime(entry.Time ?? publication.time);
  if (time === undefined) return refuse("entry-time", String(entry.Time ?? publication.time));
  const { id, account, region } = publication;
  return {
    ok: true,
    event: {
      version: "0",
      id,
      "detail-type": DetailType,
      source: Source,
      account,
      time,
      region,
      resources: Resources,
      detail: detail.value,
    },
  };
}

function refuse(reason: RequestReason, subject: string): EntryReading {
  return { ok: false, refusal: { reason, subject } };
}

function readDetail(text: string): { readonly value: JsonValue } | string {
  const reading = readEvent(text);
  if (!reading.ok) return reading.problem.problem;
  return isJsonObject(reading.value) ? { value: reading.value } : "not an object";
}

/** Events carry whole seconds in UTC. */
function toEventTime(time: string | number): string | undefined {
  const date = new Date(typeof time === "number" ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/\.\d+Z$/u, "Z");
}

/** An event on its way. Forwarding inside a region changes nothing in the envelope (facts, one-hop rule). */

export interface TravellingEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  /** What rules see. */
  readonly envelope: JsonObject;
  /** Whether a rule of another bus sent it to the bus it is on. */
  readonly cameFromBus: boolean;
}
