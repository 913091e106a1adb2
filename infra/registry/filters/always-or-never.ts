import type { JsonValue } from "../../aws/event-pattern.js";
import type { PathSegments } from "../problem.js";
import type { ProblemList } from "../read.js";
import {
  type Combination,
  combinationsOf,
  type Condition,
  conditionsIn,
  type FilterPart,
  nested,
  withValues,
} from "./condition.js";
import { type Judged, mayFailTogether, mayPassTogether } from "./judge.js";
import { mayMatch, mendObject, mendValue } from "./mends.js";
import type { Place } from "./parts.js";
import {
  describeCondition,
  describePlace,
  either,
  holdsLists,
  holdsObjectsOnly,
  listedAt,
  literal,
} from "./words.js";

/**
 * Reports each value of a condition that no event of the contract can have: it was meant otherwise.
 * @returns whether there was one
 */
export function reportDeadValues(problems: ProblemList, judged: Judged, condition: Condition): boolean {
  const { contract, schema, places } = judged;
  const place = places.get(condition);
  if (place === undefined) return false;
  const dead = condition.values.filter((value) => !mayMatch(schema, condition, value));
  const isWhole = dead.length === condition.values.length;
  if (isWhole && holdsObjectsOnly(place) && !dead.some(isAbsence)) {
    const mend = mendObject(schema, condition, place);
    const shown = either(dead.map(literal));
    const what = holdsLists(place) ? "a list of objects" : "an object";
    problems.add(
      condition.at,
      `${condition.name} of ${contract} is ${what}, and EventBridge compares only the single values inside, so ${shown} never matches; ${mend}`,
    );
  } else {
    for (const [index, value] of condition.values.entries()) {
      if (!dead.includes(value)) continue;
      problems.add([...condition.at, index], describeDead(judged, condition, place, value));
    }
  }
  return dead.length > 0;
}

function isAbsence(value: JsonValue): boolean {
  return literal(value) === "{ exists: false }";
}

function describeDead(
  { contract, schema }: Judged,
  condition: Condition,
  place: Place,
  value: JsonValue,
): string {
  const { name } = condition;
  if (isAbsence(value)) {
    return `${contract} always has ${name}, as its schema says, so { exists: false } never matches; leave { exists: false } out, or make the field optional in the schema`;
  }
  const words = describePlace(place, schema);
  const mend = mendValue(schema, condition, value, place);
  if (words.length === 0)
    return `no ${contract} has a value at ${name} that ${literal(value)} matches; ${mend}`;
  const verb = words.length === 1 ? "can only be" : "can be";
  const isListed = words.length > 1 && listedAt(place, schema) !== undefined;
  const isPlain = typeof value !== "object" || value === null;
  const verdict = isListed ? `${isPlain ? "is" : "matches"} none of them` : "never matches";
  return `${name} of ${contract} ${verb} ${either(words)}; ${literal(value)} ${verdict}: ${mend}`;
}

/** More combinations than people write; what is beyond is not judged together. */
const MAX_COMBINATIONS = 500;

/** All ways to pass; undefined if they are too many. */
function fewCombinationsOf(parts: readonly FilterPart[]): readonly Combination[] | undefined {
  const combinations: Combination[] = [];
  for (const combination of combinationsOf(parts)) {
    if (combinations.length >= MAX_COMBINATIONS) return undefined;
    combinations.push(combination);
  }
  return combinations;
}

/** Whether some event of the contract passes a filter; false only if that is certain. */
export function maySomeEventPass({ schema, places }: Judged, parts: readonly FilterPart[]): boolean {
  const combinations = fewCombinationsOf(parts);
  return (
    combinations === undefined ||
    combinations.some(({ conditions }) =>
      mayPassTogether(
        schema,
        conditions.filter((condition) => places.has(condition)),
      ),
    )
  );
}

/**
 * Reports conditions that no event of the contract passes together, where the whole filter or a branch of `$or`
 * passes nothing by them. Each of them alone can pass.
 * @param reported conditions of which that is said already
 */
export function reportContradictions(
  problems: ProblemList,
  judged: Judged,
  parts: readonly FilterPart[],
  at: PathSegments,
  reported: ReadonlySet<Condition>,
): void {
  const combinations = fewCombinationsOf(parts);
  if (combinations === undefined) return;
  const isReported = ({ conditions }: Combination) => conditions.some((condition) => reported.has(condition));
  const cores = new Map(
    combinations.map((combination) => [
      combination,
      isReported(combination) ? [] : contradictionIn(judged, combination.conditions),
    ]),
  );
  const said = new Set<string>();
  const report = (place: PathSegments, dead: readonly Combination[]) => {
    for (const combination of dead) {
      const core = cores.get(combination) ?? [];
      const id = JSON.stringify(core.map((condition) => condition.at));
      if (core.length === 0 || said.has(id)) continue;
      said.add(id);
      problems.add(place, describeContradiction(judged, core));
    }
  };
  const isDead = (combination: Combination) => cores.get(combination) !== undefined;
  if (combinations.every(isDead)) {
    report(at, combinations);
    return;
  }
  for (const branch of new Set(combinations.flatMap(({ branches }) => branches))) {
    const through = combinations.filter(({ branches }) => branches.includes(branch));
    if (through.every(isDead)) report(branch.at, through);
  }
}

