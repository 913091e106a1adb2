import { nearestOf } from "./nearest.js";

/**
 * The fields at the top of an event, and what stands there.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
const fields: ReadonlyMap<string, "text" | "texts" | "object"> = new Map([
  ["version", "text"],
  ["id", "text"],
  ["detail-type", "text"],
  ["source", "text"],
  ["account", "text"],
  ["time", "text"],
  ["region", "text"],
  ["resources", "texts"],
  ["detail", "object"],
  // Replayed events only (user guide, eb-archive-replay).
  ["replay-name", "text"],
  // AWS names it beside the others where input transformers are described.
  ["ingestion-time", "text"],
]);

/** What stands in a field at the top of an event; undefined if no event has such a field. */
export function envelopeKind(key: string): "text" | "texts" | "object" | undefined {
  return fields.get(key);
}

/** Whether every event has a value there; `resources` may be an empty list, which counts as absent. */
export function isAlwaysPresent(key: string): boolean {
  return fields.get(key) === "text" && key !== "replay-name" && key !== "ingestion-time";
}

/** The field that a key at the top most likely means; undefined if none is near. */
export function nearestEnvelopeField(key: string): string | undefined {
  const plain = plainly(key);
  const same = [...fields.keys()].find((field) => plainly(field) === plain);
  return same ?? aliases.get(plain) ?? nearestOf(key.toLowerCase(), [...fields.keys()]);
}

function plainly(key: string): string {
  return key.toLowerCase().replace(/[^a-z]/g, "");
}

const aliases = new Map([
  ["type", "detail-type"],
  ["eventtype", "detail-type"],
  ["eventsource", "source"],
  ["sources", "source"],
  ["accountid", "account"],
  ["awsregion", "region"],
  ["timestamp", "time"],
]);
