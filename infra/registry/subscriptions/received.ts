import { eitherOf, refusalOf } from "../filters/join.js";
import type { ProblemList } from "../read.js";
import type { ContentFilter, Route, Subscription } from "../registry.js";

/** What comes to an account of one contract: all of it, or what passes a filter. */
interface Reception {
  readonly to: string;
  readonly contract: string;
  readonly filter: ContentFilter | undefined;
}

/**
 * The routes with what subscriptions bring beside them, so that each contract still comes to an account once: whole, if
 * anybody there wants it whole, or else what passes any of the filters. What a route brings whole stays as it is.
 */
export function received(routes: readonly Route[], subscriptions: readonly Subscription[]): readonly Route[] {
  const wanted = subscriptions.flatMap((one) => one.routes);
  if (wanted.length === 0) return routes;
  const comes = receptions([...routes, ...wanted]);
  const told = new Set<Reception>();
  const kept = [...routes, ...wanted].flatMap((route): Route[] => {
    const contracts = route.contracts.filter((contract) => {
      const reception = comes.get(`${route.to} ${contract}`);
      if (reception === undefined || told.has(reception) || reception.filter !== route.filter) return false;
      told.add(reception);
      return true;
    });
    return contracts.length === 0 && route.contracts.length > 0 ? [] : [{ ...route, contracts }];
  });
  const joint = [...comes.values()]
    .filter((reception) => !told.has(reception))
    .map(({ to, contract, filter }): Route => ({
      events: contract,
      selector: { kind: "contract", contract },
      to,
      contracts: [contract],
      ...(filter === undefined ? {} : { filter }),
    }));
  return [...kept, ...joint];
}

/** Several filters of one contract become one pattern of the forward, which EventBridge must take as well. */
export function checkReceived(
  problems: ProblemList,
  routes: readonly Route[],
  subscriptions: readonly Subscription[],
): void {
  const comes = receptions(routes);
  for (const { service, name, routes: own } of subscriptions)
    for (const route of own)
      for (const contract of route.contracts) {
        const known = comes.get(`${route.to} ${contract}`);
        const { filter } = receive(comes, route, contract);
        const refusal = known === undefined || filter === undefined ? undefined : refusalOf(filter);
        if (refusal === undefined) continue;
        problems.add(
          ["subscriptions", service, name, "filter"],
          `is joined with the other filters on ${contract} to "${route.to}" into one pattern, which would have ${refusal}`,
        );
      }
}

function receptions(routes: readonly Route[]): Map<string, Reception> {
  const comes = new Map<string, Reception>();
  for (const route of routes) for (const contract of route.contracts) receive(comes, route, contract);
  return comes;
}

function receive(comes: Map<string, Reception>, { to, filter }: Route, contract: string): Reception {
  const key = `${to} ${contract}`;
  const known = comes.get(key);
  const reception = { to, contract, filter: known === undefined ? filter : joined(known.filter, filter) };
  comes.set(key, reception);
  return reception;
}

function joined(one: ContentFilter | undefined, other: ContentFilter | undefined): ContentFilter | undefined {
  return one && other && eitherOf(one, other);
}
