import type { EventPattern, JsonValue } from "../aws/event-pattern.js";
import type { ContentFilter, Reception } from "../registry/index.js";
import type { Scope } from "./scope.js";

/**
 * One thing a member receives: what a route names, which is one contract or one wildcard. A forward rule's
 * pattern is made of these, and a split never divides one.
 */
export interface Subscription {
  /** Identity for the split: `orders/Order.Created`, `orders/*` or `*`. */
  readonly key: string;
  /** Sources it takes; all but these if `except` is set. */
  readonly source: readonly string[];
  readonly except?: true;
  /** Absent for wildcards: the global bus admits declared detail-types only. */
  readonly detailType?: string;
  readonly filter?: ContentFilter;
}

/** What a member receives, by route; sorted as the registry is. */
export function subscriptionsOf(scope: Scope, receptions: readonly Reception[]): Subscription[] {
  const routes = [...new Set(receptions.map(({ route }) => route))];
  return routes.flatMap((route): Subscription[] => {
    const { selector } = route;
    if (selector.kind === "all") {
      // Wildcards leave out the account's own services.
      const own = scope.servicesOf(route.to).map(({ source }) => source);
      return [{ key: route.events, source: own, except: true }];
    }
    const name = selector.kind === "service" ? selector.service : undefined;
    const contract =
      selector.kind === "contract" ? scope.registry.contracts.get(selector.contract) : undefined;
    const source = contract?.source ?? scope.registry.services.get(name ?? "")?.source;
    if (source === undefined) return [];
    return [
      {
        key: route.events,
        source: [source],
        ...(contract === undefined ? {} : { detailType: contract.detailType }),
        ...(route.filter === undefined ? {} : { filter: route.filter }),
      },
    ];
  });
}

/**
 * One exact pattern: detail-types stand beside their own source only (no cross product), a filter beside its
 * own contract only.
 */
export function forwardPattern(subscriptions: readonly Subscription[]): EventPattern {
  const bySource = new Map<string, string[]>();
  const branches: EventPattern[] = [];
  const wholeSources: string[] = [];
  for (const { source, except, detailType, filter } of subscriptions) {
    if (except) {
      branches.push({ source: allBut(source) });
    } else if (detailType === undefined) {
      wholeSources.push(...source);
    } else if (filter === undefined) {
      for (const name of source) bySource.set(name, [...(bySource.get(name) ?? []), detailType]);
    } else {
      branches.push({ source, "detail-type": [detailType], detail: filter.detail });
    }
  }
  if (wholeSources.length > 0) branches.unshift({ source: wholeSources });
  for (const [source, detailTypes] of bySource) {
    branches.push({ source: [source], "detail-type": detailTypes });
  }
  const [only, ...others] = branches;
  return only !== undefined && others.length === 0 ? only : { $or: branches };
}

function allBut(sources: readonly string[]): readonly JsonValue[] {
  return sources.length === 0 ? [{ prefix: "" }] : [{ "anything-but": sources }];
}
