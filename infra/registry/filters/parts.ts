import { isRecord } from "../read.js";
import {
  bound,
  type Conjunction,
  conjunctionsOf,
  type ContractSchema,
  listIn,
  opaqueReason,
  type Schema,
  typesOf,
} from "./schema.js";
import { fitsPattern, validity } from "./validity.js";

/** What a conjunction says of one field of an object. */
export interface Member {
  /** What its value must satisfy; `false` among them where it cannot stand. */
  readonly schemas: readonly unknown[];
  readonly isDeclared: boolean;
  readonly isRequired: boolean;
}

export function memberOf(conjunction: Conjunction, name: string, { root, omitted }: ContractSchema): Member {
  const readings = conjunction.map((schema) => memberIn(schema, name, root));
  const isDeclared = readings.some((reading) => reading.isDeclared);
  const isClosed = omitted === "closed" ? isSilent(conjunction) : false;
  const isForbidden =
    conjunction.some((schema) => schema.unevaluatedProperties === false) &&
    !conjunction.some((schema) => isOpen(schema.additionalProperties));
  return {
    schemas: [
      ...readings.flatMap(({ schemas }) => schemas),
      ...(!isDeclared && (isClosed || isForbidden) ? [false] : []),
    ],
    isDeclared,
    isRequired: conjunction.some((schema) => listIn(schema.required).includes(name)),
  };
}

function memberIn(schema: Schema, name: string, root: unknown): Pick<Member, "schemas" | "isDeclared"> {
  const { additionalProperties, propertyNames } = schema;
  const properties = isRecord(schema.properties) ? schema.properties : undefined;
  const patterns = Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {}).map(
    ([pattern, value]) => ({ fits: fitsPattern(name, pattern), value }),
  );
  const own = properties !== undefined && Object.hasOwn(properties, name) ? [properties[name]] : [];
  const matching = patterns.filter(({ fits }) => fits === "yes").map(({ value }) => value);
  const isListed = own.length > 0 || patterns.some(({ fits }) => fits !== "no");
  const isNoName = propertyNames !== undefined && validity(name, propertyNames, root) === "no";
  // Without properties of its own, the names of an object are data: a record.
  const isRecordEntry = properties === undefined && isOpen(additionalProperties) && !isNoName;
  return {
    schemas: [
      ...own,
      ...matching,
      ...(isListed || additionalProperties === undefined ? [] : [additionalProperties]),
      ...(isNoName ? [false] : []),
    ],
    isDeclared: isListed || isRecordEntry,
  };
}

function isOpen(additionalProperties: unknown): boolean {
  return additionalProperties !== undefined && additionalProperties !== false;
}

/** Whether the objects of a conjunction name their fields and say nothing of others. */
function isSilent(conjunction: Conjunction): boolean {
  const objects = conjunction.filter((schema) =>
    ["properties", "patternProperties", "additionalProperties"].some((keyword) => keyword in schema),
  );
  return (
    objects.length > 0 &&
    objects.every(
      ({ properties, patternProperties, additionalProperties }) =>
        isRecord(properties) && patternProperties === undefined && !isOpen(additionalProperties),
    )
  );
}

/** Names of the fields that a conjunction declares, as far as it lists them. */
export function namesIn(conjunction: Conjunction): string[] {
  return conjunction.flatMap(({ properties, propertyNames }) => [
    ...(isRecord(properties) ? Object.keys(properties) : []),
    ...(isRecord(propertyNames) ? listIn(propertyNames.enum).map(String) : []),
  ]);
}

/** What the elements of a list must satisfy, one entry for each kind of position. */
export function elementsOf(conjunction: Conjunction): readonly (readonly unknown[])[] {
  const listed = Math.max(0, ...conjunction.map((schema) => tupleOf(schema).length));
  const most = bound(conjunction, "maxItems", Math.min) ?? Infinity;
  const positions = Array.from({ length: Math.min(listed + 1, most) }, (_, index) => index);
  return positions.map((index) => conjunction.map((schema) => elementAt(schema, index)));
}

/** Whether a list may have no element, which EventBridge takes for absence. */
export function mayBeEmpty(conjunction: Conjunction): boolean {
  return (bound(conjunction, "minItems", Math.max) ?? 0) <= 0;
}

/** Up to draft 2019-09 a tuple stood in `items`. */
function tupleOf({ prefixItems, items }: Schema): readonly unknown[] {
  return Array.isArray(prefixItems) ? prefixItems : listIn(items);
}

