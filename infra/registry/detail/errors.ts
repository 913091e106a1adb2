import type { ErrorObject } from "ajv";
import { formatPath, nearest } from "../problem.js";
import { follow, pointerSteps, type Steps } from "./parts.js";

/** What an error says besides, by names that hang on the keyword. */
type Parameters = Readonly<Record<string, unknown>>;

/** In what a value does not satisfy a schema, each once: `lines[0].sku: expected string, received number`. */
export function describeErrors(errors: readonly ErrorObject[], value: unknown): string[] {
  const told = errors.filter(({ keyword }) => !isFrame(keyword));
  const lines = (told.length > 0 ? told : errors).map((error) => {
    const { steps, value: found } = placeOf(error.instancePath, value);
    const at = [...steps, ...fieldOf(error)];
    const words = wordsFor(error, found);
    return at.length === 0 ? words : `${formatPath(at)}: ${words}`;
  });
  return [...new Set(lines)];
}

/** Says only that something inside does not hold, which is told by itself. */
function isFrame(keyword: string): boolean {
  return ["if", "anyOf", "oneOf", "allOf", "$ref", "propertyNames"].includes(keyword);
}

/** Where an error is, and what stands there. */
function placeOf(pointer: string, root: unknown): { readonly steps: Steps; readonly value: unknown } {
  return follow(root, pointerSteps(pointer)) ?? { steps: [], value: root };
}

/** The field that is missing or too much; the error itself is that of the object around. */
function fieldOf(error: ErrorObject): Steps {
  const params: Parameters = error.params;
  const field = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  return typeof field === "string" ? [field] : [];
}

function wordsFor(error: ErrorObject, found: unknown): string {
  const { keyword, message = "does not hold" } = error;
  const params: Parameters = error.params;
  switch (keyword) {
    case "type":
      return `expected ${[params.type].flat().join(" or ")}, received ${typeNameOf(found)}`;
    case "required":
      return "is missing";
    case "additionalProperties":
    case "unevaluatedProperties":
      return "is not declared, and other fields are not allowed";
    case "enum":
      return `expected one of ${listOf(params.allowedValues)}`;
    case "const":
      return `expected ${JSON.stringify(params.allowedValue)}`;
    case "format":
      return `is no ${String(params.format)}`;
    case "false schema":
      return "is not allowed";
    default:
      return message;
  }
}

function typeNameOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function listOf(values: unknown): string {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values];
  return list.map((value) => JSON.stringify(value)).join(" or ");
}

/** In what a schema is none, by places, each told once: what its draft expects there. */
export function describeSchemaErrors(
  errors: readonly ErrorObject[],
  schema: unknown,
): { readonly steps: Steps; readonly problem: string }[] {
  const byPlace = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    if (isFrame(error.keyword)) continue;
    byPlace.set(error.instancePath, [...(byPlace.get(error.instancePath) ?? []), error]);
  }
  return [...byPlace].map(([pointer, atPlace]) => {
    const { steps, value } = placeOf(pointer, schema);
    const listed = atPlace.find(({ keyword }) => keyword === "enum");
    if (listed !== undefined && typeof value === "string")
      return { steps, problem: unknownValue(listed, value) };
    const words = [...new Set(atPlace.map((error) => wordsFor(error, value)))].join(", or ");
    return { steps, problem: `${words}; mend it as this draft of JSON Schema has it` };
  });
}

function unknownValue(error: ErrorObject, value: string): string {
  const params: Parameters = error.params;
  const allowed: readonly unknown[] = Array.isArray(params.allowedValues) ? params.allowedValues : [];
  const meant = nearest(
    value,
    allowed.filter((item) => typeof item === "string"),
  );
  const mend = meant === undefined ? `write one of ${listOf(allowed)}` : `did you mean "${meant}"?`;
  return `"${value}" is not known there; ${mend}`;
}
