import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { JsonSchemaDetail } from "../contract-definition.js";
import { type ContractSchema, type Conjunction, conjunctionsOf, typesOf } from "../filters/schema.js";
import type { PathSegments } from "../problem.js";
import { isJsonObject, type ProblemList } from "../read.js";
import { bundleOf, describeFault } from "./bundle.js";
import { type Documents, projectFolder, type SchemaDocument } from "./documents.js";
import { describeErrors, describeSchemaErrors } from "./errors.js";
import { judgedSchema } from "./judged.js";
import type { DetailSchema } from "./schema.js";
import { draftOf, rulesOf, type Validate } from "./validator.js";

/**
 * Reads a contract's JSON Schema with all that it refers to, and reports everything in it that cannot be read.
 * @param path of the contract's `detail`
 */
export function readJsonSchema(
  problems: ProblemList,
  { jsonSchema }: JsonSchemaDetail,
  path: PathSegments,
  documents: Documents,
): DetailSchema | undefined {
  const said = problems.all.length;
  const add = (problem: string) => {
    problems.add(path, problem);
  };
  const root = rootDocument(jsonSchema, documents);
  if (typeof root === "string") {
    add(root);
    return undefined;
  }
  const draft = draftOf(root.content) ?? "2020-12";
  if (draft === "other") {
    add(
      `${root.name} at $schema: another draft than those that are read here; write "https://json-schema.org/draft/2020-12/schema" or "http://json-schema.org/draft-07/schema#", or leave it out for 2020-12`,
    );
    return undefined;
  }
  const rules = rulesOf(draft);
  const { bundle, faults } = bundleOf(root, documents, rules);
  faults.map(describeFault).forEach(add);
  for (const { steps, problem } of describeSchemaErrors(rules.schemaErrors(bundle.schema), bundle.schema))
    add(describeFault({ ...bundle.placeOf(steps), problem }));
  if (problems.all.length > said) return undefined;

  const judged = judgedSchema(bundle.schema);
  if (!describesObject(judged)) {
    add(
      `${root.name}: its root does not describe an object, which EventBridge demands of detail; write type: object at its root`,
    );
    return undefined;
  }
  let validate: Validate;
  try {
    validate = rules.compile(bundle.schema);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    add(`${root.name}: cannot be read (${why.replace(/^strict mode: /, "")}); mend it there`);
    return undefined;
  }
  return {
    problemsOf: (detail) => problemsOf(validate, detail),
    asRead: () => judged,
    files: bundle.documents
      .filter(({ location }) => location !== projectFolder)
      .map(({ location }) => fileURLToPath(location)),
  };
}

function problemsOf(validate: Validate, detail: unknown): readonly string[] {
  try {
    return describeErrors(validate(detail), detail);
  } catch (error) {
    if (error instanceof RangeError)
      return ["cannot be checked, because its schema refers to itself without an end"];
    // The validator makes code of the schema, and of some that nobody writes it makes code that fails.
    const why = error instanceof Error ? error.message : String(error);
    return [`cannot be checked, because the validator fails on its schema (${why})`];
  }
}

/** @returns what is wrong with it and how to mend it, if it cannot be opened */
function rootDocument(source: unknown, documents: Documents): SchemaDocument | string {
  const location = typeof source === "string" ? locationOf(source) : source;
  if (location instanceof URL) {
    if (location.protocol !== "file:")
      return `${location.href} is no file, and nothing is read from the network; save it in the project and write its path`;
    const opened = documents.open(location);
    return opened.ok ? opened.document : opened.problem;
  }
  if (isJsonObject(source)) return { name: "its JSON Schema", location: projectFolder, content: source };
  return 'its JSON Schema is no plain JSON; write jsonSchema({ type: "object", … }), or a file\'s path as in jsonSchema("schemas/order.yaml")';
}

/** A path begins in the project's folder. */
function locationOf(source: string): URL {
  if (/^[a-z][a-z+.-]+:\/\//i.test(source) && URL.canParse(source)) return new URL(source);
  return pathToFileURL(resolve(fileURLToPath(projectFolder), source));
}

/** Keywords that are said of objects only. */
const objectWords = [
  ...["properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames"],
  ...["required", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "dependencies"],
];

/** Ways to satisfy a schema that are looked at. */
const MAX_WAYS = 500;

/** Whether a schema allows objects, and says something of them wherever it does. */
function describesObject({ root }: ContractSchema): boolean {
  const objects: Conjunction[] = [];
  let ways = 0;
  for (const conjunction of conjunctionsOf([root], root)) {
    if (typesOf(conjunction).includes("object")) objects.push(conjunction);
    ways += 1;
    if (ways > MAX_WAYS) break;
  }
  const isOfObjects = (conjunction: Conjunction) =>
    conjunction.some((schema) => "type" in schema || objectWords.some((keyword) => keyword in schema));
  return objects.length > 0 && objects.every(isOfObjects);
}
