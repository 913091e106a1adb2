import { operatorKeywords } from "../matchers/matcher.js";
import { OR } from "./or.js";

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
