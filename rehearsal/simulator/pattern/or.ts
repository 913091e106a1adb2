import { isJsonArray, isJsonObject, jsonText, membersOf, type JsonValue } from "../json-value.js";
import { operatorKeywords } from "../matchers/matcher.js";

/** The one operator that stands where a field would. */
export const OR = "$or";

/** Names that the engine refuses as fields inside `$or`, so that a misplaced operator is noticed. */
const reserved: ReadonlySet<string> = new Set([
  ...operatorKeywords,
  ...["=", "<", "<=", ">", ">="],
  // Kept by the engine for later: they are no operators yet.
  ...["regex", "not-wildcard", "not-equals-ignore-case"],
  ...["date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"],
  ...["ip-address-in-range", "ip-address-not-in-range"],
]);

export function isReservedInOr(key: string): boolean {
  return reserved.has(key);
}

/**
 * How to mend a `$or` that is no list of two or more objects of fields; undefined if it is one. What its
 * branches hold is not looked at.
 * @param parent the keys that lead to the object it stands in
 */
export function mendForm(value: JsonValue, parent: readonly string[]): string | undefined {
  if (!isJsonArray(value)) return mendNoList(value);
  const [only] = value;
  if (only === undefined) return EXAMPLE;
  if (value.every(isMatcher)) return mendMatchers(value, parent);
  return value.length < 2
    ? `leave $or out, and write what it holds in its place: ${jsonText(only)}`
    : undefined;
}

const EXAMPLE = 'write {"$or": [{"source": ["a"]}, {"detail-type": ["b"]}]}';

/** Whether an item would stand in the list of a field. */
function isMatcher(item: JsonValue): boolean {
  if (isJsonArray(item)) return false;
  if (!isJsonObject(item)) return true;
  const members = membersOf(item);
  return members.length > 0 && members.every(([key]) => isReservedInOr(key));
}

function mendNoList(value: JsonValue): string {
  const members = isJsonObject(value) ? membersOf(value) : [];
  if (members.length === 0) return EXAMPLE;
  if (members.length === 1) return `leave $or out, and write what it holds in its place: ${jsonText(value)}`;
  const branches = members.map(([key, item]) => `{${JSON.stringify(key)}:${jsonText(item)}}`);
  return `write {"$or":[${branches.join(",")}]}`;
}

function mendMatchers(items: readonly JsonValue[], parent: readonly string[]): string {
  // The detail of an event is an object, so these are the alternatives of a field within it.
  const field = parent.length > 1 || parent[0] !== "detail" ? parent.at(-1) : undefined;
  const list = `{${JSON.stringify(field ?? "field")}:${jsonText(items)}}`;
  return `the list of a field holds alternatives without $or; write ${list}`;
}
