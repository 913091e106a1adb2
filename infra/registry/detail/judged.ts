import { type ContractSchema, listIn } from "../filters/schema.js";
import { isRecord } from "../read.js";
import { mapParts } from "./parts.js";

/**
 * A JSON Schema as the judge of filters reads it. The judge looks through `allOf`, `anyOf` and `oneOf` only, so what
 * holds under a condition is given to it as one of two ways: that allows more than the schema does, never less.
 */
export function judgedSchema(root: Readonly<Record<string, unknown>>): ContractSchema {
  return { root: widened(root), omitted: "open" };
}

function widened(schema: unknown): unknown {
  if (!isRecord(schema)) return schema;
  const {
    if: condition,
    then,
    else: otherwise,
    dependentSchemas,
    dependencies,
    ...others
  } = mapParts(schema, widened);
  const ways = [
    ...(condition === undefined
      ? []
      : [{ anyOf: [{ allOf: [condition, then ?? true] }, otherwise ?? true] }]),
    ...[dependentSchemas, dependencies]
      .filter(isRecord)
      .flatMap((byField) => Object.values(byField))
      .filter((value) => !Array.isArray(value))
      .map((demanded) => ({ anyOf: [true, demanded] })),
  ];
  if (ways.length === 0) return others;
  return { ...others, allOf: [...listIn(others.allOf), ...ways] };
}
