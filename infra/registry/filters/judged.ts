import type { z } from "zod";
import type { PathSegments } from "../problem.js";
import type { Condition } from "./condition.js";
import type { ContractSchema } from "./contract-schema.js";
import type { Place } from "./places.js";

/** The contract that a route's filter looks into. */
export interface FilteredContract {
  readonly key: string;
  /** Where it stands in the registry. */
  readonly at: PathSegments;
  readonly detail: z.ZodType;
}

/** What a filter is judged by. */
export interface Judged {
  /** Key of the contract. */
  readonly contract: string;
  readonly schema: ContractSchema;
  /** What the schema says of each condition's field; a condition without a place is not judged. */
  readonly places: ReadonlyMap<Condition, Place>;
}
