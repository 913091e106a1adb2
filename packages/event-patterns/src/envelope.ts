import { nearestOf } from "./nearest.js";
import { operatorKeywords } from "./operators/matcher.js";
import { OR } from "./pattern.js";

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

/** Whether a key is an operator as other query languages have them: `$and`, `$not`. */
export function isForeignOperator(key: string): boolean {
  return /^\$[a-z]+$/.test(key) && key !== OR;
}

/** What to write in place of an operator of another language. */
export function mendForeignOperator(key: string): string {
  return mends.get(key) ?? `use one of ${operatorKeywords.filter((name) => name !== "exactly").join(", ")}`;
}

const exclude =
  'to exclude values write {"field": [{"anything-but": ["a", "b"]}]}, where the field must be absent {"field": [{"exists": false}]}';
const list = 'the list of a field holds alternatives: write {"field": ["a", "b"]}';

const mends: ReadonlyMap<string, string> = new Map([
  [
    "$and",
    'write the fields side by side, {"a": [...], "b": [...]}: all of them must hold; one field cannot have two conditions',
  ],
  ["$eq", list],
  ["$in", list],
  ...["$not", "$ne", "$nin", "$nor"].map((key): [string, string] => [key, exclude]),
  ["$exists", 'write {"field": [{"exists": true}]} or {"field": [{"exists": false}]}'],
  ["$regex", 'write {"field": [{"wildcard": "a*b"}]}'],
  ["$like", 'write {"field": [{"wildcard": "a*b"}]}'],
  ...Object.entries({ $gt: ">", $gte: ">=", $lt: "<", $lte: "<=" }).map(
    ([key, comparison]): [string, string] => [
      key,
      `write {"field": [{"numeric": ["${comparison}", 5]}]}; a range holds both bounds, as in [">", 0, "<=", 5]`,
    ],
  ),
]);
