import type { EventPattern, JsonValue } from "../aws/event-pattern.js";
import { byText, type ContentFilter, type Reception } from "../registry/index.js";
import type { Scope } from "./scope.js";

/**
 * One thing a member receives: what a route names, which is one contract or one wildcard. A forward rule's
 * pattern is made of these, and a split never divides one.
 */
export interface Subscription {
  /** As the route has it: `orders/Order.Created`, `orders/*` or `*`. */
  readonly events: string;
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
      return [{ events: route.events, source: own, except: true }];
    }
    const name = selector.kind === "service" ? selector.service : undefined;
    const contract =
      selector.kind === "contract" ? scope.registry.contracts.get(selector.contract) : undefined;
    const source = contract?.source ?? scope.registry.services.get(name ?? "")?.source;
    if (source === undefined) return [];
    return [
      {
        events: route.events,
        source: [source],
        ...(contract === undefined ? {} : { detailType: contract.detailType }),
        ...(route.filter === undefined ? {} : { filter: route.filter }),
      },
    ];
  });
}

/**
 * One exact pattern, as short as it can be said: detail-types stand beside their own source only (no cross
 * product), a filter beside its own contracts only. Contracts of one source and one filter share a branch, and so do
 * sources whose detail-types and filter are the same. Sorted by text, so that renaming a service changes nothing.
 */
export function forwardPattern(subscriptions: readonly Subscription[]): EventPattern {
  const contracts = subscriptions.filter(({ except, detailType }) => !except && detailType !== undefined);
  const bySource = groupBy(contracts, ({ source, filter }) => JSON.stringify([source, filter?.detail]));
  const ofSource = bySource.map((group) => ({
    source: group[0].source,
    "detail-type": sorted(group.flatMap(({ detailType }) => detailType ?? [])),
    ...(group[0].filter === undefined ? {} : { detail: group[0].filter.detail }),
  }));
  const branches: EventPattern[] = groupBy(ofSource, (branch) =>
    JSON.stringify({ ...branch, source: undefined }),
  ).map((group) => ({ ...group[0], source: sorted(group.flatMap(({ source }) => source)) }));
  const whole = subscriptions.filter(({ except, detailType }) => !except && detailType === undefined);
  if (whole.length > 0) branches.push({ source: sorted(whole.flatMap(({ source }) => source)) });
  branches.push(
    ...subscriptions.filter(({ except }) => except).map(({ source }) => ({ source: allBut(source) })),
  );

  const [only, ...others] = branches;
  return only !== undefined && others.length === 0
    ? only
    : { $or: branches.sort((left, right) => byText(JSON.stringify(left), JSON.stringify(right))) };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [Item, ...Item[]][] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort(byText);
}

function allBut(sources: readonly string[]): readonly JsonValue[] {
  return sources.length === 0 ? [{ prefix: "" }] : [{ "anything-but": sources }];
}
