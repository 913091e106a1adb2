import { complexityOf, type EventPattern, notesOn, parsePattern } from "event-patterns";
import { quotas } from "../../aws/limits.js";
import type { PathSegments } from "../problem.js";
import { isJsonObject, type ProblemList } from "../read.js";
import type { ContentFilter } from "../registry.js";
import { checkAgainstContracts, type FilteredRoute } from "./contracts.js";

export type { FilteredContract } from "./judge.js";

/**
 * Checks a route's filter: that EventBridge takes it, that each contract has its fields and some event that passes,
 * that each of its values can match, and that it keeps something back.
 * @param at where the filter stands in the registry
 */
export function checkFilter(
  problems: ProblemList,
  filter: Readonly<Record<string, unknown>>,
  route: FilteredRoute,
  at: PathSegments,
): ContentFilter | undefined {
  if (!isJsonObject(filter)) {
    problems.add(at, "is not plain JSON; write text, numbers, booleans, null, lists and objects only");
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
  checkAgainstContracts(problems, filter, route, at);
  // What the contracts' schemas have decided is not said again in general words.
  if (problems.all.length + problems.warnings.length === said) {
    for (const { path, note, mend } of notesOn({ detail: filter }))
      problems.warn(at, mend === undefined ? `${path}: ${note}` : `${path}: ${note}; ${mend}`);
  }
  return { detail: filter };
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
