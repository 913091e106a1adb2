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
 * @param isTaken whether a pattern could stand in its place, so that nothing is proposed that is refused again
 */
export function mendForm(
  value: JsonValue,
  parent: readonly string[],
  isTaken: (pattern: JsonValue) => boolean,
): string | undefined {
  if (!isJsonArray(value)) return mendNoList(value, parent, isTaken);
  if (value.length > 0 && value.every(isMatcher)) return mendMatchers(value, parent, isTaken);
  return value.length < 2 ? mendOne(value[0], isTaken) : undefined;
}

type IsTaken = Parameters<typeof mendForm>[2];

const EXAMPLE = 'write {"$or": [{"source": ["a"]}, {"detail-type": ["b"]}]}';

/** Whether an item would stand in the list of a field. */
function isMatcher(item: JsonValue): boolean {
  if (isJsonArray(item)) return false;
  if (!isJsonObject(item)) return true;
  const members = membersOf(item);
  return members.length > 0 && members.every(([key]) => isReservedInOr(key));
}

function mendNoList(value: JsonValue, parent: readonly string[], isTaken: IsTaken): string {
  if (isJsonObject(value) && isMatcher(value)) return mendMatchers([value], parent, isTaken);
  const members = isJsonObject(value) ? membersOf(value) : [];
  if (members.length < 2) return mendOne(value, isTaken);
  const mended = { [OR]: members.map(([key, item]) => ({ [key]: item })) };
  return isTaken(mended) ? `write ${jsonText(mended)}` : EXAMPLE;
}

function mendOne(only: JsonValue | undefined, isTaken: IsTaken): string {
  if (only === undefined || !isTaken(only)) return EXAMPLE;
  return `leave $or out, and write what it holds in its place: ${jsonText(only)}`;
}

function mendMatchers(items: readonly JsonValue[], parent: readonly string[], isTaken: IsTaken): string {
  // The detail of an event is an object, so these are the alternatives of a field within it.
  const field = parent.length > 1 || parent[0] !== "detail" ? parent.at(-1) : undefined;
  const mended = { [field ?? "field"]: items };
  const written = isTaken(mended) ? jsonText(mended) : '{"field": ["a", "b"]}';
  return `the list of a field holds alternatives without $or; write ${written}`;
}
