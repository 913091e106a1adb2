import { isJsonObject, readEvent } from "event-patterns";
import type { PutEventsEntry, ServiceEvent } from "eventbridge-simulator";
import { z } from "zod";
import { isSourceOfAws } from "../../infra/registry/index.js";
import { nameOfEntry } from "./answers.js";

/** What EventBridge adds to an entry. */
export interface Added {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The event as targets get it, as text; the detail stands in it as it was published, so no number loses a digit. */
export function envelopeText(entry: PutEventsEntry, added: Added): string {
  const head = JSON.stringify(headOf(entry, added));
  return `${head.slice(0, -1)},"detail":${(entry.Detail ?? "").trim()}}`;
}

function headOf(entry: PutEventsEntry, { id, account, region, at }: Added) {
  const { Source = "", DetailType = "", Resources = [], Time = at / 1_000 } = entry;
  const time = new Date(typeof Time === "number" ? Time * 1_000 : Time);
  return {
    version: "0",
    id,
    "detail-type": DetailType,
    source: Source,
    account,
    // Whole seconds, as in AWS.
    time: time.toISOString().replace(/\.\d+Z$/u, "Z"),
    region,
    resources: Resources,
  };
}

/**
 * The event as rules see it that AWS or a partner puts on a bus.
 * @throws Error if its detail is no JSON object
 */
export function serviceEventOf(entry: PutEventsEntry, added: Added): ServiceEvent {
  const detail = readEvent(entry.Detail ?? "");
  if (detail.ok && isJsonObject(detail.value)) return { ...headOf(entry, added), detail: detail.value };
  throw new Error(`${nameOfEntry(entry)}: the detail of an event is a JSON object`);
}

const metadata = z.looseObject({ id: z.string().optional(), causedBy: z.string().optional() }).catch({});
const detail = z.looseObject({ metadata: metadata.optional() });

/** What an event says of itself. */
export function metadataIn({ Source = "", Detail = "" }: PutEventsEntry): z.infer<typeof metadata> {
  // Most events from elsewhere have none, and need not be read for it. What AWS calls so is its own.
  return Detail.includes('"metadata"') && !isSourceOfAws(Source) ? (readDetail(Detail)?.metadata ?? {}) : {};
}

/** The detail without what the event says of itself; undefined if it is no JSON object. */
export function ownDetail({
  Source = "",
  Detail = "",
}: PutEventsEntry): Readonly<Record<string, unknown>> | undefined {
  const read = readDetail(Detail);
  if (isSourceOfAws(Source)) return read;
  return read && Object.fromEntries(Object.entries(read).filter(([name]) => name !== "metadata"));
}

function readDetail(text: string): z.infer<typeof detail> | undefined {
  try {
    return detail.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
