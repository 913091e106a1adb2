/**
 * A number literal that no double holds as written, such as 9007199254740993 or 1e400.
 * Patterns and events compare it by its text; every other number is a plain `number`.
 */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether it is written with a point or an exponent. */
  get isDecimal(): boolean {
    return /[.eE]/.test(this.text);
  }
}

/**
 * An object whose text gives one key more than once. Most readers keep the last member only, but
 * EventBridge's engine reads member by member, and then it matters which came first.
 */
export class RepeatedMembers {
  readonly members: readonly (readonly [string, JsonValue])[];

  constructor(members: readonly (readonly [string, JsonValue])[]) {
    this.members = members;
  }
}

export type JsonScalar = string | number | boolean | null | ExactNumber;

/** An object as JSON.parse makes it. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Whatever JSON.parse returns, and the two cases in which it would lose something. */
export type JsonValue = JsonScalar | readonly JsonValue[] | JsonObject | RepeatedMembers;

/** How deep arrays and objects may nest; PutEvents refuses deeper events (API reference, PutEvents). */
export const MAX_JSON_DEPTH = 1000;

export function isJsonScalar(value: JsonValue): value is JsonScalar {
  return value === null || typeof value !== "object" || value instanceof ExactNumber;
}

export function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isJsonObject(value: JsonValue): value is JsonObject | RepeatedMembers {
  return !isJsonScalar(value) && !isJsonArray(value);
}

/** The members of an object in the order of its text, repeated keys included. */
export function membersOf(object: JsonObject | RepeatedMembers): readonly (readonly [string, JsonValue])[] {
  return object instanceof RepeatedMembers ? object.members : Object.entries(object);
}

/** A value as compact JSON text, for messages. */
export function jsonText(value: JsonValue): string {
  if (value instanceof ExactNumber) return value.text;
  // Too large a decimal in an event becomes infinite, for which JSON has no word.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (isJsonScalar(value)) return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(jsonText).join(",")}]`;
  const members = membersOf(value).map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`);
  return `{${members.join(",")}}`;
}
