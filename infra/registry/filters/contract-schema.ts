import { z } from "zod";
import { isRecord } from "../read.js";
import { listIn, opaque } from "./schema.js";

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
