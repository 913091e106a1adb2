import { isJsonArray, isJsonObject, membersOf, type JsonValue } from "../json-value.js";
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
 * Where `$or` is an ordinary field, the engine reads the whole pattern with an older reader, which does not
 * know anything-but with a wildcard, nor with a list of prefixes or suffixes.
 */
export function isUnknownBesideOrField(keyword: string, argument: JsonValue): boolean {
  if (keyword !== "anything-but" || !isJsonObject(argument)) return false;
  return membersOf(argument).some(([inside, texts]) => {
    return inside === "wildcard" || (inside !== "equals-ignore-case" && isJsonArray(texts));
  });
}
