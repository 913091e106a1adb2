import { z } from "zod";
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

const typeNames = ["null", "boolean", "number", "string", "object", "array"] as const;
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

/** What a publisher may write into the detail of an event, as far as it can be read. */
export interface ContractSchema {
  /** JSON Schema. */
  readonly root: unknown;
  /**
   * What an object that says nothing of further fields means. JSON Schema allows them; zod's plain object drops
   * them, so nobody who has read the contract can mean one.
   */
  readonly omitted: "closed" | "open";
}

const known = new WeakMap<z.ZodType, ContractSchema | "unreadable">();

/**
 * The schema of a contract written with zod: of the input, since a publisher writes what is not parsed yet.
 * It may allow more than zod does (a refinement only narrows), never less: what JSON Schema cannot say is opaque.
 */
export function contractSchema(detail: z.ZodType): ContractSchema | "unreadable" {
  const schema = known.get(detail) ?? convert(detail);
  known.set(detail, schema);
  return schema;
}

function convert(detail: z.ZodType): ContractSchema | "unreadable" {
  try {
    const root = z.toJSONSchema(detail, {
      io: "input",
      unrepresentable: "any",
      override: ({ zodSchema, jsonSchema }) => {
        widen(zodSchema, jsonSchema);
      },
    });
    return { root, omitted: "closed" };
  } catch {
    // A schema of another version of zod, or one that has no JSON Schema at all.
    return "unreadable";
  }
}

/** Takes out of the JSON Schema what zod does not ask of the input as it is published. */
function widen(zodSchema: z.core.$ZodType, jsonSchema: Record<string, unknown>): void {
  const { def } = zodSchema._zod;
  const unread = unreadPart(def);
  if (unread !== undefined) replace(jsonSchema, { [opaque]: unread });
  else if (rewritesValue(def)) {
    // What is asked after .trim() and its like is not asked of what is published.
    if (def.type === "string" || def.type === "number") replace(jsonSchema, { type: def.type });
    else remove(jsonSchema, ["minItems", "maxItems"]);
  } else if (checksOf(def).some(hasFlags)) {
    // JSON Schema has no flags: /^a$/i would become /^a$/.
    remove(jsonSchema, ["pattern", "allOf"]);
  }
}

function remove(jsonSchema: Record<string, unknown>, keywords: readonly string[]): void {
  for (const keyword of keywords) Reflect.deleteProperty(jsonSchema, keyword);
}

function replace(jsonSchema: Record<string, unknown>, by: Record<string, unknown>): void {
  remove(jsonSchema, Object.keys(jsonSchema));
  Object.assign(jsonSchema, by);
}

type Definition = z.core.$ZodTypeDef;

/** Types whose input is anything, or nothing that JSON Schema can say. */
const unreadTypes: ReadonlySet<string> = new Set([
  ...["any", "unknown", "custom", "transform", "catch", "success", "promise", "function", "file"],
  ...["undefined", "void", "nan", "bigint", "symbol", "date", "map", "set"],
]);

/** The name of a part of zod that hides what may be written there. */
function unreadPart(def: Definition): string | undefined {
  if (unreadTypes.has(def.type)) return `z.${def.type}`;
  if ("coerce" in def && def.coerce === true) return `z.coerce.${def.type}`;
  if ("in" in def && typeOf(def.in) === "transform") return "z.preprocess";
  if ("values" in def && Array.isArray(def.values) && !def.values.every(isLiteral)) return "z.literal";
  if (
    def.type === "record" &&
    "keyType" in def &&
    !canNameKeys(def.keyType, "mode" in def && def.mode === "loose")
  )
    return "z.record";
  return undefined;
}

function typeOf(schema: unknown): unknown {
  return definitionOf(schema)?.type;
}

function definitionOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(schema) || !isRecord(schema._zod)) return undefined;
  return isRecord(schema._zod.def) ? schema._zod.def : undefined;
}

function isLiteral(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function checksOf(def: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isRecord(def)) return [];
  // The schema of a format, such as z.email(), is its own first check.
  const checks = listIn(def.checks).map(definitionOf);
  return [def, ...checks.filter((check) => check !== undefined)];
}

/** z.url() trims what it is given, too. */
function rewritesValue(def: unknown): boolean {
  return checksOf(def).some(({ check, format }) => check === "overwrite" || format === "url");
}

function hasFlags({ pattern }: Readonly<Record<string, unknown>>): boolean {
  return pattern instanceof RegExp && /[^u]/.test(pattern.flags);
}

/** A loose record lets other keys pass, which JSON Schema says only of those that fit one pattern. */
function canNameKeys(keyType: unknown, isLoose: boolean): boolean {
  const checks = checksOf(definitionOf(keyType)).filter(({ check }) => check !== undefined);
  const isOnePattern = checks.length === 1 && checks[0]?.pattern !== undefined;
  return !checks.some(hasFlags) && (!isLoose || isOnePattern);
}
