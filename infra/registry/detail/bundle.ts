import { kindOf } from "../entries.js";
import { formatPath, nearest } from "../problem.js";
import { isRecord } from "../read.js";
import type { Documents, Place, SchemaDocument } from "./documents.js";
import { mapParts, type Steps } from "./parts.js";
import { isTarget, References, type Resource, type Target } from "./references.js";
import { draftOf, type DraftRules, rulesOf } from "./validator.js";

/** A JSON Schema as one document that refers to nothing but itself, by pointers. */
export interface Bundle {
  readonly schema: Readonly<Record<string, unknown>>;
  /** Where a place of it was written. */
  readonly placeOf: (steps: Steps) => Place;
  /** Everything it was gathered from. */
  readonly documents: readonly SchemaDocument[];
}

/** What is wrong with a schema, and how to mend it. */
export interface Fault extends Place {
  readonly problem: string;
}

/** `schemas/document.yaml at properties.kind: …` */
export function describeFault({ document, steps, problem }: Fault): string {
  return `${document.name}${steps.length === 0 ? "" : ` at ${formatPath(steps)}`}: ${problem}`;
}

/** Begins the names under which the bundle holds what is referred to. */
const referred = "event-backbone-reference-";

/** Gathers all that a schema refers to, and says what of it cannot be read: every keyword, format and reference. */
export function bundleOf(
  root: SchemaDocument,
  documents: Documents,
  rules: DraftRules,
): { readonly bundle: Bundle; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const references = new References(documents);
  const names = new Map<string, string>();
  const gathered = new Map<string, { readonly place: Place; readonly schema: unknown }>();

  const copy = (node: unknown, { document, steps }: Place, around: Resource): unknown => {
    const fault = (problem: string, ...more: Steps) => {
      faults.push({ document, steps: [...steps, ...more], problem });
    };
    if (typeof node === "boolean") return node;
    if (!isRecord(node)) {
      fault(`expected a schema, received ${kindOf(node)}; write an object, true or false`);
      return true;
    }
    const resource = references.resourceAt({ document, steps }) ?? around;
    const kept = Object.entries(node).flatMap(([keyword, value]): (readonly [string, unknown])[] => {
      if (isSilent(keyword)) return [];
      if (keyword === "$ref" && typeof value === "string") {
        const target = references.resolve(value, resource);
        if (isTarget(target)) return [["$ref", pointerTo(target)]];
        fault(target.problem, keyword);
        return [];
      }
      if (keyword === "format" && typeof value === "string" && !rules.formats.has(value)) {
        fault(unknownFormat(value, rules), keyword);
        return [];
      }
      for (const expression of expressionsIn(keyword, value)) {
        const problem = expressionFault(expression);
        if (problem !== undefined) fault(problem, keyword);
      }
      if (rules.keywords.has(keyword)) return [[keyword, value]];
      fault(unknownKeyword(keyword, rules), keyword);
      return [];
    });
    return mapParts(Object.fromEntries(kept), (part, more) =>
      copy(part, { document, steps: [...steps, ...more] }, resource),
    );
  };

  const pointerTo = ({ node, place, resource }: Target): string => {
    const address = `${place.document.location.href} ${JSON.stringify(place.steps)}`;
    const known = names.get(address);
    if (known !== undefined) return `#/$defs/${known}`;
    const draft = draftOf(place.document.content) ?? rules.draft;
    if (draft !== rules.draft) {
      faults.push({
        document: place.document,
        steps: ["$schema"],
        problem: `${root.name}, which refers to it, is of ${rules.draft}; write the same $schema in both`,
      });
    }
    const name = `${referred}${names.size + 1}`;
    names.set(address, name);
    // A schema may refer to itself, and finds its name taken then.
    gathered.set(name, { place, schema: copy(node, place, resource) });
    return `#/$defs/${name}`;
  };

  const start = { document: root, steps: [] };
  const schema = copy(root.content, start, references.rootOf(root));
  const own = isRecord(schema) ? schema : {};
  const $defs = {
    ...(isRecord(own.$defs) ? own.$defs : {}),
    ...Object.fromEntries([...gathered].map(([name, entry]) => [name, entry.schema])),
  };
  return {
    bundle: {
      schema: gathered.size === 0 ? own : { ...own, $defs },
      placeOf: (steps) => {
        const [keyword, name, ...rest] = steps;
        const place = keyword === "$defs" ? gathered.get(String(name))?.place : undefined;
        return place === undefined
          ? { document: root, steps }
          : { ...place, steps: [...place.steps, ...rest] };
      },
      documents: [...new Set([root, ...[...gathered.values()].map(({ place }) => place.document)])],
    },
    faults,
  };
}

/** What names a schema, or is for readers only. A name that begins with x- cannot be meant for a keyword. */
function isSilent(keyword: string): boolean {
  return ["$schema", "$id", "$anchor", "$comment"].includes(keyword) || keyword.startsWith("x-");
}

/** What is written in a schema and means nothing to its draft, and how the same is said. */
const mends: Readonly<Record<string, string>> = {
  id: "write $id",
  example: 'write a list of "examples"',
  nullable: 'write "null" among the types, such as type: ["string", "null"]',
  optional: 'leave the field out of "required" of the schema around it',
  discriminator: "write oneOf, with a const in each of its schemas",
  prefixItems: "write the list of schemas as items",
  additionalItems: "write the list of schemas as prefixItems and what follows as items",
  $dynamicRef: "write $ref",
  $recursiveRef: "write $ref",
  $dynamicAnchor: "write $anchor",
  $recursiveAnchor: "leave it out, and write $ref",
};

function unknownKeyword(keyword: string, { draft, keywords }: DraftRules): string {
  const what = `"${keyword}" is no keyword that is read here for JSON Schema ${draft}, so nothing would be checked by it`;
  if (Object.hasOwn(mends, keyword)) return `${what}; ${String(mends[keyword])}`;
  const other = draft === "draft-07" ? "2020-12" : "draft-07";
  if (rulesOf(other).keywords.has(keyword)) return `${what}; ${other} has it: name that draft in $schema`;
  const meant = nearest(keyword, [...keywords]);
  return `${what}; ${meant === undefined ? "leave it out, or begin its name with x- if it is for readers only" : `did you mean "${meant}"?`}`;
}

function unknownFormat(format: string, { formats }: DraftRules): string {
  const meant = nearest(format, [...formats]);
  return `"${format}" is no format that is known here; ${meant === undefined ? "leave it out, or write a pattern" : `did you mean "${meant}"?`}`;
}

function expressionsIn(keyword: string, value: unknown): readonly string[] {
  if (keyword === "pattern" && typeof value === "string") return [value];
  return keyword === "patternProperties" && isRecord(value) ? Object.keys(value) : [];
}

/** JSON Schema reads expressions with the flag `u`, which takes no needless backslash. */
function expressionFault(expression: string): string | undefined {
  try {
    new RegExp(expression, "u");
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${why.replace(/^Invalid regular expression: /, "")}; mend the regular expression`;
  }
}
