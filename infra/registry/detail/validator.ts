import { createRequire } from "node:module";
import type { Ajv as Ajv07, ErrorObject } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";
import type formats from "ajv-formats";
import { isRecord } from "../read.js";

/** The drafts of JSON Schema that are read here. */
export type Draft = "draft-07" | "2020-12";

/** By its `$schema`; undefined if it has none. */
export function draftOf(content: unknown): Draft | "other" | undefined {
  const named = isRecord(content) ? content.$schema : undefined;
  if (named === undefined) return undefined;
  if (typeof named !== "string") return "other";
  const [, draft] =
    /^https?:\/\/json-schema\.org\/(?:draft\/)?(2020-12|draft-07)\/schema#?$/.exec(named) ?? [];
  return draft === "2020-12" || draft === "draft-07" ? draft : "other";
}

export type Validate = (value: unknown) => readonly ErrorObject[];

/** What a draft knows, and the checks by it. */
export interface DraftRules {
  readonly draft: Draft;
  readonly keywords: ReadonlySet<string>;
  readonly formats: ReadonlySet<string>;
  /** In what a schema is none. */
  readonly schemaErrors: (schema: object) => readonly ErrorObject[];
  /** @throws Error if the validator cannot read the schema, saying why */
  readonly compile: (schema: object) => Validate;
}

/**
 * Strict about the schema: a keyword or format that is not known checks nothing. Types may be left out and tuples
 * may be open, as JSON Schema allows. A field counts only if it is the object's own.
 */
const options = {
  strictSchema: true,
  strictNumbers: true,
  strictRequired: false,
  strictTypes: false,
  strictTuples: false,
  allowMatchingProperties: true,
  allErrors: true,
  ownProperties: true,
  validateSchema: false,
  addUsedSchema: false,
  logger: false,
} as const;

/** What the validator knows and the drafts do not, or what hangs on the way to a schema and not on the schema alone. */
const notRead = [
  ...["nullable", "id", "$async", "$vocabulary"],
  ...["$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"],
];

const known = new Map<Draft, DraftRules>();

/** The validator is loaded when the first contract with a JSON Schema is read: others do not wait for it. */
export function rulesOf(draft: Draft): DraftRules {
  const rules = known.get(draft) ?? makeRules(draft);
  known.set(draft, rules);
  return rules;
}

function makeRules(draft: Draft): DraftRules {
  const ajv = draft === "2020-12" ? newAjv2020() : newAjv07();
  const keywords = new Set(Object.keys(ajv.RULES.keywords));
  for (const keyword of notRead) keywords.delete(keyword);
  return {
    draft,
    keywords,
    formats: new Set(Object.keys(ajv.formats)),
    schemaErrors: (schema) => (ajv.validateSchema(schema) === true ? [] : (ajv.errors ?? [])),
    compile: (schema) => {
      const validate = ajv.compile(schema);
      // It holds on to what it has compiled, and the same schema never comes again.
      ajv.removeSchema(schema);
      return (value) => (validate(value) ? [] : (validate.errors ?? []));
    },
  };
}

const load = createRequire(import.meta.url);

function newAjv2020(): Ajv2020 {
  const module: unknown = load("ajv/dist/2020.js");
  if (!isAjv2020(module)) throw otherVersion("ajv");
  return withFormats(new module.Ajv2020(options));
}

function newAjv07(): Ajv07 {
  const module: unknown = load("ajv");
  if (!isAjv07(module)) throw otherVersion("ajv");
  return withFormats(new module.Ajv(options));
}

function withFormats<Instance extends Ajv07 | Ajv2020>(ajv: Instance): Instance {
  const module: unknown = load("ajv-formats");
  if (!isFormats(module)) throw otherVersion("ajv-formats");
  module.default(ajv);
  return ajv;
}

function isAjv2020(module: unknown): module is { readonly Ajv2020: typeof Ajv2020 } {
  return hasFunction(module, "Ajv2020");
}

function isAjv07(module: unknown): module is { readonly Ajv: typeof Ajv07 } {
  return hasFunction(module, "Ajv");
}

function isFormats(module: unknown): module is { readonly default: typeof formats.default } {
  return hasFunction(module, "default");
}

function hasFunction(module: unknown, name: string): boolean {
  return (
    (isRecord(module) || typeof module === "function") && typeof Reflect.get(module, name) === "function"
  );
}

function otherVersion(name: string): Error {
  return new Error(`the package ${name} is of another version than package.json says; run npm ci`);
}
