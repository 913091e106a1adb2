import type { DetailSchema } from "../detail/schema.js";
import type { PathSegments } from "../problem.js";
import { isRecord } from "../read.js";
import type { Aim, Condition } from "./condition.js";
import { numberMayDo } from "./numbers.js";
import { elementsOf, mayBeEmpty, memberOf, namesIn, type Place } from "./parts.js";
import {
  type Conjunction,
  conjunctionsOf,
  type ContractSchema,
  listedValues,
  opaqueReason,
  typesOf,
} from "./schema.js";
import { textMayDo } from "./texts.js";
import { mayBeValid } from "./validity.js";

/** A condition with the steps that are left from a place to its field. */
interface Demand {
  readonly condition: Condition;
  readonly steps: readonly string[];
}

/** Enough for every schema that people write; beyond, nothing is decided. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 100;

/**
 * Whether some event that satisfies the schema passes all of the conditions. False only if that is certain; a key
 * with a dot, which EventBridge takes for nesting, is thought of only where the schema declares it.
 */
export function mayPassTogether(schema: ContractSchema, conditions: readonly Condition[]): boolean {
  return new Judge(schema, "pass").mayDo(conditions);
}

/**
 * Whether some event that satisfies the schema fails all of the conditions; of a field in a list, whether some
 * element fails, since another condition may speak of that very element. False only if that is certain, also of
 * events with fields that a plain object of zod drops.
 */
export function mayFailTogether(schema: ContractSchema, conditions: readonly Condition[]): boolean {
  return new Judge({ ...schema, omitted: "open" }, "fail").mayDo(conditions);
}

/** Looks for a value that does what is asked, and answers false only if there is certainly none. */
class Judge {
  private steps = 0;
  private readonly schema: ContractSchema;
  private readonly aim: Aim;

  constructor(schema: ContractSchema, aim: Aim) {
    this.schema = schema;
    this.aim = aim;
  }

  mayDo(conditions: readonly Condition[]): boolean {
    // The detail of an event is an object, whatever else the schema allows.
    const demands = conditions.map((condition) => ({ condition, steps: condition.steps }));
    return this.valueMay([this.schema.root, { type: "object" }], demands, 0);
  }

  private valueMay(schemas: readonly unknown[], demands: readonly Demand[], depth: number): boolean {
    if (demands.length === 0 || depth > MAX_DEPTH) return true;
    for (const conjunction of conjunctionsOf(schemas, this.schema.root)) {
      this.steps += 1;
      if (this.steps > MAX_STEPS || this.conjunctionMay(conjunction, demands, depth)) return true;
    }
    return false;
  }

  private conjunctionMay(conjunction: Conjunction, demands: readonly Demand[], depth: number): boolean {
    if (opaqueReason(conjunction) !== undefined) return true;
    const listed = listedValues(conjunction);
    if (listed !== undefined) {
      const valid = listed.filter((value) => mayBeValid(value, conjunction, this.schema.root));
      return valid.some((value) => this.listedMay(value, demands, depth));
    }
    const types = typesOf(conjunction);
    return types.some((type) => {
      switch (type) {
        case "null":
          return this.scalarMay(null, demands);
        case "boolean":
          return this.scalarMay(true, demands) || this.scalarMay(false, demands);
        case "number":
        case "string":
          return this.rangeMay(type, conjunction, demands);
        case "object":
          return this.objectMay(conjunction, demands, depth);
        case "array":
          return this.listMay(conjunction, demands, depth);
      }
    });
  }

  private listedMay(value: unknown, demands: readonly Demand[], depth: number): boolean {
    if (typeof value !== "object" || value === null) {
      return isScalar(value) && this.scalarMay(value, demands);
    }
    return this.valueMay([exactly(value)], demands, depth + 1);
  }

  private scalarMay(value: string | number | boolean | null, demands: readonly Demand[]): boolean {
    return demands.every(({ condition: { pattern }, steps }) =>
      this.isWanted(steps.length === 0 ? pattern.accepts(value) : pattern.allowsAbsence),
    );
  }

  private isWanted(passes: boolean): boolean {
    return passes === (this.aim === "pass");
  }

  private absenceMay(demands: readonly Demand[]): boolean {
    return demands.every(({ condition }) => this.isWanted(condition.pattern.allowsAbsence));
  }

  /** Below a single value there are no fields. */
  private rangeMay(type: "number" | "string", conjunction: Conjunction, demands: readonly Demand[]): boolean {
    const here = demands.filter(({ steps }) => steps.length === 0).map(({ condition }) => condition);
    if (!this.absenceMay(demands.filter(({ steps }) => steps.length > 0))) return false;
    if (here.length === 0) return true;
    return type === "number"
      ? numberMayDo(this.aim, here, conjunction)
      : textMayDo(this.aim, here, conjunction, this.schema.root);
  }

  /** An object itself is no value to EventBridge, only what lies in it. */
  private objectMay(conjunction: Conjunction, demands: readonly Demand[], depth: number): boolean {
    if (!this.absenceMay(demands.filter(({ steps }) => steps.length === 0))) return false;
    const names = new Set(demands.flatMap(({ steps }) => steps.slice(0, 1)));
    return [...names].every((name) => {
      const below = demands
        .filter(({ steps }) => steps[0] === name)
        .map(({ condition, steps }) => ({ condition, steps: steps.slice(1) }));
      return this.memberMay(conjunction, name, below, depth);
    });
  }

  private memberMay(
    conjunction: Conjunction,
    name: string,
    demands: readonly Demand[],
    depth: number,
  ): boolean {
    if (namesIn(conjunction).some((key) => key.startsWith(`${name}.`))) return true;
    const { schemas, isRequired } = memberOf(conjunction, name, this.schema);
    if (this.absenceMay(demands) && !isRequired) return true;
    return this.valueMay(schemas, demands, depth + 1);
  }

  /** EventBridge looks through a list to its elements. */
  private listMay(conjunction: Conjunction, demands: readonly Demand[], depth: number): boolean {
    if (mayBeEmpty(conjunction) && this.absenceMay(demands)) return true;
    const elements = elementsOf(conjunction);
    const someMay = (part: readonly Demand[]) =>
      elements.some((schemas) => this.valueMay(schemas, part, depth + 1));
    if (this.aim === "fail") return demands.every((demand) => someMay([demand]));
    // Single values of a list need not agree on an element, fields of the objects in it must.
    const here = demands.filter(({ steps }) => steps.length === 0);
    const below = demands.filter(({ steps }) => steps.length > 0);
    return [here, below].every((part) => part.length === 0 || someMay(part));
  }
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** The schema of one object or list. */
function exactly(value: object): unknown {
  if (Array.isArray(value)) {
    const prefixItems = value.map((item: unknown) => ({ const: item }));
    return { type: "array", prefixItems, items: false, minItems: value.length, maxItems: value.length };
  }
  const properties = Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).map(([key, item]) => [key, { const: item }]),
  );
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

/** The contract that a route's filter looks into. */
export interface FilteredContract {
  readonly key: string;
  /** Where it stands in the registry. */
  readonly at: PathSegments;
  readonly detail: DetailSchema;
}

/** What a filter is judged by. */
export interface Judged {
  /** Key of the contract. */
  readonly contract: string;
  readonly schema: ContractSchema;
  /** What the schema says of each condition's field; a condition without a place is not judged. */
  readonly places: ReadonlyMap<Condition, Place>;
}
