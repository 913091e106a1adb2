import * as entries from "./entries.js";
import { checkEnvironmentNames } from "./environments.js";
import { checkFilter, type FilteredContract } from "./filters/index.js";
import { joinFilters, type WrittenRoute } from "./filters/join.js";
import { formatPath, type PathSegments, suggest } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import type { Route } from "./registry.js";
import { type NamedEvents, namedEvents, type SelectedContract, type Selection } from "./select.js";
import type { ContractDraft, ServiceDraft } from "./services.js";

/** What routes are checked against; `undefined` where a section could not be read. */
export interface RouteContext {
  readonly accountNames: readonly string[] | undefined;
  readonly backbone: string | undefined;
  readonly services: readonly ServiceDraft[] | undefined;
  readonly environmentNames: readonly string[];
  /** Whether anybody publishes a contract out of an account. */
  readonly isOwn: (contract: string, account: string) => boolean;
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
  const unsettled: Unsettled[] = [];
  const routes = section.flatMap((value, index): WrittenRoute[] => {
    const path = ["routes", index];
    const { partial, isBad } = readEntry(problems, entries.route, value, path);
    const to = checkReceiver(problems, partial.to, [...path, "to"], context);
    const { named, isWhole } = namedEvents(problems, partial.events, path, context.services);
    if (!isWhole) unsettled.push({ contracts: undefined, to });
    for (const { path: at, selected } of named)
      if (selected !== undefined) warnIfDeprecated(problems, selected, at);
    const allowUndeclared = partial.allowUndeclared === true;
    const filter =
      partial.filter &&
      checkFilter(
        problems,
        partial.filter,
        {
          events: titleOf(named),
          contracts: named.flatMap(({ selected }) => selected && filteredContracts(selected, to, context)),
          allowUndeclared,
        },
        [...path, "filter"],
      );
    if (allowUndeclared && partial.filter === undefined && !isBad("filter")) {
      problems.add(
        [...path, "allowUndeclared"],
        "speaks of a filter's fields, and the route has no filter; remove it",
      );
    }
    const includeOwn = isBad("includeOwn") ? undefined : partial.includeOwn === true;
    const environments = checkEnvironmentNames(
      problems,
      partial.environments,
      path,
      context.environmentNames,
    );
    const isList = Array.isArray(partial.events);
    return named.flatMap(({ events, path: at, bringer, selected }): WrittenRoute[] => {
      if (to === undefined || selected === undefined) {
        unsettled.push({ contracts: selected?.contracts.map(({ key }) => key), to });
        return [];
      }
      checkOwn(problems, selected, to, { includeOwn, isList, path, at, isOwn: context.isOwn });
      const contracts = reaching(selected, to, context).map(({ key }) => key);
      const written = { bringer, events, filter: partial.filter, environments };
      if (overlaps(problems, contracts, to, receivers, written)) {
        unsettled.push({ contracts, to });
        return [];
      }
      const route: Route = {
        events,
        selector: selected.selector,
        to,
        contracts,
        ...(filter === undefined ? {} : { filter }),
        ...(environments === undefined ? {} : { environments }),
      };
      return [{ index, route }];
    });
  });
  const mayBring = (contract: string, account?: string) =>
    unsettled.some(
      ({ contracts, to }) =>
        (contracts?.includes(contract) ?? true) &&
        (account === undefined || to === undefined || to === account),
    );
  return { routes: joinFilters(problems, routes), mayBring };
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
      `"${to}" owns the global bus, where every event is already; route to a member account`,
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
  /** Undefined if it could not be read, and has been reported. */
  readonly includeOwn: boolean | undefined;
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
    problems.add(
      at,
      `carries nothing, because everything it names is "${to}"'s own; remove ${isList ? "it" : "the route"}, or name each contract with includeOwn: true`,
    );
  }
}

/** What brings a contract to an account, as it is written. */
interface Receiver {
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
