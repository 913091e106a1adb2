import * as entries from "./entries.js";
import { checkEnvironmentNames } from "./environments.js";
import { checkFilter, type FilteredContract } from "./filters/index.js";
import { joinFilters } from "./filters/join.js";
import { formatPath, type PathSegments, suggest } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import type { Route } from "./registry.js";
import { type NamedEvents, namedEvents, type SelectedContract, type Selection } from "./select.js";
import type { ContractDraft, ServiceDraft } from "./service-draft.js";

/** What routes are checked against; `undefined` where a section could not be read. */
export interface RouteContext {
  readonly accountNames: readonly string[] | undefined;
  readonly backbone: string | undefined;
  readonly services: readonly ServiceDraft[] | undefined;
  readonly environmentNames: readonly string[];
  /** Whether anybody publishes a contract out of an account. */
  readonly isOwn: (contract: string, account: string) => boolean;
  /** Whether a service may publish a contract. */
  readonly mayPublish: (contract: string, service: string) => boolean;
}

export interface RouteDrafts {
  readonly routes: readonly Route[];
  /** Whether a route with a mistake in it may have been meant to bring a contract to an account, or to any. */
  readonly mayBring: (contract: string, account?: string) => boolean;
}

/** What may have been meant to be a route: contracts to an account, any where undefined. */
interface Unsettled {
  readonly contracts: readonly string[] | undefined;
  readonly to: string | undefined;
}

export function readRoutes(
  problems: ProblemList,
  section: readonly unknown[],
  context: RouteContext,
): RouteDrafts {
  const receivers = new Map<string, Receiver[]>();
  const read = section.map((value, index) => {
    const path = ["routes", index];
    const { partial, isBad } = readEntry(problems, entries.route, value, path);
    const to = checkReceiver(problems, partial.to, [...path, "to"], context);
    const environments = checkEnvironmentNames(
      problems,
      partial.environments,
      path,
      context.environmentNames,
    );
    const includeOwn = isBad("includeOwn") ? undefined : partial.includeOwn === true;
    const carrying = { to, environments, includeOwn, receivers, path, context };
    const { routes, mayBring } = readCarried(
      problems,
      { ...partial, isBadFilter: isBad("filter") },
      carrying,
    );
    return { written: routes.map((route) => ({ index, route })), mayBring };
  });
  return {
    routes: joinFilters(
      problems,
      read.flatMap(({ written }) => written),
    ),
    mayBring: (contract, account) => read.some(({ mayBring }) => mayBring(contract, account)),
  };
}

/** What routes and subscriptions say alike of events. */
interface Carried {
  readonly events?: string | readonly unknown[] | undefined;
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  readonly allowUndeclared?: boolean | undefined;
  /** Whether a filter was written that could not be read. */
  readonly isBadFilter: boolean;
}

export interface Carrier {
  /** Undefined if it could not be read. */
  readonly to: string | undefined;
  readonly environments: readonly string[] | undefined;
  /** Undefined if it could not be read; `named`: whoever names an own contract means it. */
  readonly includeOwn: boolean | "named" | undefined;
  /** What brings each contract to each account already. */
  readonly receivers: Map<string, Receiver[]>;
  readonly path: PathSegments;
  readonly context: RouteContext;
}

