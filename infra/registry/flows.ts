import type { EventPattern, JsonValue } from "../aws/event-pattern.js";
import { inEnvironment } from "./in-environment.js";
import { hubContracts } from "./publications.js";
import {
  byText,
  type ContentFilter,
  type Contract,
  type Environment,
  groupBy,
  type Registry,
  type Route,
  sourcesOf,
} from "./registry.js";

/** A bus that flows leave: the account's own, which the backbone has made, or one that is there without it. */
export interface Bus {
  readonly account: string;
  /** `default`, or the name of a partner bus; absent for the account's own. */
  readonly name?: string;
}

/**
 * Events that pass from one bus to an account's own. EventBridge forwards an event once, so nothing goes on from where a
 * flow ends.
 */
export interface Flow {
  /** The bus they leave. */
  readonly from: Bus;
  /** Account whose bus receives them. */
  readonly to: string;
  /** Nothing where no route brings the account anything from the global bus yet: the way is there before the first. */
  readonly events: readonly FlowEvents[];
}

/**
 * One thing that a flow carries: one contract, or all of a wildcard that takes whole sources. What begins alike is
 * taken contract by contract: a prefix in the pattern would take detail-types that nobody has declared under it. So is
 * what has a filter.
 */
export interface FlowEvents {
  /** As the route has it: `orders/Order.Created`, `orders/Order.*`, `orders/*` or `*`. */
  readonly events: string;
  /** Keys of the contracts it takes. */
  readonly contracts: readonly string[];
  readonly binds: Binding;
  /** Where publishers are told apart by their accounts: what is bound instead, contract by contract. */
  readonly byAccount?: readonly FlowEvents[];
}

/** What of an event must be as the registry says for a flow to take it. */
export interface Binding {
  /** Sources it takes; all but these if `except` is set. */
  readonly source: readonly string[];
  readonly except?: true;
  /** Ids of the AWS accounts it takes events of; absent where whose they are is bound otherwise. */
  readonly account?: readonly string[];
  /** Absent where it takes whole sources: the global bus admits declared detail-types only. */
  readonly detailType?: string;
  readonly filter?: ContentFilter;
  /** Only of management events that only read: their rule must ask for them. */
  readonly readOnlyManagementEvents?: true;
}

/**
 * Every way that events take between the buses of an environment: from the global bus to each member's, and from the
 * buses of AWS's own events to those that a route brings any.
 */
export function flowsOf(registry: Registry, environment: Environment): Flow[] {
  const here = inEnvironment(registry, environment);
  const taken = takingFrom(environment, hubContracts(here));
  const taking =
    environment.publishing === "organisation"
      ? (route: Route) => taken(route).map((item) => ofPublishers(here, environment, item))
      : taken;
  const routesTo = new Map(groupBy(here.routes, ({ to }) => to).map((group) => [group[0].to, group]));
  const aws = awsBuses(here).map(({ contracts, ...from }) => ({
    from,
    contracts: new Set(contracts.map(({ key }) => key)),
    taking: takingFrom(environment, contracts),
  }));
  const isAws = (key: string) => here.contracts.get(key)?.origin !== undefined;
  return here.members.flatMap((to): Flow[] => {
    const routes = routesTo.get(to) ?? [];
    const wanted = new Set(routes.flatMap(({ contracts }) => contracts.filter(isAws)));
    return [
      { from: { account: here.backbone }, to, events: routes.flatMap(taking) },
      ...aws
        .filter(({ contracts }) => [...wanted].some((key) => contracts.has(key)))
        .map(({ from, taking: takingAws }) => ({ from, to, events: routes.flatMap(takingAws) })),
    ];
  });
}

/**
 * The global bus lets in whoever is in the organisation, so nothing may be taken as a whole: each contract is bound to the accounts of
 * those who publish it.
 */
function ofPublishers({ contracts }: Registry, { accountIds }: Environment, item: FlowEvents): FlowEvents {
  const { source: named, except = false, filter } = item.binds;
  const byAccount = item.contracts
    .flatMap((key) => contracts.get(key) ?? [])
    .flatMap((contract) => {
      const account = contract.publishers.flatMap((one) => accountIds.get(one.account) ?? []);
      return sourcesOf(contract)
        .filter((source) => named.includes(source) !== except)
        .map((source): FlowEvents => ({
          events: item.events,
          contracts: [contract.key],
          binds: {
            source: [source],
            detailType: contract.detailType,
            account: [...new Set(account)].sort(byText),
            ...(filter === undefined ? {} : { filter }),
          },
        }));
    });
  return { ...item, byAccount };
}

/** What the patterns of a flow say, as its environment tells publishers apart. */
export function boundEvents(events: readonly FlowEvents[]): FlowEvents[] {
  return events.flatMap((item) => item.byAccount ?? [item]);
}

