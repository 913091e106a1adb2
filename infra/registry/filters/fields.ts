import { type PathSegments, suggest } from "../problem.js";
import type { ProblemList } from "../read.js";
import type { Condition } from "./condition.js";
import type { FilteredContract } from "./judge.js";
import { type Place, placeOf } from "./parts.js";
import type { ContractSchema } from "./schema.js";

export interface FieldRules {
  readonly contract: FilteredContract;
  readonly schema: ContractSchema;
  /** Where the filter stands in the registry. */
  readonly at: PathSegments;
  readonly allowUndeclared: boolean;
}

/**
 * Looks up a condition's field, and reports it if the schema does not declare it or cannot be looked into.
 * @returns what the schema says of its place; undefined if it says nothing that the condition could be judged by
 */
export function findField(
  problems: ProblemList,
  condition: Condition,
  { contract: { key, at: contractAt }, schema, at, allowUndeclared }: FieldRules,
): Place | undefined {
  const place = placeOf(schema, condition.steps);
  for (const unread of place.unread) {
    problems.warn(
      [...contractAt, "detail"],
      `the schema of ${key} cannot be looked into at ${unread.at} (${unread.reason}), so filters on it are not checked`,
    );
  }
  if (place.undeclared === undefined) {
    // An empty name is read by EventBridge in ways of its own.
    return place.unread.length === 0 && !condition.steps.includes("") ? place : undefined;
  }
  const { field, known, isAllowed } = place.undeclared;
  if (!isAllowed) {
    problems.add(
      at,
      `the detail of ${key} has no field "${field}", so the filter would decide nothing; ${suggest(field, known, "mend the filter or the schema")}`,
    );
  } else if (!allowUndeclared) {
    problems.warn(
      condition.at,
      `the schema of ${key} allows a field "${field}" without declaring it, so what the filter asks of it is not checked; write allowUndeclared: true on the route if it is meant; ${suggest(field, known, "declare it")}`,
    );
  }
  return undefined;
}
