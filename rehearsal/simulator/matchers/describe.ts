import { ExactNumber, jsonText, type JsonScalar } from "../json-value.js";

const PLAIN_TEXT = /^[\p{L}$_][\p{L}\p{N}_.:/$-]*$/u;
const WORDS = new Set(["true", "false", "null"]);

/** A value for people: text as it stands where no one can mistake it, otherwise as JSON. */
export function describeScalar(value: JsonScalar): string {
  if (value instanceof ExactNumber || typeof value !== "string") return jsonText(value);
  return PLAIN_TEXT.test(value) && !WORDS.has(value) ? value : JSON.stringify(value);
}

export function describeList(values: readonly string[]): string {
  return values.length === 1 ? values.join("") : `one of ${values.join(", ")}`;
}
