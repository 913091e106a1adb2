import { z } from "zod";
import type { EventPattern } from "../../rehearsal/simulator/pattern/index.js";
import { isRecord } from "./read.js";

export interface UnknownField {
  /** Below `detail`: `total.amont`. */
  readonly field: string;
  /** Fields the schema has at that place. */
  readonly known: readonly string[];
}

/**
 * Fields a content filter looks at that the contract's schema does not have. EventBridge accepts such a
 * filter and then matches nothing (or everything), without a word.
 */
export function unknownFilterFields(detail: z.ZodType, pattern: EventPattern): UnknownField[] {
  const schema = jsonSchemaOf(detail);
  if (schema === undefined) return [];
  return pattern.fields.flatMap(({ path }) => {
    const [root, ...below] = path;
    if (root !== "detail") return [];
    const unknown = firstUnknown([schema], below, schema);
    return unknown === undefined ? [] : [unknown];
  });
}

function jsonSchemaOf(detail: z.ZodType): unknown {
  try {
    return z.toJSONSchema(detail, { io: "input", unrepresentable: "any" });
  } catch {
    // A schema of another zod, or one that JSON Schema cannot express, cannot be looked into.
    return undefined;
  }
}

/** Follows a path through every schema that may hold at each step; a schema that is open ends the search. */
function firstUnknown(
  schemas: readonly unknown[],
  path: readonly string[],
  root: unknown,
): UnknownField | undefined {
  let current = schemas.flatMap((schema) => alternatives(schema, root));
  for (const [depth, name] of path.entries()) {
    const next: unknown[] = [];
    const known: string[] = [];
    for (const schema of current) {
      if (!isRecord(schema) || !isRecord(schema.properties)) return undefined;
      if (Object.hasOwn(schema.properties, name)) next.push(schema.properties[name]);
      else if (schema.additionalProperties !== undefined && schema.additionalProperties !== false)
        return undefined;
      known.push(...Object.keys(schema.properties));
    }
    if (next.length === 0) {
      const parents = path.slice(0, depth);
      return {
        field: path.slice(0, depth + 1).join("."),
        known: known.map((key) => [...parents, key].join(".")),
      };
    }
    current = next.flatMap((schema) => alternatives(schema, root));
  }
  return undefined;
}

/** Object schemas behind references, unions and lists: EventBridge looks through lists to their elements. */
function alternatives(schema: unknown, root: unknown, depth = 0): unknown[] {
  if (!isRecord(schema) || depth > 32) return [schema];
  const within = (inner: unknown) => alternatives(inner, root, depth + 1);
  if (typeof schema.$ref === "string") return within(resolve(schema.$ref, root));
  for (const union of [schema.anyOf, schema.oneOf]) {
    if (Array.isArray(union)) return union.flatMap(within).filter(isObjectSchema);
  }
  if (schema.type === "array" && schema.items !== undefined) return within(schema.items);
  return [schema];
}

/** A union's scalar members cannot hold the field; they say nothing about its being unknown. */
function isObjectSchema(schema: unknown): boolean {
  return !isRecord(schema) || schema.type === undefined || schema.type === "object";
}

function resolve(reference: string, root: unknown): unknown {
  return reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((segment) => segment !== "")
    .reduce<unknown>((node, segment) => (isRecord(node) ? node[segment] : undefined), root);
}
