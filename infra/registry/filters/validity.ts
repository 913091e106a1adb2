import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../read.js";
import { type Conjunction, listIn, opaque, referencesOf } from "./schema.js";

/** Whether a value satisfies a schema; `maybe` where that is not decided here. */
export type Verdict = "yes" | "no" | "maybe";

const MAX_DEPTH = 32;

/** Whether some schemas may hold of a value together. */
export function mayBeValid(value: unknown, conjunction: Conjunction, root: unknown): boolean {
  return conjunction.every((schema) => validity(value, schema, root) !== "no");
}

/** Judges single values in full, objects and lists by type, `enum` and `const` only. */
export function validity(value: unknown, schema: unknown, root: unknown, depth = 0): Verdict {
  if (typeof schema === "boolean") return schema ? "yes" : "no";
  if (!isRecord(schema) || depth > MAX_DEPTH || Object.hasOwn(schema, opaque)) return "maybe";
  const within = (inner: unknown) => validity(value, inner, root, depth + 1);
  return all([
    ...Object.entries(schema).map(([keyword, argument]) => keywordVerdict(value, keyword, argument)),
    ...listIn(schema.allOf).map(within),
    ...referencesOf(schema, root).map(within),
    ...[schema.anyOf, schema.oneOf].filter(Array.isArray).map((union) => any(union.map(within))),
    // More than one member of oneOf may hold, which it forbids.
    ...(Array.isArray(schema.oneOf) && schema.oneOf.length > 1 ? ["maybe" as const] : []),
    ...(schema.not === undefined ? [] : [opposite[within(schema.not)]]),
  ]);
}

const opposite = { yes: "no", no: "yes", maybe: "maybe" } as const;

function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("no")) return "no";
  return verdicts.includes("maybe") ? "maybe" : "yes";
}

function any(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("yes")) return "yes";
  return verdicts.includes("maybe") ? "maybe" : "no";
}

/** Keywords that ask nothing of a single value, or that are judged with those they refer to. */
const silent: ReadonlySet<string> = new Set([
  ...["$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples"],
  ...["deprecated", "readOnly", "writeOnly", "allOf", "anyOf", "oneOf", "not", "$ref"],
]);

function keywordVerdict(value: unknown, keyword: string, argument: unknown): Verdict {
  if (silent.has(keyword)) return "yes";
  if (keyword === "type") return fitsType(value, argument);
  if (keyword === "enum") return decided(listIn(argument).some((listed) => isSame(listed, value)));
  if (keyword === "const") return decided(isSame(argument, value));
  if (typeof value === "number" && typeof argument === "number")
    return numberVerdict(value, keyword, argument);
  if (typeof value === "string") return textVerdict(value, keyword, argument);
  return "maybe";
}

function decided(holds: boolean): Verdict {
  return holds ? "yes" : "no";
}

/** 0 and -0 are the same number. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || isDeepStrictEqual(one, other);
}

function fitsType(value: unknown, type: unknown): Verdict {
  const name = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const names: readonly unknown[] = Array.isArray(type) ? type : [type];
  return decided(names.includes(name) || (names.includes("integer") && Number.isInteger(value)));
}

function numberVerdict(value: number, keyword: string, argument: number): Verdict {
  switch (keyword) {
    case "minimum":
      return decided(value >= argument);
    case "maximum":
      return decided(value <= argument);
    case "exclusiveMinimum":
      return decided(value > argument);
    case "exclusiveMaximum":
      return decided(value < argument);
    case "multipleOf":
      // Only whole numbers divide without rounding.
      if (!Number.isSafeInteger(argument) || !Number.isSafeInteger(value)) return "maybe";
      return decided(value % argument === 0);
    default:
      return "maybe";
  }
}

/** zod counts UTF-16 units, JSON Schema counts characters: a text is too short or too long if both say so. */
function textVerdict(value: string, keyword: string, argument: unknown): Verdict {
  const characters = Array.from(value).length;
  if (keyword === "pattern") return fitsPattern(value, argument);
  if (typeof argument !== "number") return "maybe";
  if (keyword === "minLength")
    return characters >= argument ? "yes" : value.length < argument ? "no" : "maybe";
  if (keyword === "maxLength")
    return value.length <= argument ? "yes" : characters > argument ? "no" : "maybe";
  return "maybe";
}

/** JSON Schema reads a pattern with the flag `u`, zod as it was written: decided where both agree. */
export function fitsPattern(text: string, pattern: unknown): Verdict {
  if (typeof pattern !== "string") return "maybe";
  const answers = ["u", ""].flatMap((flags) => {
    try {
      return [new RegExp(pattern, flags).test(text)];
    } catch {
      return [];
    }
  });
  const [answer] = answers;
  return answer === undefined || answers.includes(!answer) ? "maybe" : decided(answer);
}
