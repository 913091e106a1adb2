import type { Matcher } from "../matchers/matcher.js";
import { branchesOf, describeBranch, type Branch } from "./branch.js";
import type { EventPattern } from "./pattern.js";

/** Fields that every event has once, as text. Others may be lists, which satisfy what single values cannot. */
const single = ["source", "detail-type"];

/** What one event may satisfy in both patterns, as far as its source and detail-type can tell; for people. */
export function overlaps(left: EventPattern, right: EventPattern): readonly string[] {
  const others = [...branchesOf(right)];
  return [...branchesOf(left)].flatMap((one) =>
    others
      .filter((other) => !single.some((field) => areApart(one, other, field)))
      .map((other) => `${describeBranch(one)}; and ${describeBranch(other)}`),
  );
}

function areApart(one: Branch, other: Branch, field: string): boolean {
  const [left, right] = [one.fields.get(field), other.fields.get(field)];
  if (left === undefined || right === undefined) return false;
  return [...left.values()].every((matcher) =>
    [...right.values()].every((another) => excludes(matcher, another) || excludes(another, matcher)),
  );
}

/** Whether a matcher that takes one text only takes none that the other does. */
function excludes({ only }: Matcher, other: Matcher): boolean {
  return only !== undefined && !other.matches(only);
}
