import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  membersOf,
  RepeatedMembers,
  type JsonValue,
} from "../json.js";

/** Members of an object; undefined for anything else, also for one that repeats a key. */
export function readMembers(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> | undefined {
  if (value === undefined || !isJsonObject(value) || value instanceof RepeatedMembers) return undefined;
  return new Map(membersOf(value));
}

/** A text or a list of texts; undefined for anything else. */
export function readTexts(value: JsonValue): readonly string[] | undefined {
  const texts = (isJsonArray(value) ? value : [value]).filter((item) => typeof item === "string");
  return texts.length === (isJsonArray(value) ? value.length : 1) ? texts : undefined;
}

/** Condition values may also be written as numbers and booleans. */
export function readConditionValues(value: JsonValue): readonly string[] | undefined {
  const texts: string[] = [];
  for (const item of isJsonArray(value) ? value : [value]) {
    if (!isJsonScalar(item) || item === null) return undefined;
    texts.push(item instanceof ExactNumber ? item.text : String(item));
  }
  return texts;
}
