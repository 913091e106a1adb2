import type { ContractSchema } from "./contract-schema.js";
import { elementsOf, memberOf, namesIn } from "./parts.js";
import { conjunctionsOf, opaqueReason, typesOf, type Conjunction } from "./schema.js";

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
