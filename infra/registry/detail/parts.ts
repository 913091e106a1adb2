import { isRecord } from "../read.js";

/** Keys and list positions from the root of a document, or of a detail, to a place in it. */
export type Steps = readonly (string | number)[];

/** Keywords that hold schemas, in the drafts that are read here; those of other drafts are no keywords at all. */
const holders = {
  one: new Set([
    ...["additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items"],
    ...["not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"],
  ]),
  list: new Set(["allOf", "anyOf", "items", "oneOf", "prefixItems"]),
  named: new Set([
    ...["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"],
  ]),
};

/** A schema with each of the schemas that stand in it replaced; values that are no schemas stay. */
export function mapParts(
  schema: Readonly<Record<string, unknown>>,
  replace: (part: unknown, steps: Steps) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, mapKeyword(keyword, value, replace)]),
  );
}

function mapKeyword(
  keyword: string,
  value: unknown,
  replace: (part: unknown, steps: Steps) => unknown,
): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return holders.list.has(keyword) ? items.map((item, index) => replace(item, [keyword, index])) : value;
  }
  if (holders.named.has(keyword) && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        name,
        // What a field demands may be a list of names, too.
        Array.isArray(part) ? part : replace(part, [keyword, name]),
      ]),
    );
  }
  return holders.one.has(keyword) ? replace(value, [keyword]) : value;
}

/** What stands at the end of a JSON pointer, with its steps; list positions become numbers. */
export function follow(
  root: unknown,
  pointer: readonly string[],
): { readonly steps: Steps; readonly value: unknown } | undefined {
  let value = root;
  const steps: (string | number)[] = [];
  for (const step of pointer) {
    if (Array.isArray(value) && /^\d+$/.test(step) && Number(step) < value.length) {
      steps.push(Number(step));
      value = value[Number(step)];
    } else if (isRecord(value) && Object.hasOwn(value, step)) {
      steps.push(step);
      value = value[step];
    } else return undefined;
  }
  return { steps, value };
}

/** `/a~1b/0` → `a/b`, `0` */
export function pointerSteps(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
