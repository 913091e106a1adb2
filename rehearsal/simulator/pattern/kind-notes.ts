import type { JsonScalar, JsonValue } from "../json-value.js";
import { jsonText } from "../json-value.js";
import { readEventFields } from "./event-fields.js";
import { treeOf, valuesOf } from "./match.js";
import type { PatternNote } from "./note.js";
import type { EventPattern, PatternField } from "./pattern.js";
import { pathTo } from "./problem.js";

/**
 * Where an event has a value that the pattern asks for, but of another kind: the number 5 for the text "5".
 * @returns a note for each field that would match if the kind were the same
 */
export function notesOnKinds(pattern: EventPattern, event: JsonValue): readonly PatternNote[] {
  const fields = readEventFields(event, treeOf(pattern));
  if (fields === undefined) return [];
  return pattern.fields.flatMap((field) => {
    const found = (valuesOf(field, fields) ?? []).map(({ value }) => value);
    if (found.some(field.accepts)) return [];
    const [note] = found.flatMap((value) => {
      const other = otherKindAskedFor(field, value);
      return other === undefined ? [] : [noteOn(field, value, other)];
    });
    return note === undefined ? [] : [note];
  });
}

function otherKindAskedFor(field: PatternField, value: JsonScalar): JsonScalar | undefined {
  const other = inOtherKind(value);
  return asksFor(field, other) ? other : spellingAskedFor(field, value);
}

/** A text asked for that is a number found, in another spelling: `1.0` is the number 1. */
function spellingAskedFor({ matchers }: PatternField, value: JsonScalar): string | undefined {
  if (typeof value !== "number") return undefined;
  return matchers
    .flatMap(({ operator, compared }) => (operator === "exactly" ? (compared?.pieces ?? []) : []))
    .find((text) => NUMBER.test(text) && Number(text) === value);
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function asksFor({ matchers }: PatternField, value: JsonScalar): boolean {
  return matchers.some(({ operator, matches }) => operator !== "anything-but" && matches(value));
}

/** A number, true, false or null as text; such a text as what it says. */
function inOtherKind(value: JsonScalar): JsonScalar {
  if (typeof value !== "string") return jsonText(value);
  const words = new Map<string, JsonScalar>([
    ["true", true],
    ["false", false],
    ["null", null],
  ]);
  return words.get(value) ?? (/^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value);
}

function noteOn(field: PatternField, found: JsonScalar, other: JsonScalar): PatternNote {
  return {
    path: field.path.reduce(pathTo, ""),
    note: `the event has ${jsonText(found)} there, and the pattern would take ${jsonText(other)}: quotes make a value text`,
  };
}