/** Reads what an entry takes: a route for each item of its list. */
export function readCarried(
  problems: ProblemList,
  { events, filter: written, allowUndeclared = false, isBadFilter }: Carried,
  { to, environments, includeOwn, receivers, path, context }: Carrier,
): RouteDrafts {
  const { named, isWhole } = namedEvents(problems, events, path, context.services);
  const unsettled: Unsettled[] = isWhole ? [] : [{ contracts: undefined, to }];
  for (const { path: at, selected } of named)
    if (selected !== undefined) warnIfDeprecated(problems, selected, at);
  const filter =
    written &&
    checkFilter(
      problems,
      written,
      {
        events: titleOf(named),
        contracts: named.flatMap(({ selected }) => selected && filteredContracts(selected, to, context)),
        allowUndeclared,
      },
      [...path, "filter"],
    );
  if (allowUndeclared && written === undefined && !isBadFilter) {
    problems.add(
      [...path, "allowUndeclared"],
      "speaks of a filter's fields, and there is no filter; remove it",
    );
  }
  const isList = Array.isArray(events);
  const routes = named.flatMap(({ events: name, path: at, bringer, selected }): Route[] => {
    if (to === undefined || selected === undefined) {
      unsettled.push({ contracts: selected?.contracts.map(({ key }) => key), to });
      return [];
    }
    checkOwn(problems, selected, to, { includeOwn, isList, path, at, isOwn: context.isOwn });
    const contracts = reaching(selected, to, context).map(({ key }) => key);
    if (
      overlaps(problems, contracts, to, receivers, { bringer, events: name, filter: written, environments })
    ) {
      unsettled.push({ contracts, to });
      return [];
    }
    return [
      {
        events: name,
        selector: selected.selector,
        to,
        contracts,
        ...(filter === undefined ? {} : { filter }),
        ...(environments === undefined ? {} : { environments }),
      },
    ];
  });
  const mayBring = (contract: string, account?: string) =>
    unsettled.some(
      ({ contracts, to: receiver }) =>
        (contracts?.includes(contract) ?? true) &&
        (account === undefined || receiver === undefined || receiver === account),
    );
  return { routes, mayBring };
}

/** What a route names, as what every one of is said something. */
function titleOf([only, ...others]: readonly NamedEvents[]): string {
  const isContract = only?.selected?.selector.kind === "contract" && others.length === 0;
  return isContract ? only.events : "event of the route";
}

function checkReceiver(
  problems: ProblemList,
  to: string | undefined,
  path: PathSegments,
  { accountNames, backbone }: RouteContext,
): string | undefined {
  if (to === undefined || accountNames === undefined) return undefined;
  if (!accountNames.includes(to)) {
    const members = problems.proposable(["accounts"], accountNames).filter((name) => name !== backbone);
    problems.add(
      path,
      `no account is named "${to}"; ${suggest(to, members, "add it to config/accounts.ts")}`,
    );
    return undefined;
  }
  if (to === backbone) {
    problems.add(
      path,
      `"${to}" owns the global bus, where what is published is already, and events of AWS never come; route to a member account`,
    );
    return undefined;
  }
  return to;
}

/** The contracts that reach the receiver: a wildcard leaves out its own. */
function reaching(
  { selector, contracts }: Selection,
  to: string,
  { isOwn }: RouteContext,
): readonly SelectedContract[] {
  return selector.kind === "contract" ? contracts : contracts.filter(({ key }) => !isOwn(key, to));
}

/** The contracts whose details a filter looks into; undefined for one that has a mistake, or may not be meant. */
function filteredContracts(
  selection: Selection,
  to: string | undefined,
  context: RouteContext,
): readonly (FilteredContract | undefined)[] {
  const contracts = to === undefined ? selection.contracts : reaching(selection, to, context);
  return contracts.map(({ key, service, detailType }) => {
    const draft = service.contracts.find((candidate) => candidate.detailType === detailType);
    const isMeant =
      selection.selector.kind === "contract" || (to !== undefined && service.account !== undefined);
    if (draft === undefined || !isMeant) return undefined;
    return { key, at: ["services", service.name, "contracts", detailType], detail: draft.detail };
  });
}

interface Carrying {
  readonly includeOwn: Carrier["includeOwn"];
  /** Whether the route names a list. */
  readonly isList: boolean;
  /** Where the route stands. */
  readonly path: PathSegments;
  /** Where it names these events. */
  readonly at: PathSegments;
  readonly isOwn: RouteContext["isOwn"];
}

/** Who takes everything has not asked for this one. */
function warnIfDeprecated(
  problems: ProblemList,
  { selector, contracts: [selected] }: Selection,
  path: PathSegments,
): void {
  const instead = selected && draftOf(selected)?.deprecated;
  if (selector.kind === "contract" && instead !== undefined)
    problems.warn(path, `${selector.contract} is deprecated: ${instead}`);
}

