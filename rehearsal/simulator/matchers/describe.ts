import { ExactNumber, isJsonArray, jsonText, type JsonScalar, type JsonValue } from "../json-value.js";

const PLAIN_TEXT = /^[\p{L}$_][\p{L}\p{N}_.:/$-]*$/u;
const WORDS = new Set(["true", "false", "null"]);

/** A value for people: text as it stands where no one can mistake it, otherwise as JSON. */
export function describeScalar(value: JsonScalar): string {
  if (value instanceof ExactNumber || typeof value !== "string") return jsonText(value);
  return PLAIN_TEXT.test(value) && !WORDS.has(value) ? value : visible(JSON.stringify(value));
}

/** JSON text with what nobody would see spelled out, such as a byte order mark. */
function visible(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

export function describeList(values: readonly string[], most = values.length): string {
  return values.length === 1 ? values.join("") : `one of ${listed(values, most)}`;
}

/** The first of some values, and how many more there are. */
export function listed(values: readonly string[], most: number): string {
  const more = values.length > most ? ` and ${values.length - most} more` : "";
  return values.slice(0, most).join(", ") + more;
}

/** How to ask for one of several texts with an operator that takes one: a matcher for each, in the field's list. */
export function oneMatcherEach(operator: string, argument: JsonValue): string {
  const given = isJsonArray(argument) ? argument.filter((item) => typeof item === "string") : [];
  const texts = given.length > 1 ? given : ["a", "b"];
  return `for several texts [${texts.map((text) => `{"${operator}": ${JSON.stringify(text)}}`).join(", ")}]`;
}