/** The fewest of the conditions, in their order, that no event passes together; undefined if some event does. */
function contradictionIn(
  { schema, places }: Judged,
  conditions: readonly Condition[],
): readonly Condition[] | undefined {
  let core = conditions.filter((condition) => places.has(condition));
  if (mayPassTogether(schema, core)) return undefined;
  for (const condition of core) {
    const others = core.filter((other) => other !== condition);
    if (!mayPassTogether(schema, others)) core = others;
  }
  return core;
}

function describeContradiction(judged: Judged, core: readonly Condition[]): string {
  const shown = core.map(describeCondition).join(" and ");
  return `${judged.contract} never has ${shown} at once, though it can have each; ${mendContradiction(judged, core)}`;
}

/** What one of the fields can be where the others are as the filter wants them. */
function mendContradiction({ schema, places }: Judged, core: readonly Condition[]): string {
  for (const condition of core) {
    const place = places.get(condition);
    const listed = (place && listedAt(place, schema)) ?? [];
    const others = core.filter((other) => other !== condition);
    const possible = listed.filter((value) => {
      const only = withValues(condition, [value]);
      return only !== undefined && mayPassTogether(schema, [...others, only]);
    });
    if (possible.length === 0) continue;
    return `where ${others.map(describeCondition).join(" and ")} holds, write ${literal(nested(condition.steps, possible))}`;
  }
  return "leave one of them out, or mend the schema";
}

/** Warns of what every event of the contract passes: of the whole filter, or of the parts that can be left out. */
export function warnOfIdleParts(
  problems: ProblemList,
  judged: Judged,
  parts: readonly FilterPart[],
  at: PathSegments,
): void {
  // Of a field that stands twice EventBridge keeps the later one: without that one the other would count.
  if (repeatsField(parts)) return;
  if (!parts.every((part) => isIdle(judged, part))) {
    warnWithin(problems, judged, parts);
    return;
  }
  const [only] = parts.length === 1 ? parts : [];
  const shown = only?.kind === "condition" ? ` (${describeIdle(judged, only)})` : "";
  problems.warn(
    at,
    `every ${judged.contract} passes this filter${shown}, so it keeps nothing back; leave filter out, or mend it`,
  );
}

function warnWithin(problems: ProblemList, judged: Judged, parts: readonly FilterPart[]): void {
  for (const part of parts) {
    if (isIdle(judged, part)) {
      const shown =
        part.kind === "condition" ? describeIdle(judged, part) : "one of the branches of this $or";
      problems.warn(
        part.at,
        `every ${judged.contract} passes ${shown}, so it keeps nothing back; leave it out, or mend it`,
      );
    } else if (part.kind === "or") {
      for (const branch of part.branches) warnWithin(problems, judged, branch.parts);
    }
  }
}

function describeIdle({ places }: Judged, condition: Condition): string {
  const place = places.get(condition);
  const isObject = place !== undefined && holdsObjectsOnly(place);
  return `${describeCondition(condition)}${isObject ? ", since an object counts as absent" : ""}`;
}

/** Whether a field may stand twice in what must hold together. */
function repeatsField(parts: readonly FilterPart[]): boolean {
  const names = parts.flatMap((part) => [...new Set(conditionsIn([part]).map(({ name }) => name))]);
  if (new Set(names).size < names.length) return true;
  return parts.some(
    (part) => part.kind === "or" && part.branches.some((branch) => repeatsField(branch.parts)),
  );
}

function isIdle({ schema, places }: Judged, part: FilterPart): boolean {
  const ways = waysToFail(part);
  if (ways.length === 0 || ways.length > MAX_WAYS) return false;
  return ways.every((way) => {
    // What is not judged may fail whenever the others do.
    const known = way.filter((condition) => places.has(condition));
    return known.length > 0 && !mayFailTogether(schema, known);
  });
}

/** More ways to fail than people write; what is beyond is not judged. */
const MAX_WAYS = 500;

/** Conditions that fail together whenever the part does: one of each branch. */
function waysToFail(part: FilterPart): readonly (readonly Condition[])[] {
  if (part.kind === "condition") return [[part]];
  return part.branches.reduce<readonly (readonly Condition[])[]>(
    (ways, branch) => {
      const ofBranch = branch.parts.flatMap(waysToFail);
      return ways.slice(0, MAX_WAYS + 1).flatMap((way) => ofBranch.map((more) => [...way, ...more]));
    },
    [[]],
  );
}