function elementAt(schema: Schema, index: number): unknown {
  const tuple = tupleOf(schema);
  if (index < tuple.length) return tuple[index];
  return (Array.isArray(schema.items) ? schema.additionalItems : schema.items) ?? true;
}

/** Where a schema hides what may stand there. */
export interface Unread {
  /** `detail.customer` */
  readonly at: string;
  /** `z.any` */
  readonly reason: string;
}

/** What a schema says of a field's place. */
export interface Place {
  /** What the field's values, those of lists included, may satisfy. */
  readonly conjunctions: readonly Conjunction[];
  readonly unread: readonly Unread[];
  /** The first step of the way that no alternative declares. */
  readonly undeclared: Undeclared | undefined;
}

export interface Undeclared {
  /** `total.amont` */
  readonly field: string;
  /** Fields that are declared at that place. */
  readonly known: readonly string[];
  /** Whether the schema allows fields that it does not declare. */
  readonly isAllowed: boolean;
}

/** Lists in lists, and alternatives of one place, that are looked at. Beyond, nothing is said of the place. */
const MAX_LIST_DEPTH = 8;
const MAX_CONJUNCTIONS = 500;

const unknownPlace: Place = { conjunctions: [], unread: [], undeclared: undefined };

/** Follows the steps of a field through every alternative: unions, references, and lists to their elements. */
export function placeOf(schema: ContractSchema, steps: readonly string[]): Place {
  const unread: Unread[] = [];
  let current = throughLists([[schema.root]], schema.root);
  for (const [depth, name] of steps.entries()) {
    if (current === undefined) return unknownPlace;
    const at = steps.slice(0, depth);
    unread.push(...unreadIn(current, at));
    const objects = current.filter((conjunction) => typesOf(conjunction).includes("object"));
    if (hasDottedName(objects, steps.slice(depth))) return { ...unknownPlace, unread };
    const members = objects.map((conjunction) => memberOf(conjunction, name, schema));
    const declared = members.filter(({ isDeclared }) => isDeclared);
    if (declared.length === 0 && unread.length === 0) {
      const known = new Set(objects.flatMap(namesIn).map((key) => [...at, key].join(".")));
      const isAllowed = members.some(({ schemas }) => !schemas.includes(false));
      const field = [...at, name].join(".");
      return { ...unknownPlace, undeclared: { field, known: [...known], isAllowed } };
    }
    const places = declared.map(({ schemas }) => schemas);
    current = throughLists(places, schema.root);
  }
  if (current === undefined) return unknownPlace;
  unread.push(...unreadIn(current, steps));
  return { conjunctions: current, unread, undeclared: undefined };
}

function unreadIn(conjunctions: readonly Conjunction[], steps: readonly string[]): Unread[] {
  return conjunctions.flatMap((conjunction) => {
    const reason = opaqueReason(conjunction);
    return reason === undefined ? [] : [{ at: ["detail", ...steps].join("."), reason }];
  });
}

/** EventBridge takes a dot in a key for nesting. */
function hasDottedName(objects: readonly Conjunction[], steps: readonly string[]): boolean {
  const rest = `${steps.join(".")}.`;
  return objects.flatMap(namesIn).some((name) => name.includes(".") && rest.startsWith(`${name}.`));
}

/** The alternatives of some places and of the elements of their lists; undefined if there are too many. */
function throughLists(
  places: readonly (readonly unknown[])[],
  root: unknown,
  depth = 0,
): readonly Conjunction[] | undefined {
  if (depth > MAX_LIST_DEPTH) return undefined;
  const found: Conjunction[] = [];
  for (const schemas of places) {
    for (const conjunction of conjunctionsOf(schemas, root)) {
      const elements = isList(conjunction) ? throughLists(elementsOf(conjunction), root, depth + 1) : [];
      if (elements === undefined || found.length > MAX_CONJUNCTIONS) return undefined;
      found.push(conjunction, ...elements);
    }
  }
  return found;
}

/** Whether a conjunction speaks of lists; one that allows any type says nothing of their elements. */
function isList(conjunction: Conjunction): boolean {
  const speaks = ["type", "items", "prefixItems"].some((keyword) =>
    conjunction.some((schema) => keyword in schema),
  );
  return speaks && typesOf(conjunction).includes("array");
}
