import type { JsonObject } from "../../aws/event-pattern.js";
import { isWithin, type PathSegments, type Problem } from "../problem.js";
import { ProblemList } from "../read.js";
import {
  maySomeEventPass,
  reportContradictions,
  reportDeadValues,
  warnOfIdleParts,
} from "./always-or-never.js";
import { conditionsIn, partsOf } from "./condition.js";
import { findField } from "./fields.js";
import type { FilteredContract, Judged } from "./judge.js";

/** What is known of the route that a filter stands on. */
export interface FilteredRoute {
  /** What it names, for people, as what follows "every": `orders/Order.Created`. */
  readonly events: string;
  /** The contracts it takes; undefined in the place of what could not be read. */
  readonly contracts: readonly (FilteredContract | undefined)[];
  /** Whether the filter may ask for fields that an open schema does not declare. */
  readonly allowUndeclared: boolean;
}

/** What a filter means to one of the contracts that its route takes. */
interface Judgement {
  readonly contract: string;
  /** Fields that are not to be had, or not to be seen: told whatever the other contracts are like. */
  readonly fields: ProblemList;
  /** Values and combinations that no event of the contract has. */
  readonly dead: ProblemList;
  /** What every event of the contract passes. */
  readonly idle: ProblemList;
  /** Whether no event of the contract passes the filter. */
  readonly isNever: boolean;
}

/**
 * Judges a filter by each contract that its route takes. A field must be there in all of them and each must have
 * some event that passes; a value that only some of them can have is meant for those, and so is a part of the filter
 * that keeps nothing of some of them back.
 * @param at where the filter stands in the registry
 */
export function checkAgainstContracts(
  problems: ProblemList,
  filter: JsonObject,
  route: FilteredRoute,
  at: PathSegments,
): void {
  const judgements = route.contracts.map((contract) =>
    contract === undefined ? undefined : judge(filter, contract, route, at),
  );
  const isOfAll = (kind: "dead" | "idle") => (found: Problem) =>
    judgements.every((other) =>
      [...(other?.[kind].all ?? []), ...(other?.[kind].warnings ?? [])].some(({ path }) =>
        isWithin(found.path, path),
      ),
    );
  for (const judgement of judgements) {
    if (judgement === undefined) continue;
    const { contract, fields, dead, idle, isNever } = judgement;
    const otherMend = judgements.length === 1 ? "" : leaveOut(contract);
    problems.take({
      all: fields.all.map((problem) => withMend(problem, otherMend)),
      warnings: fields.warnings,
    });
    problems.take({
      all: isNever
        ? dead.all.map((problem) => withMend(problem, otherMend))
        : dead.all.filter(isOfAll("dead")),
      warnings: idle.warnings.filter(isOfAll("idle")),
    });
  }
}

function leaveOut(contract: string): string {
  return `leave ${contract} out: the events of a route may be a list of single contracts`;
}

function withMend({ path, message }: Problem, mend: string): Problem {
  if (mend === "") return { path, message };
  return { path, message: `${message}${message.endsWith("?") ? " Or" : "; or"} ${mend}` };
}

function judge(
  filter: JsonObject,
  contract: FilteredContract,
  { events, allowUndeclared }: FilteredRoute,
  at: PathSegments,
): Judgement {
  const [fields, dead, idle] = [new ProblemList(), new ProblemList(), new ProblemList()];
  const undecided = { contract: contract.key, fields, dead, idle, isNever: false };
  const schema = contract.detail.asRead();
  if (schema === "unreadable") {
    fields.warn(
      [...contract.at, "detail"],
      `the schema of ${contract.key} cannot be read as JSON Schema, so filters on it are not checked; write it with the zod that this project installs`,
    );
    return undecided;
  }
  const parts = partsOf(filter, at);
  const conditions = conditionsIn(parts);
  const rules = { contract, schema, at, allowUndeclared };
  const places = new Map(
    conditions.flatMap((condition) => {
      const place = findField(fields, condition, rules);
      return place === undefined ? [] : [[condition, place] as const];
    }),
  );
  const judged: Judged = { contract: contract.key, schema, places };
  const never = new Set(conditions.filter((condition) => reportDeadValues(dead, judged, condition)));
  reportContradictions(dead, judged, parts, at, never);
  warnOfIdleParts(idle, { ...judged, contract: events }, parts, at);
  return { ...undecided, isNever: !maySomeEventPass(judged, parts) };
}
