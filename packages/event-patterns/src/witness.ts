import { alternativesIn } from "./alternatives.js";
import { type EventFields, readEventFields } from "./event-fields.js";
import {
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type JsonObject,
  type JsonScalar,
  type JsonValue,
  membersOf,
} from "./json.js";
import { matchEvent, partHolds, treeOf, valuesOf } from "./match.js";
import type { EventPattern, PatternField, PatternPart } from "./pattern.js";

/** How many alternatives, and how many changed events, are tried before giving up. */
const MAX_ALTERNATIVES_TRIED = 200;
const MAX_EVENTS_TRIED = 2_000;
const MAX_VALUES_PER_FIELD = 8;

/**
 * An event that a pattern matches, with as few changes to the base as were found.
 * @param base an event to start from; itself the answer if the pattern matches it already
 * @returns undefined if none was found, because there is none or it is too well hidden
 */
export function satisfyingEvent(pattern: EventPattern, base: JsonValue): JsonValue | undefined {
  const start = isJsonObject(base) ? base : {};
  if (matchEvent(pattern, start)) return start;
  const alternatives = [...take(alternativesIn(pattern.parts), MAX_ALTERNATIVES_TRIED)];
  const fields = fieldsIn(pattern, start);
  const failing = (alternative: readonly PatternField[]): number =>
    alternative.filter((field) => !partHolds(field, fields)).length;
  for (const alternative of alternatives.sort((one, other) => failing(one) - failing(other))) {
    // First only what does not hold yet; if fields in arrays then still disagree, all of it from new.
    const cleared = alternative.reduce(removeField, start);
    for (const from of [start, cleared]) {
      const event = satisfy(pattern, alternative, from);
      if (event !== undefined && matchEvent(pattern, event)) return event;
    }
  }
  return undefined;
}

/**
 * An event that a pattern does not match, with as few changes to the base as were found: one value, or one
 * in each branch of `$or` that holds. Fields that stand last in the pattern are changed first, since the
 * envelope usually stands first and says who publishes.
 * @param base an event to start from; itself the answer if the pattern does not match it
 * @returns undefined if none was found
 */
export function violatingEvent(pattern: EventPattern, base: JsonValue): JsonValue | undefined {
  const start = isJsonObject(base) ? base : {};
  if (!matchEvent(pattern, start)) return start;
  for (const event of take(violations(pattern, pattern.parts, start), MAX_EVENTS_TRIED)) {
    if (!matchEvent(pattern, event)) return event;
  }
  return undefined;
}

function satisfy(
  pattern: EventPattern,
  alternative: readonly PatternField[],
  from: JsonValue,
): JsonValue | undefined {
  let event = from;
  for (const field of alternative) {
    const fields = fieldsIn(pattern, event);
    if (partHolds(field, fields)) continue;
    const values = field.matchers.flatMap((matcher) => matcher.candidates()).filter(field.accepts);
    const [value] = likeThoseOf(field, fields, values);
    if (value !== undefined) event = setField(event, field, value);
    else if (field.allowsAbsence) event = removeField(event, field);
    else return undefined;
  }
  return event;
}

/** Events in which one of the parts no longer holds. */
function* violations(
  pattern: EventPattern,
  parts: readonly PatternPart[],
  event: JsonValue,
): Generator<JsonValue> {
  for (const part of parts.toReversed()) {
    if (part.kind === "or") yield* withoutBranches(pattern, part.branches, event);
    else yield* withoutField(pattern, part, event);
  }
}

/** Events in which none of the branches holds. */
function* withoutBranches(
  pattern: EventPattern,
  branches: readonly (readonly PatternPart[])[],
  event: JsonValue,
): Generator<JsonValue> {
  const fields = fieldsIn(pattern, event);
  const [branch, ...others] = branches.filter((parts) => parts.every((part) => partHolds(part, fields)));
  if (branch === undefined) yield event;
  else {
    for (const changed of violations(pattern, branch, event)) {
      yield* withoutBranches(pattern, others, changed);
    }
  }
}

