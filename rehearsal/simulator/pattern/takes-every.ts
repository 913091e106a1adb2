import { branchesOf } from "./branch.js";
import type { EventPattern } from "./pattern.js";

/**
 * Whether a pattern is seen to take every event with these texts in these fields, whatever else is in it: one of its
 * branches asks for nothing but them. Branches that leave nothing out only together are not seen.
 * @param values text by field, such as `{ source: "com.example.orders" }`
 */
export function takesEvery(pattern: EventPattern, values: ReadonlyMap<string, string>): boolean {
  return [...branchesOf(pattern)].some(({ fields }) =>
    [...fields].every(([name, alternatives]) => {
      const value = values.get(name);
      return value !== undefined && [...alternatives.values()].some((matcher) => matcher.matches(value));
    }),
  );
}
