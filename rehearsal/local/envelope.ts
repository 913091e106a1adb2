import type { PutEventsEntry } from "eventbridge-simulator";
import { z } from "zod";

/** What EventBridge adds to an entry. */
export interface Added {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The event as targets get it, as text; the detail stands in it as it was published, so no number loses a digit. */
export function envelopeText(entry: PutEventsEntry, { id, account, region, at }: Added): string {
  const { Source, DetailType, Detail = "", Resources = [], Time = at / 1_000 } = entry;
  const time = new Date(typeof Time === "number" ? Time * 1_000 : Time);
  const head = JSON.stringify({
    version: "0",
    id,
    "detail-type": DetailType,
    source: Source,
    account,
    // Whole seconds, as in AWS.
    time: time.toISOString().replace(/\.\d+Z$/u, "Z"),
    region,
    resources: Resources,
  });
  return `${head.slice(0, -1)},"detail":${Detail.trim()}}`;
}

const metadata = z.looseObject({ id: z.string().optional(), causedBy: z.string().optional() }).catch({});
const detail = z.looseObject({ metadata: metadata.optional() });

/** What an event says of itself. */
export function metadataIn({ Detail = "" }: PutEventsEntry): z.infer<typeof metadata> {
  // Most events from elsewhere have none, and need not be read for it.
  return Detail.includes('"metadata"') ? (readDetail(Detail)?.metadata ?? {}) : {};
}

/** The detail without what the event says of itself; undefined if it is no JSON object. */
export function ownDetail({ Detail = "" }: PutEventsEntry): Readonly<Record<string, unknown>> | undefined {
  const read = readDetail(Detail);
  return read && Object.fromEntries(Object.entries(read).filter(([name]) => name !== "metadata"));
}

function readDetail(text: string): z.infer<typeof detail> | undefined {
  try {
    return detail.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
