import type { EventPattern, JsonValue } from "../aws/event-pattern.js";
import { inEnvironment } from "./in-environment.js";
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

/**
 * Events that pass from one account's bus to another's. EventBridge forwards an event once, so nothing goes on from
 * where a flow ends.
 */
export interface Flow {
  /** Account whose bus they leave. */
  readonly from: string;
  /** Account whose bus receives them. */
  readonly to: string;
  /** Nothing where no route brings the account anything yet: the way is there before the first. */
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
}

/** Every way that events take between the buses of an environment: from the global bus to each member's local bus. */
export function flowsOf(registry: Registry, environment: Environment): Flow[] {
  const here = inEnvironment(registry, environment);
  const published = contractsBySource(here);
  return here.members.map((member) => ({
    from: here.backbone,
    to: member,
    events: here.routes
      .filter(({ to }) => to === member)
      .flatMap((route) => eventsOf(here, published, route))
      .map((item) =>
        environment.publishing === "organisation" ? ofPublishers(here, environment, item) : item,
      ),
  }));
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
  const published = contractsBySource(here);
  return new Map(
    here.subscriptions.map(({ key, routes }) => [
      key,
      routes.flatMap((route) => eventsOf(here, published, route)),
    ]),
  );
}

type ContractsBySource = ReadonlyMap<string, readonly Contract[]>;

/** Sorted by source, so that renaming a service changes nothing. */
function contractsBySource({ contracts }: Registry): ContractsBySource {
  const published = [...contracts.values()].flatMap((contract) =>
    sourcesOf(contract).map((source) => ({ source, contract })),
  );
  return new Map(
    groupBy(published, ({ source }) => source)
      .map((group) => [group[0].source, group.map(({ contract }) => contract)] as const)
      .sort(([left], [right]) => byText(left, right)),
  );
}

/**
 * A wildcard takes a source as a whole where all that is published under it is one service's, and is brought: under a
 * source that others share, or that has events of the account itself, it takes the declared detail-types.
 */
function eventsOf({ contracts }: Registry, published: ContractsBySource, route: Route): FlowEvents[] {
  const { events, selector, filter } = route;
  const carried = new Set(route.contracts.flatMap((key) => contracts.get(key) ?? []));
  const isWhole = (source: string): boolean => {
    const [first, ...others] = published.get(source) ?? [];
    return (
      first !== undefined &&
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
    ...[...carried].flatMap(({ key, detailType, ...contract }) =>
      sourcesOf(contract)
        .filter((source) => !whole.has(source))
        .flatMap((source) =>
          taken({ source: [source], detailType, ...(filter === undefined ? {} : { filter }) }, [key]),
        ),
    ),
  ];
}

/** The pattern that takes exactly what is bound. */
export function patternOf({ source, except, account, detailType, filter }: Binding): EventPattern {
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
