import type { JsonObject, JsonValue } from "../aws/event-pattern.js";
import { isRecord } from "./read.js";

/** True for what survives a trip through JSON unchanged: no dates, no functions, no `undefined`, no NaN. */
export function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isJsonObject(value);
}

export function isJsonObject(value: unknown): value is JsonObject {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
