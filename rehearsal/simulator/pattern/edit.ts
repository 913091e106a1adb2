import {
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  membersOf,
  type JsonObject,
  type JsonScalar,
  type JsonValue,
} from "../json-value.js";
import type { PatternField } from "./pattern.js";

/**
 * Sets a field of an event: every value it has, or if it has none, a new one at the pattern's path.
 * Lists stay lists. The event itself is not changed.
 */
export function setField(event: JsonValue, field: PatternField, value: JsonScalar): JsonValue {
  const replaced: JsonValue[] = [];
  const edited = editLeaves(event, stepsOf(field), (old) => {
    replaced.push(old);
    return isJsonArray(old) ? [value, ...old.filter((item) => !isJsonScalar(item))] : value;
  });
  return replaced.length > 0 && edited !== undefined ? edited : put(event, field.path, value);
}

/** Takes every value of a field out of an event. */
export function removeField(event: JsonValue, field: PatternField): JsonValue {
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
