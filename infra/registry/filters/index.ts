import { complexityOf, type EventPattern, notesOn, parsePattern } from "event-patterns";
import type { JsonObject } from "../../aws/event-pattern.js";
import { quotas } from "../../aws/limits.js";
import type { PathSegments } from "../problem.js";
import { isJsonObject, type ProblemList } from "../read.js";
import type { ContentFilter } from "../registry.js";
import { reportContradictions, reportDeadValues, warnOfIdleParts } from "./always-or-never.js";
import { conditionsIn, partsOf } from "./condition.js";
import { findField } from "./fields.js";
import type { FilteredContract } from "./judge.js";

export type { FilteredContract } from "./judge.js";

/** What is known of the route that a filter stands on. */
export interface FilteredRoute {
  /** `several` under a wildcard; undefined if it could not be read. */
  readonly contract: FilteredContract | "several" | undefined;
  /** Whether the filter may ask for fields that an open schema does not declare. */
  readonly allowUndeclared: boolean;
}

/**
 * Checks a route's filter: that EventBridge takes it, that the contract has its fields, that each of its values can
 * match, and that it keeps something back.
 * @param at where the filter stands in the registry
 */
export function checkFilter(
  problems: ProblemList,
  filter: Readonly<Record<string, unknown>>,
  { contract, allowUndeclared }: FilteredRoute,
  at: PathSegments,
): ContentFilter | undefined {
  if (!isJsonObject(filter)) {
    problems.add(at, "is not plain JSON; write text, numbers, booleans, null, lists and objects only");
    return undefined;
  }
  if (contract === "several") {
    problems.add(
      at,
      "a filter looks into the detail of one contract; name that contract instead of a wildcard",
    );
    return undefined;
  }
  const parsed = parsePattern({ detail: filter });
  if (!parsed.ok) {
    for (const { path, problem, mend } of parsed.problems) {
      problems.add(at, `EventBridge would reject the pattern at ${path}: ${problem}; ${mend}`);
    }
    return undefined;
  }
  const complexity = tooComplex(parsed.pattern);
  if (complexity !== undefined) problems.add(at, `has ${complexity}; ${simplerWildcards}`);
  const said = problems.all.length + problems.warnings.length;
  if (contract !== undefined) checkAgainstContract(problems, filter, contract, at, allowUndeclared);
  // What the contract's schema has decided is not said again in general words.
  if (problems.all.length + problems.warnings.length === said) {
    for (const { path, note, mend } of notesOn({ detail: filter }))
      problems.warn(at, mend === undefined ? `${path}: ${note}` : `${path}: ${note}; ${mend}`);
  }
  return { detail: filter };
}

function checkAgainstContract(
  problems: ProblemList,
  filter: JsonObject,
  contract: FilteredContract,
  at: PathSegments,
  allowUndeclared: boolean,
): void {
  const schema = contract.detail.asRead();
  if (schema === "unreadable") {
    problems.warn(
      [...contract.at, "detail"],
      `the schema of ${contract.key} cannot be read as JSON Schema, so filters on it are not checked; write it with the zod that this project installs`,
    );
    return;
  }
  const parts = partsOf(filter, at);
  const conditions = conditionsIn(parts);
  const rules = { contract, schema, at, allowUndeclared };
  const places = new Map(
    conditions.flatMap((condition) => {
      const place = findField(problems, condition, rules);
      return place === undefined ? [] : [[condition, place] as const];
    }),
  );
  const judged = { contract: contract.key, schema, places };
  const dead = new Set(conditions.filter((condition) => reportDeadValues(problems, judged, condition)));
  reportContradictions(problems, judged, parts, at, dead);
  warnOfIdleParts(problems, judged, parts, at);
}

/** What EventBridge would say to the wildcards of a pattern; undefined if it takes them. */
export function tooComplex(pattern: EventPattern): string | undefined {
  const complexity = complexityOf(pattern);
  const most = quotas.wildcardComplexity.default;
  return complexity <= most
    ? undefined
    : `wildcard complexity ${complexity}, EventBridge takes at most ${most} a rule ("Rule is too complex")`;
}

export const simplerWildcards =
  'write {"prefix": "x"} for x* and {"suffix": "x"} for *x, fewer wildcards on one field, or longer texts between the stars';
