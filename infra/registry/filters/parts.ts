import { isRecord } from "../read.js";
import type { ContractSchema } from "./contract-schema.js";
import { bound, listIn, type Conjunction, type Schema } from "./schema.js";
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
  const isForbidden = conjunction.some((schema) => schema.unevaluatedProperties === false);
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