/** What each subscription takes of what its account's bus receives, by the subscription's key. */
export function subscribedEvents(
  registry: Registry,
  environment: Environment,
): ReadonlyMap<string, readonly FlowEvents[]> {
  const here = inEnvironment(registry, environment);
  const taking = takingFrom(environment, [...here.contracts.values()]);
  return new Map(here.subscriptions.map(({ key, routes }) => [key, routes.flatMap(taking)]));
}

/** The buses of AWS's own events in an environment, with the contracts of what comes from each. */
function awsBuses({ contracts }: Registry): (Required<Bus> & { readonly contracts: Contract[] })[] {
  const single = [...contracts.values()].flatMap((contract) =>
    (contract.origin?.accounts ?? []).map((account) => ({
      account,
      name: contract.origin?.bus ?? "",
      contract,
    })),
  );
  return groupBy(single, ({ account, name }) => `${account}/${name}`).map((group) => ({
    account: group[0].account,
    name: group[0].name,
    contracts: group.map(({ contract }) => contract),
  }));
}

/** Sorted by source, so that renaming a service changes nothing. */
function bySource(contracts: readonly Contract[]): ReadonlyMap<string, readonly Contract[]> {
  const published = contracts.flatMap((contract) =>
    sourcesOf(contract).map((source) => ({ source, contract })),
  );
  return new Map(
    groupBy(published, ({ source }) => source)
      .map((group) => [group[0].source, group.map(({ contract }) => contract)] as const)
      .sort(([left], [right]) => byText(left, right)),
  );
}

/**
 * What a route takes of a bus with these contracts.
 * A wildcard takes a source as a whole where all that is published under
 * it is one service's, and is brought: under a source that others share, or that has events of the account itself, it takes
 * the declared detail-types; and under one of AWS's, where nobody keeps out what is not declared.
 */
function takingFrom(
  { accountIds }: Environment,
  contracts: readonly Contract[],
): (route: Route) => readonly FlowEvents[] {
  const byKey = new Map(contracts.map((contract) => [contract.key, contract]));
  const published = bySource(contracts);
  const idsOf = ({ origin }: Contract) =>
    (origin?.accounts ?? []).flatMap((account) => accountIds.get(account) ?? []).sort(byText);
  const isOneOfSeveral = (source: string, { key, detailType }: Contract): boolean =>
    published.get(source)?.some((other) => other.key !== key && other.detailType === detailType) === true;
  return (route) => {
    const { events, selector, filter } = route;
    const carried = new Set(route.contracts.flatMap((key) => byKey.get(key) ?? []));
    const isWhole = (source: string): boolean => {
      const [first, ...others] = published.get(source) ?? [];
      return (
        first !== undefined &&
        first.origin === undefined &&
        carried.has(first) &&
        others.every((other) => other.service === first.service && carried.has(other))
      );
    };
    const isWildcard = filter === undefined && (selector.kind === "all" || selector.kind === "service");
    const sources =
      selector.kind === "all" ? [...published.keys()] : [...new Set([...carried].flatMap(sourcesOf))];
    const whole = new Set(isWildcard ? sources.filter(isWhole) : []);
    const keysOf = (wanted: (source: string) => boolean) =>
      [...carried].filter((contract) => sourcesOf(contract).some(wanted)).map(({ key }) => key);
    const taken = (binds: Binding, keys: readonly string[]): FlowEvents[] =>
      keys.length === 0 ? [] : [{ events, contracts: keys, binds }];
    const isAll = isWildcard && selector.kind === "all";
    const rest = sources.filter((source) => !whole.has(source));
    return [
      ...(isAll
        ? taken(
            { source: rest, except: true },
            keysOf((source) => whole.has(source)),
          )
        : [...whole].flatMap((source) =>
            taken(
              { source: [source] },
              keysOf((one) => one === source),
            ),
          )),
      // One by one, so that a contract that takes on another source keeps the rule of the first.
      ...[...carried].flatMap((contract) =>
        sourcesOf(contract)
          .filter((source) => !whole.has(source))
          .flatMap((source) =>
            taken(
              {
                source: [source],
                detailType: contract.detailType,
                ...(isOneOfSeveral(source, contract) ? { account: idsOf(contract) } : {}),
                ...(filter === undefined ? {} : { filter }),
                ...(contract.origin?.readOnlyManagementEvents === true
                  ? { readOnlyManagementEvents: true }
                  : {}),
              },
              [contract.key],
            ),
          ),
      ),
    ];
  };
}

/** The pattern that takes exactly what is bound. */
export function patternOf({ account, source, except, detailType, filter }: Binding): EventPattern {
  return {
    ...(account === undefined ? {} : { account }),
    source: except ? allBut(source) : source,
    ...(detailType === undefined ? {} : { "detail-type": [detailType] }),
    ...(filter === undefined ? {} : { detail: filter.detail }),
  };
}

function allBut(sources: readonly string[]): readonly JsonValue[] {
  return sources.length === 0 ? [{ prefix: "" }] : [{ "anything-but": sources }];
}
