import {
  envelopeKind,
  isAlwaysPresent,
  isForeignOperator,
  mendForeignOperator,
  nearestEnvelopeField,
} from "../envelope.js";
import { readEventFields } from "../event-fields.js";
import {
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type JsonObject,
  type JsonScalar,
  jsonText,
  type JsonValue,
  membersOf,
  RepeatedMembers,
} from "../json.js";
import { treeOf, valuesOf } from "../match.js";
import { operatorKeywords } from "../operators/matcher.js";
import { parsePattern } from "../parse.js";
import type { PatternNote } from "../pattern.js";
import { type EventPattern, OR, pathTo, type PatternField } from "../pattern.js";
import { type ListItem, notesOnList } from "./lists.js";

/**
 * What AWS accepts in a pattern although nobody can mean it: such patterns match nothing, or everything, and
 * no one is told.
 * @param pattern a valid pattern as readJson gives it, or as an object; a filter on the detail is
 * `{ detail: filter }`. Only readJson keeps a key that stands twice.
 * @returns notes in the order of the pattern; none about what is not valid
 */
export function notesOn(pattern: JsonValue): readonly PatternNote[] {
  return isJsonObject(pattern) ? notesOnObject(pattern, { keys: [], shown: "" }) : [];
}

interface Place {
  /** Names from the top of the event, without `$or`. */
  readonly keys: readonly string[];
  readonly shown: string;
}

type Pattern = JsonObject | RepeatedMembers;

function notesOnObject(object: Pattern, place: Place): readonly PatternNote[] {
  return [
    ...notesOnRepeated(object, place),
    ...notesOnReplaced(object, place),
    ...notesOnOperatorNames(object, place),
    ...membersOf(object).flatMap(([key, value]) => notesOnMember(key, value, place)),
  ];
}

function notesOnMember(key: string, value: JsonValue, parent: Place): readonly PatternNote[] {
  const shown = pathTo(parent.shown, key);
  if (key === OR && isJsonArray(value)) {
    return value.flatMap((branch, index) =>
      isJsonObject(branch) ? notesOnObject(branch, { ...parent, shown: `${shown}[${index}]` }) : [],
    );
  }
  const place = { keys: [...parent.keys, key], shown };
  const own = parent.keys.length === 0 ? notesOnEnvelope(key, value, shown) : [];
  if (isJsonArray(value)) return [...own, ...notesOnList(itemsOf(value), shown)];
  return isJsonObject(value) ? [...own, ...notesOnObject(value, place)] : own;
}

function itemsOf(list: readonly JsonValue[]): readonly ListItem[] {
  return list.flatMap((written) => {
    const parsed = parsePattern({ field: [written] });
    const matcher = parsed.ok ? parsed.pattern.fields[0]?.matchers[0] : undefined;
    return matcher === undefined ? [] : [{ written, matcher }];
  });
}

/** About fields at the top of an event, of which AWS says what stands there. */
function notesOnEnvelope(key: string, value: JsonValue, path: string): readonly PatternNote[] {
  const kind = envelopeKind(key);
  // A dot in a key is nesting.
  if (kind === undefined && envelopeKind(key.split(".")[0] ?? "") === "object") return [];
  if (kind === undefined) return [noteOnUnknown(key, value, path)];
  if (kind === "object") {
    if (!isJsonArray(value)) return [];
    const note = "the detail of an event is an object, so no value is ever found there";
    return [{ path, note, mend: 'name a field of it: {"detail": {"field": [...]}}' }];
  }
  if (isJsonObject(value)) {
    const isOperator = membersOf(value).every(([name]) => isOperatorName(name));
    const note = `the ${key} of an event is ${kind === "text" ? "text" : "a list of texts"} and has no fields`;
    return isOperator ? [] : [{ path, note, mend: `write {${JSON.stringify(key)}: [...]}` }];
  }
  return isJsonArray(value) ? notesOnTextField(key, value, path) : [];
}

function noteOnUnknown(key: string, value: JsonValue, path: string): PatternNote {
  if (isForeignOperator(key)) return noteOnForeignOperator(key, path);
  const note = `an event has no field ${JSON.stringify(key)} at its top, so no value is ever found there`;
  const nearest = nearestEnvelopeField(key);
  const meant = isOperatorName(key) ? withOperators("field", { [key]: value }) : undefined;
  if (meant !== undefined) return { path, note, mend: `name the field: ${meant}` };
  const own = `fields of your own stand in detail: {"detail": {${JSON.stringify(key)}: ...}}`;
  return { path, note, mend: nearest === undefined ? own : `did you mean ${nearest}?` };
}