function draftOf({ service, detailType: wanted }: SelectedContract): ContractDraft | undefined {
  return service.contracts.find(({ detailType }) => detailType === wanted);
}

/** Naming an own contract must be meant, and nothing else needs to be. */
function checkOwn(
  problems: ProblemList,
  { selector, contracts }: Selection,
  to: string,
  { includeOwn, isList, path, at, isOwn }: Carrying,
): void {
  const own = contracts.filter(({ key }) => isOwn(key, to));
  if (selector.kind === "contract") {
    if (own.length > 0 && includeOwn === false) {
      const [remove, add] = isList
        ? ["remove it", "give it a route of its own with includeOwn: true"]
        : ["remove the route", "add includeOwn: true"];
      const owns = own.some(({ service }) => service.account === to) ? "owns" : "publishes";
      problems.add(
        at,
        `"${to}" ${owns} ${selector.contract} and would hear itself; ${remove}, or ${add} if that is meant`,
      );
    }
    const isForeign = own.length === 0 && contracts.every(({ service }) => service.account !== undefined);
    if (isForeign && includeOwn === true) {
      const mend = isList ? "bring it by a route without includeOwn" : "remove includeOwn";
      problems.add([...path, "includeOwn"], `${selector.contract} is not "${to}"'s own; ${mend}`);
    }
    return;
  }
  if (includeOwn === true) {
    problems.add(
      [...path, "includeOwn"],
      "a wildcard leaves out the account's own contracts; name each own contract in a route of its own with includeOwn: true",
    );
  }
  if (own.length === contracts.length && contracts.length > 0) {
    const mend =
      includeOwn === "named"
        ? "name each contract that is meant"
        : `remove ${isList ? "it" : "the route"}, or name each contract with includeOwn: true`;
    problems.add(at, `carries nothing, because everything it names is "${to}"'s own; ${mend}`);
  }
}

/** What brings a contract to an account, as it is written. */
export interface Receiver {
  readonly bringer: PathSegments;
  readonly events: string;
  readonly filter: Readonly<Record<string, unknown>> | undefined;
  readonly environments: readonly string[] | undefined;
}

/** An account receives a contract once: whole, or what passes any of several filters. */
function overlaps(
  problems: ProblemList,
  contracts: readonly string[],
  to: string,
  receivers: Map<string, Receiver[]>,
  route: Receiver,
): boolean {
  for (const contract of contracts) {
    for (const earlier of receivers.get(`${contract} ${to}`) ?? []) {
      const mend = overlapMend(earlier, route);
      if (mend === undefined) continue;
      problems.add(
        route.bringer,
        `${formatPath(earlier.bringer)} brings ${contract} to "${to}" already; ${mend}`,
      );
      return true;
    }
  }
  for (const contract of contracts) {
    const key = `${contract} ${to}`;
    receivers.set(key, [...(receivers.get(key) ?? []), route]);
  }
  return false;
}

/**
 * How to mend two routes of one contract to one account; undefined for two filters, of which each adds something, and
 * for routes that are never in one environment.
 */
function overlapMend(earlier: Receiver, later: Receiver): string | undefined {
  const [one, other] = [earlier.environments, later.environments];
  if (one !== undefined && other !== undefined && !one.some((name) => other.includes(name))) return undefined;
  if (one?.join() !== other?.join()) {
    return "the two meet in some environments and not in all; give both the same environments, or none in common";
  }
  const texts = [earlier, later].flatMap(({ filter }) =>
    filter === undefined ? [] : [JSON.stringify(filter)],
  );
  if (new Set(texts).size === 2) return undefined;
  const keepsNothingBack = texts.length === 1 ? "beside the other one a filter keeps nothing back, so " : "";
  const wildcard = earlier.events === later.events ? "" : ", or name single contracts instead of a wildcard";
  return `${keepsNothingBack}remove one of the two${wildcard}`;
}
