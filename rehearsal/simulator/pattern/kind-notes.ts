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
    const meant = found.find((value) => asksFor(field, inOtherKind(value)));
    return meant === undefined ? [] : [noteOn(field, meant)];
  });
}

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

function noteOn(field: PatternField, found: JsonScalar): PatternNote {
  const other = jsonText(inOtherKind(found));
  return {
    path: field.path.reduce(pathTo, ""),
    note: `the event has ${jsonText(found)} there, and the pattern would take ${other}: quotes make a value text`,
  };
}
