import { parsePattern } from "event-patterns";
import { isJsonObject, type ProblemList } from "../read.js";
import { byText, type ContentFilter, type Route } from "../registry.js";
import { simplerWildcards, tooComplex } from "./index.js";

/**
 * Several filters of one contract to one account become one, so that an event that passes two arrives once. A contract
 * that routes of different names bring together has a route of its own.
 */
export function joinFilters(problems: ProblemList, routes: readonly WrittenRoute[]): Route[] {
  const byReception = new Map<string, [string, WrittenRoute, ...WrittenRoute[]]>();
  for (const written of routes) {
    for (const contract of written.route.contracts) {
      const key = [contract, written.route.to, ...(written.route.environments ?? [])].join(" ");
      const earlier = byReception.get(key);
      if (earlier === undefined) byReception.set(key, [contract, written]);
      else earlier.push(written);
    }
  }
  const joined = new Map<string, Route>();
  for (const [contract, first, ...others] of byReception.values()) {
    const isOfOneName = others.every(({ route }) => route.events === first.route.events);
    const route = isOfOneName ? first.route : { ...first.route, ...alone(contract) };
    const key = [route.to, route.events, ...(route.environments ?? [])].join(" ");
    const filter = joinedFilter(problems, route.events, [first, ...others]);
    const contracts = [...(joined.get(key)?.contracts ?? []), contract];
    joined.set(key, filter === undefined ? { ...route, contracts } : { ...route, contracts, filter });
  }
  for (const { route } of routes) {
    if (route.contracts.length === 0) joined.set(`${route.to} ${route.events}`, route);
  }
  return [...joined.values()];
}

function alone(contract: string): Pick<Route, "events" | "selector"> {
  return { events: contract, selector: { kind: "contract", contract } };
}

function joinedFilter(
  problems: ProblemList,
  events: string,
  [first, ...others]: readonly [WrittenRoute, ...WrittenRoute[]],
): ContentFilter | undefined {
  let { index, route } = first;
  let { filter } = route;
  for (const later of others) {
    const either = filter && later.route.filter && eitherOf(filter, later.route.filter);
    const refusal = either && refusalOf(either);
    if (refusal !== undefined) {
      problems.add(
        ["routes", later.index, "filter"],
        `cannot stand beside routes[${index}].filter: both are of ${events} to "${route.to}" and become one pattern, which would have ${refusal}`,
      );
    }
    ({ index, route } = later);
    filter = either ?? route.filter;
  }
  return filter;
}

/** Why EventBridge would not take two filters in one pattern that it takes one by one. */
export function refusalOf({ detail }: ContentFilter): string | undefined {
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
export function eitherOf(one: ContentFilter, other: ContentFilter): ContentFilter {
  const branches = [one, other].flatMap(({ detail }) => {
    const { $or, ...rest } = detail;
    return Array.isArray($or) && Object.keys(rest).length === 0 ? $or.filter(isJsonObject) : [detail];
  });
  const byJson = new Map(branches.map((branch) => [JSON.stringify(branch), branch]));
  const sorted = [...byJson].sort(([left], [right]) => byText(left, right)).map(([, branch]) => branch);
  const [only, ...others] = sorted;
  return { detail: only !== undefined && others.length === 0 ? only : { $or: sorted } };
}