function* withoutField(pattern: EventPattern, field: PatternField, event: JsonValue): Generator<JsonValue> {
  const misses = [
    ...field.matchers.flatMap((matcher) => matcher.nearMisses()),
    "other",
    0,
    null,
    true,
    "",
    -1,
  ];
  const values = [...new Set(misses)].filter((value) => !field.accepts(value));
  const nearest = likeThoseOf(field, fieldsIn(pattern, event), values).slice(0, MAX_VALUES_PER_FIELD);
  for (const value of nearest) yield setField(event, field, value);
  if (!field.allowsAbsence) yield removeField(event, field);
}

/** The values with those of the kind that the event has in front, so that a schema is kept if possible. */
function likeThoseOf(
  field: PatternField,
  fields: EventFields,
  values: readonly JsonScalar[],
): readonly JsonScalar[] {
  const present = valuesOf(field, fields)?.[0]?.value;
  const alike = (value: JsonScalar): boolean => typeof value === typeof present;
  return [...values.filter(alike), ...values.filter((value) => !alike(value))];
}

function fieldsIn(pattern: EventPattern, event: JsonValue): EventFields {
  return readEventFields(event, treeOf(pattern)) ?? { values: new Map(), inArrays: new Set() };
}

function* take<T>(items: Iterable<T>, most: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken >= most) return;
    taken += 1;
    yield item;
  }
}

/**
 * Sets a field of an event: every value it has, or if it has none, a new one at the pattern's path.
 * Lists stay lists. The event itself is not changed.
 */
function setField(event: JsonValue, field: PatternField, value: JsonScalar): JsonValue {
  const replaced: JsonValue[] = [];
  const edited = editLeaves(event, stepsOf(field), (old) => {
    replaced.push(old);
    return isJsonArray(old) ? [value, ...old.filter((item) => !isJsonScalar(item))] : value;
  });
  return replaced.length > 0 && edited !== undefined ? edited : put(event, field.path, value);
}

/** Takes every value of a field out of an event. */
function removeField(event: JsonValue, field: PatternField): JsonValue {
  const edited = editLeaves(event, stepsOf(field), (old) => {
    const rest = isJsonArray(old) ? old.filter((item) => !isJsonScalar(item)) : [];
    return rest.length > 0 ? rest : undefined;
  });
  return edited ?? {};
}

type Edit = (old: JsonScalar | readonly JsonValue[]) => JsonValue | undefined;

function stepsOf({ name }: PatternField): readonly string[] {
  return name.split(".");
}

/** Replaces what stands at the end of the steps, in every element on the way; undefined removes it. */
function editLeaves(value: JsonValue, steps: readonly string[], edit: Edit): JsonValue | undefined {
  if (isJsonScalar(value)) return steps.length === 0 ? edit(value) : value;
  if (isJsonArray(value)) {
    const hasLeaves = steps.length === 0 && (value.length === 0 || value.some(isJsonScalar));
    return hasLeaves ? edit(value) : value.map((item) => editLeaves(item, steps, edit) ?? {});
  }
  const members = membersOf(value).flatMap(([key, item]): (readonly [string, JsonValue])[] => {
    const keySteps = key.split(".");
    if (!keySteps.every((step, index) => step === steps[index])) return [[key, item]];
    const edited = editLeaves(item, steps.slice(keySteps.length), edit);
    return edited === undefined ? [] : [[key, edited]];
  });
  return Object.fromEntries(members);
}

/** Adds a value at a path. What is in the way stays: beside it, in a list. */
function put(value: JsonValue | undefined, path: readonly string[], leaf: JsonScalar): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (value === undefined || isJsonScalar(value)) return leaf;
    return isJsonArray(value) ? [leaf, ...value] : [leaf, value];
  }
  if (value === undefined || value === null) return putMember({}, key, rest, leaf);
  if (isJsonScalar(value)) return [value, putMember({}, key, rest, leaf)];
  if (isJsonObject(value)) return putMember(Object.fromEntries(membersOf(value)), key, rest, leaf);
  const first = value.findIndex((item) => isJsonObject(item));
  if (first < 0) return [...value, putMember({}, key, rest, leaf)];
  return value.map((item, index) => (index === first ? put(item, path, leaf) : item));
}

function putMember(object: JsonObject, key: string, rest: readonly string[], leaf: JsonScalar): JsonValue {
  return { ...object, [key]: put(Object.hasOwn(object, key) ? object[key] : undefined, rest, leaf) };
}
