import { parsePattern } from "../../rehearsal/simulator/pattern/index.js";
import { isJsonObject } from "./json.js";
import type { ProblemList } from "./read.js";
import { byText, type ContentFilter, type Route } from "./registry.js";

/** Several filters of one contract to one account become one, so that an event that passes two arrives once. */
export function joinFilters(problems: ProblemList, routes: readonly WrittenRoute[]): Route[] {
  const byReception = new Map<string, Route>();
  for (const { index, route } of routes) {
    const key = `${route.to} ${route.events}`;
    const earlier = byReception.get(key);
    const filter = earlier?.filter && route.filter && eitherOf(earlier.filter, route.filter);
    byReception.set(key, filter === undefined ? route : { ...route, filter });
    const parsed = filter === undefined ? undefined : parsePattern({ detail: filter.detail });
    if (parsed?.ok !== false) continue;
    const [first] = parsed.problems;
    problems.add(
      ["routes", index, "filter"],
      `cannot stand beside the other filter of ${route.events} to "${route.to}", because EventBridge would reject both in one pattern (${first?.problem ?? ""}); write one route whose filter says both`,
    );
  }
  return [...byReception.values()];
}

export interface WrittenRoute {
  readonly index: number;
  readonly route: Route;
}

/** Sorted by text, so that the order of the routes changes no rule. */
function eitherOf(one: ContentFilter, other: ContentFilter): ContentFilter {
  const branches = [one, other].flatMap(({ detail }) => {
    const { $or, ...rest } = detail;
    return Array.isArray($or) && Object.keys(rest).length === 0 ? $or.filter(isJsonObject) : [detail];
  });
  const byJson = new Map(branches.map((branch) => [JSON.stringify(branch), branch]));
  const sorted = [...byJson].sort(([left], [right]) => byText(left, right)).map(([, branch]) => branch);
  const [only, ...others] = sorted;
  return { detail: only !== undefined && others.length === 0 ? only : { $or: sorted } };
}
