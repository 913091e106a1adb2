import type { PathSegments } from "../problem.js";
import type { ProblemList } from "../read.js";
import { conditionsIn, type Condition, type FilterPart } from "./condition.js";
import { mayFailTogether } from "./judge.js";
import type { Judged } from "./judged.js";
import { describeCondition, holdsObjectsOnly } from "./words.js";

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
