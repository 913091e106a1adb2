import { isRecord } from "../read.js";

/** An object of JSON Schema. Contracts bring their own, so nothing is taken for granted about its keywords. */
export type Schema = Readonly<Record<string, unknown>>;

/** Schemas that one value must satisfy together; their references, `allOf` and unions are followed already. */
export type Conjunction = readonly Schema[];

/** Keyword of ours for a place that cannot be looked into: any value may stand there, or none. Holds the reason. */
export const opaque = "x-event-backbone-opaque";

export function opaqueReason(conjunction: Conjunction): string | undefined {
  const schema = conjunction.find((candidate) => typeof candidate[opaque] === "string");
  return schema === undefined ? undefined : String(schema[opaque]);
}

/** Every way to satisfy some schemas, one for each choice of union members, as far as they are asked for. */
export function* conjunctionsOf(
  schemas: readonly unknown[],
  root: unknown,
  conjunction: Conjunction = [],
): Generator<Conjunction> {
  const [schema, ...others] = schemas;
  if (schemas.length === 0) yield conjunction;
  else if (schema === false) return;
  // A schema met again adds nothing; this also ends one that refers to itself.
  else if (!isRecord(schema) || conjunction.includes(schema))
    yield* conjunctionsOf(others, root, conjunction);
  else {
    const inner = [...listIn(schema.allOf), ...referencesOf(schema, root)];
    for (const chosen of choices([schema.anyOf, schema.oneOf].filter(Array.isArray))) {
      yield* conjunctionsOf([...chosen, ...inner, ...others], root, [...conjunction, schema]);
    }
  }
}

/** One member of each list. */
function choices(lists: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return lists.reduce<readonly (readonly unknown[])[]>(
    (chosen, list) => chosen.flatMap((members) => list.map((member) => [...members, member])),
    [[]],
  );
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What the schema refers to; a reference that leads nowhere here cannot be looked into. */
export function referencesOf(schema: Schema, root: unknown): readonly unknown[] {
  return ["$ref", "$dynamicRef", "$recursiveRef"].flatMap((keyword): unknown[] => {
    const reference = schema[keyword];
    if (typeof reference !== "string") return [];
    const target = keyword === "$ref" ? resolve(reference, root) : undefined;
    return [target ?? { [opaque]: `${keyword} ${JSON.stringify(reference)}` }];
  });
}

/** Follows a JSON pointer into the same document. */
function resolve(reference: string, root: unknown): unknown {
  if (!/^#(?:\/|$)/.test(reference)) return undefined;
  return reference
    .split("/")
    .slice(1)
    .map((step) => unescapeStep(step).replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce<unknown>((node, step) => {
      if (Array.isArray(node)) return node[Number(step)];
      return isRecord(node) && Object.hasOwn(node, step) ? node[step] : undefined;
    }, root);
}

function unescapeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

export const typeNames = ["null", "boolean", "number", "string", "object", "array"] as const;
export type TypeName = (typeof typeNames)[number];

/** The types of JSON that a value of the conjunction may have. */
export function typesOf(conjunction: Conjunction): readonly TypeName[] {
  return typeNames.filter((name) =>
    conjunction.every((schema) => allowsType(schema.type, name) && !excludesType(schema.not, name)),
  );
}

function allowsType(type: unknown, name: TypeName): boolean {
  if (type === undefined) return true;
  const names = Array.isArray(type) ? type : [type];
  return names.includes(name) || (name === "number" && names.includes("integer"));
}

/** Only where nothing but the type is excluded, or everything. */
function excludesType(not: unknown, name: TypeName): boolean {
  if (not === true) return true;
  if (!isRecord(not)) return false;
  const keywords = Object.keys(not);
  if (keywords.length === 0) return true;
  const names: readonly unknown[] = Array.isArray(not.type) ? not.type : [not.type];
  return keywords.length === 1 && names.includes(name);
}

/** The values that `enum` or `const` lists; undefined if neither does. Other keywords may exclude some of them. */
export function listedValues(conjunction: Conjunction): readonly unknown[] | undefined {
  const lists = conjunction.flatMap((schema): (readonly unknown[])[] => {
    if (Array.isArray(schema.enum)) return [schema.enum];
    return Object.hasOwn(schema, "const") ? [[schema.const]] : [];
  });
  return lists.toSorted((one, other) => one.length - other.length)[0];
}

/** The smallest number that a keyword holds in any of the schemas, or the largest. */
export function bound(
  conjunction: Conjunction,
  keyword: string,
  strictest: (...values: number[]) => number,
): number | undefined {
  const values = conjunction.map((schema) => schema[keyword]).filter((value) => typeof value === "number");
  return values.length === 0 ? undefined : strictest(...values);
}
