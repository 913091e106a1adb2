import { parsePattern } from "event-patterns";
import { isJsonObject, type ProblemList } from "../read.js";
import { byText, type ContentFilter, type Route } from "../registry.js";
import { simplerWildcards, tooComplex } from "./index.js";

/** Several filters of one contract to one account become one, so that an event that passes two arrives once. */
export function joinFilters(problems: ProblemList, routes: readonly WrittenRoute[]): Route[] {
  const byReception = new Map<string, WrittenRoute>();
  for (const { index, route } of routes) {
    const key = [route.to, route.events, ...(route.environments ?? [])].join(" ");
    const earlier = byReception.get(key);
    const filter = earlier?.route.filter && route.filter && eitherOf(earlier.route.filter, route.filter);
    byReception.set(key, { index, route: filter === undefined ? route : { ...route, filter } });
    const refusal = filter && refusalOf(filter);
    if (earlier === undefined || refusal === undefined) continue;
    problems.add(
      ["routes", index, "filter"],
      `cannot stand beside routes[${earlier.index}].filter: both are of ${route.events} to "${route.to}" and become one pattern, which would have ${refusal}`,
    );
  }
  return [...byReception.values()].map(({ route }) => route);
}

/** Why EventBridge would not take two filters in one pattern that it takes one by one. */
function refusalOf({ detail }: ContentFilter): string | undefined {
  const parsed = parsePattern({ detail });
  if (!parsed.ok) {
    const [first] = parsed.problems;
    return `a mistake: ${first?.problem ?? "it is not valid"}; write one filter that says both`;
  }
  const complexity = tooComplex(parsed.pattern);
  return complexity && `${complexity}; ${simplerWildcards}`;
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
