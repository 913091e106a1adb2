import { isJsonArray, isJsonObject, isJsonScalar, membersOf, type JsonValue } from "../json-value.js";
import { lookAlikeTexts, toTheEye, type LookAlike } from "./look-alike.js";
import type { PatternField } from "./pattern.js";
import { pathTo } from "./problem.js";

/** What stands where a pattern looks for a single value and finds none. */
export type Standing =
  | {
      readonly kind: "nothing";
      /** A key that is there in place of the one that is missing, if one is written much like it. */
      readonly near?: NearKey;
    }
  | { readonly kind: "object" }
  | { readonly kind: "empty-list" }
  /** A field above it holds something that has no fields. */
  | { readonly kind: "parent"; readonly path: string; readonly is: keyof typeof parents };

/** A key that differs from another by case, hyphens and spaces, or by nothing that is seen. */
export interface NearKey {
  readonly path: string;
  readonly alike?: LookAlike;
}

/** Looks at the place of a field of which the event has no value; of several places, at the most telling. */
export function standingAt({ name }: PatternField, event: JsonValue): Standing {
  const found = standings(event, name, "");
  return (
    found.find(({ kind }) => kind !== "nothing") ??
    found.find((standing) => standing.kind === "nothing" && standing.near !== undefined) ?? {
      kind: "nothing",
    }
  );
}

/** A dot in a key is nesting, so a key may be any beginning of the rest of the name that ends at a dot. */
function standings(value: JsonValue, rest: string, path: string): readonly Standing[] {
  if (isJsonObject(value)) {
    const members = membersOf(value);
    const found = members.flatMap(([key, inner]): readonly Standing[] => {
      if (rest === key) return [standingOf(inner)];
      if (!rest.startsWith(`${key}.`)) return [];
      return standings(inner, rest.slice(key.length + 1), path === "" ? key : `${path}.${key}`);
    });
    const isMissing = !members.some(([key]) => rest === key || rest.startsWith(`${key}.`));
    return isMissing ? members.flatMap(([key]) => nearKey(key, rest, path)) : found;
  }
  if (!isJsonArray(value)) return [{ kind: "parent", path, is: scalarKind(value) }];
  if (value.length === 0) return [{ kind: "parent", path, is: "empty-list" }];
  return value.flatMap((item): readonly Standing[] =>
    isJsonScalar(item) ? [{ kind: "parent", path, is: "value-list" }] : standings(item, rest, path),
  );
}

function nearKey(key: string, rest: string, path: string): readonly Standing[] {
  const wanted = rest.split(".").slice(0, key.split(".").length).join(".");
  const plain = plainly(key);
  if (plain === "" || plain !== plainly(wanted)) return [];
  const alike = lookAlikeTexts(wanted, key);
  const near = { path: pathTo(path, key), ...(alike === undefined ? {} : { alike }) };
  return [{ kind: "nothing", near }];
}

function plainly(key: string): string {
  return toTheEye(key)
    .toLowerCase()
    .replace(/[-_\s]/gu, "");
}

function standingOf(value: JsonValue): Standing {
  if (isJsonScalar(value)) return { kind: "nothing" };
  const [first] = isJsonArray(value) ? value : [];
  if (isJsonArray(value)) return first === undefined ? { kind: "empty-list" } : standingOf(first);
  return { kind: "object" };
}

function scalarKind(value: JsonValue): "null" | "text" | "json-text" | "value" {
  if (value === null) return "null";
  if (typeof value !== "string") return "value";
  return /^\s*[[{]/u.test(value) ? "json-text" : "text";
}

/** For people, after `the event has`. */
export function describeStanding(standing: Standing, asksForPresence: boolean): string {
  switch (standing.kind) {
    case "nothing":
      return "no value there";
    case "object":
      return `an object there: ${asksForPresence ? "exists looks" : "patterns look"} at single values only`;
    case "empty-list":
      return "an empty list there, which is no value";
    case "parent":
      return `no value there: ${standing.path} is ${parents[standing.is]}`;
  }
}

const parents = {
  text: "text, not an object",
  "json-text": "text, not an object: JSON written twice?",
  null: "null",
  value: "a single value, not an object",
  "value-list": "a list of single values, not of objects",
  "empty-list": "an empty list",
} as const;
