import type { JsonValue } from "../../aws/event-pattern.js";
import { isJson } from "../read.js";
import type { Condition } from "./condition.js";
import { describeBounds } from "./numbers.js";
import { namesIn, type Place } from "./parts.js";
import {
  bound,
  type Conjunction,
  type ContractSchema,
  listedValues,
  type TypeName,
  typesOf,
} from "./schema.js";
import { mayBeValid } from "./validity.js";

/** A value as one writes it in TypeScript: `{ numeric: [">", 100] }`. */
export function literal(value: JsonValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(literal).join(", ")}]`;
  const members = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${literal(item)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

const LISTED_AT_MOST = 12;

/** A field with its values: `status: ["placed"]`. */
export function describeCondition({ name, values }: Condition): string {
  const more = values.length > LISTED_AT_MOST ? `, … ${values.length - LISTED_AT_MOST} more` : "";
  const shown = values.slice(0, LISTED_AT_MOST).map(literal).join(", ");
  return `${keyText(name).replace(/^"([\w.$-]+)"$/, "$1")}: [${shown}${more}]`;
}

/** `placed, shipped or cancelled` */
export function either(words: readonly string[]): string {
  const all =
    words.length > LISTED_AT_MOST
      ? [...words.slice(0, LISTED_AT_MOST), `${words.length - LISTED_AT_MOST} more`]
      : words;
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all.slice(-1).join("")}`;
}

/** The single values that `enum` or `const` lists at a place; undefined if others may stand there, too. */
export function listedAt(place: Place, { root }: ContractSchema): readonly JsonValue[] | undefined {
  const lists = place.conjunctions.map((conjunction) => {
    const listed = listedValues(conjunction)?.filter((value) => mayBeValid(value, conjunction, root));
    if (listed !== undefined) return listed.filter(isSingle);
    return typesOf(conjunction).every((type) => type === "array") ? [] : undefined;
  });
  const known = lists.filter((list) => list !== undefined);
  return known.length < lists.length ? undefined : [...new Set(known.flat())];
}

function isSingle(value: unknown): value is JsonValue {
  return isJson(value) && (value === null || typeof value !== "object");
}

/** What may stand at a place: `placed`, `a number of at least 0`. Lists are told by their elements. */
export function describePlace(place: Place, schema: ContractSchema): readonly string[] {
  const words = place.conjunctions.flatMap((conjunction) => {
    const listed = listedValues(conjunction);
    if (listed === undefined) {
      return typesOf(conjunction).flatMap((type) => describeType(type, conjunction));
    }
    const valid = listed.filter((value) => mayBeValid(value, conjunction, schema.root)).filter(isJson);
    return valid.map((value) => (typeof value === "string" && value !== "" ? value : literal(value)));
  });
  return [...new Set(words)];
}

/** Whether nothing but objects may stand at a place, in lists or by themselves. */
export function holdsObjectsOnly({ conjunctions }: Place): boolean {
  const types = conjunctions.flatMap(typesOf);
  return types.includes("object") && types.every((type) => type === "object" || type === "array");
}

export function holdsLists({ conjunctions }: Place): boolean {
  return conjunctions.some((conjunction) => typesOf(conjunction).includes("array"));
}

/** Fields of the objects at a place. */
export function fieldsAt({ conjunctions }: Place): readonly string[] {
  return [...new Set(conjunctions.flatMap(namesIn))];
}

function describeType(type: TypeName, conjunction: Conjunction): readonly string[] {
  switch (type) {
    case "null":
      return ["null"];
    case "boolean":
      return ["true", "false"];
    case "number": {
      const isWhole = conjunction.some((schema) => schema.type === "integer");
      return [`a ${isWhole ? "whole " : ""}number${describeBounds(conjunction)}`];
    }
    case "string":
      return [`text${describeText(conjunction)}`];
    case "object":
      return ["an object"];
    case "array":
      return [];
  }
}

function describeText(conjunction: Conjunction): string {
  const least = bound(conjunction, "minLength", Math.max);
  const most = bound(conjunction, "maxLength", Math.min);
  const lengths = [
    ...(least !== undefined && least !== most ? [`at least ${least}`] : []),
    ...(most === undefined ? [] : [least === most ? `exactly ${most}` : `at most ${most}`]),
  ];
  const patterns = conjunction.flatMap(({ format, pattern }) => {
    if (typeof format === "string") return [` (${format})`];
    return typeof pattern === "string" ? [` that fits /${pattern}/`] : [];
  });
  return `${lengths.length === 0 ? "" : ` of ${lengths.join(" and ")} characters`}${patterns.join("")}`;
}