function notesOnTextField(key: string, list: readonly JsonValue[], path: string): readonly PatternNote[] {
  return list.flatMap((item, index): PatternNote[] => {
    const at = `${path}[${index}]`;
    if (jsonText(item) === '{"exists":false}' && isAlwaysPresent(key)) {
      return [{ path: at, note: `every event has ${key}, so this never holds` }];
    }
    const [operator] = isJsonObject(item) ? (membersOf(item)[0] ?? []) : [];
    if (operator !== "numeric" && (typeof item === "string" || !isJsonScalar(item))) return [];
    const note = `the ${key} of an event is text, so this never matches`;
    if (!isJsonScalar(item) || item === null || typeof item === "boolean") return [{ path: at, note }];
    const digits = jsonText(item);
    return [{ path: at, note, mend: `write "${key === "account" ? digits.padStart(12, "0") : digits}"` }];
  });
}

/** A key that one object gives twice. */
function notesOnRepeated(object: Pattern, { shown }: Place): readonly PatternNote[] {
  if (!(object instanceof RepeatedMembers)) return [];
  const keys = object.members.map(([key]) => key);
  const repeated = new Set(keys.filter((key, index) => keys.indexOf(key) < index));
  return [...repeated].map((key) => {
    const values = object.members.filter(([other]) => other === key).map(([, value]) => value);
    const effect =
      key === OR
        ? "each of them must hold, but most tools keep only the last"
        : values.every(isJsonArray)
          ? "the last one counts, and what stands before is dropped"
          : "their fields are put together, and of a field that stands in both the last one counts";
    return { path: pathTo(shown, key), note: `is written more than once: ${effect}`, mend: "write it once" };
  });
}

/** A field that is asked for in a `$or` and beside it: the later one replaces the earlier. */
function notesOnReplaced(object: Pattern, place: Place): readonly PatternNote[] {
  const notes: PatternNote[] = [];
  const earlier = new Map<string, string>();
  for (const [key, value] of membersOf(object)) {
    const names = namesIn(key, value, place.keys);
    for (const name of names) {
      const before = earlier.get(name);
      if (before !== undefined && before !== key) {
        const note = `${name} is asked for both in ${before} and in ${key}; where both apply, the later one replaces the earlier`;
        notes.push({ path: pathTo(place.shown, key), note, mend: "ask for it in one of the two only" });
      }
    }
    for (const name of names) earlier.set(name, key);
  }
  return notes;
}

function namesIn(key: string, value: JsonValue, above: readonly string[]): ReadonlySet<string> {
  const keys = key === OR ? above : [...above, key];
  const objects = key === OR && isJsonArray(value) ? value : [value];
  if (key !== OR && isJsonArray(value)) return new Set([keys.join(".")]);
  return new Set(
    objects
      .filter((inner) => isJsonObject(inner))
      .flatMap((inner) => membersOf(inner).flatMap(([name, item]) => [...namesIn(name, item, keys)])),
  );
}

/** Operators that stand where fields stand, and so are read as fields. */
function notesOnOperatorNames(object: Pattern, { keys, shown }: Place): readonly PatternNote[] {
  const field = keys.at(-1);
  if (field === undefined) return [];
  const members = membersOf(object);
  const isMeant = members.every(([key]) => isOperatorName(key));
  const isDetail = keys.length === 1 && field === "detail";
  // An operator within an operator is no field whose list could hold it.
  const meant =
    isMeant && !isOperatorName(field) ? withOperators(isDetail ? "field" : field, object) : undefined;
  const mend = isDetail && meant !== undefined ? `{"detail": ${meant}}` : meant;
  return members.flatMap(([key, value]): PatternNote[] => {
    const path = pathTo(shown, key);
    if (isForeignOperator(key)) return [noteOnForeignOperator(key, path)];
    if (!isJsonArray(value)) return [];
    // Words such as prefix are good names for fields, too, beside others.
    if (!isOperatorName(key) || (!isMeant && !key.includes("-"))) return [];
    const note = `${key} is read as a field of ${shown} here, not as an operator`;
    return [{ path, note, ...(mend === undefined ? {} : { mend: `write ${mend}` }) }];
  });
}

function noteOnForeignOperator(key: string, path: string): PatternNote {
  const note = `there is no operator ${key}, so it is read as a field of that name`;
  return { path, note, mend: mendForeignOperator(key) };
}

function isOperatorName(key: string): boolean {
  return operatorKeywords.some((keyword) => keyword === key);
}

/** The field with the operators in its list; undefined if they do not take what stands there. */
function withOperators(field: string, operators: Pattern): string | undefined {
  const matchers = membersOf(operators).flatMap(([operator, value]): JsonValue[] => {
    const takesList = operator === "numeric" || operator === "anything-but";
    const values = isJsonArray(value) && !takesList ? value : [value];
    return values.map((argument) => ({ [operator]: argument }));
  });
  const mended = { [field]: matchers };
  return parsePattern(mended).ok ? jsonText(mended) : undefined;
}

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
