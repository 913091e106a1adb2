import * as entries from "./entries.js";
import { checkFilter, type FilteredContract } from "./filters/index.js";
import { joinFilters, type WrittenRoute } from "./filters/join.js";
import { type PathSegments, suggest } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import type { EventSelector, Route } from "./registry.js";
import type { ContractDraft, ServiceDraft } from "./services.js";

/** What routes are checked against; `undefined` where a section could not be read. */
export interface RouteContext {
  readonly accountNames: readonly string[] | undefined;
  readonly backbone: string | undefined;
  readonly services: readonly ServiceDraft[] | undefined;
}

export interface RouteDrafts {
  readonly routes: readonly Route[];
  /** Whether a route with a mistake in it may have been meant to bring a contract to an account, or to any. */
  readonly mayBring: (contract: string, account?: string) => boolean;
}

export function readRoutes(
  problems: ProblemList,
  section: readonly unknown[],
  context: RouteContext,
): RouteDrafts {
  const receivers = new Map<string, Receiver>();
  const unsettled: { readonly contracts: readonly string[] | undefined; readonly to: string | undefined }[] =
    [];
  const routes = section.flatMap((value, index): WrittenRoute[] => {
    const path = ["routes", index];
    const { partial, isBad } = readEntry(problems, entries.route, value, path);
    const to = checkReceiver(problems, partial.to, [...path, "to"], context);
    const selected =
      partial.events === undefined || context.services === undefined
        ? undefined
        : select(problems, partial.events, context.services, [...path, "events"]);
    if (selected !== undefined) warnIfDeprecated(problems, selected, [...path, "events"]);
    const allowUndeclared = partial.allowUndeclared === true;
    const filter =
      partial.filter &&
      checkFilter(
        problems,
        partial.filter,
        { contract: selected && filteredContract(selected), allowUndeclared },
        [...path, "filter"],
      );
    if (allowUndeclared && partial.filter === undefined && !isBad("filter")) {
      problems.add(
        [...path, "allowUndeclared"],
        "speaks of a filter's fields, and the route has no filter; remove it",
      );
    }
    if (to === undefined || selected === undefined || partial.events === undefined) {
      unsettled.push({ contracts: selected?.contracts.map(({ key }) => key), to });
      return [];
    }

    const includeOwn = isBad("includeOwn") ? undefined : partial.includeOwn === true;
    const contracts = carried(problems, selected, to, includeOwn, path);
    const written = { index, events: partial.events, filter: partial.filter };
    if (overlaps(problems, contracts, to, receivers, written)) {
      unsettled.push({ contracts, to });
      return [];
    }
    const { selector } = selected;
    const route = { events: partial.events, selector, to, contracts };
    return [{ index, route: filter === undefined ? route : { ...route, filter } }];
  });
  const mayBring = (contract: string, account?: string) =>
    unsettled.some(
      ({ contracts, to }) =>
        (contracts?.includes(contract) ?? true) &&
        (account === undefined || to === undefined || to === account),
    );
  return { routes: joinFilters(problems, routes), mayBring };
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

interface SelectedContract {
  readonly key: string;
  readonly service: ServiceDraft;
  readonly detailType: string;
}

interface Selection {
  readonly selector: EventSelector;
  readonly contracts: readonly SelectedContract[];
}

function contractsOf(service: ServiceDraft): SelectedContract[] {
  return (service.detailTypes ?? []).map((detailType) => ({
    key: `${service.name}/${detailType}`,
    service,
    detailType,
  }));
}

/** Resolves `orders/Order.Created`, `orders/*` or `*`. */
export function select(
  problems: ProblemList,
  events: string,
  services: readonly ServiceDraft[],
  path: PathSegments,
): Selection | undefined {
  if (events === "*") return { selector: { kind: "all" }, contracts: services.flatMap(contractsOf) };

  const slash = events.indexOf("/");
  const service = services.find(({ name }) => name === events.slice(0, slash));
  const wanted = events.slice(slash + 1);
  if (service !== undefined && slash > 0) {
    const contracts = contractsOf(service);
    if (wanted === "*") return { selector: { kind: "service", service: service.name }, contracts };
    const contract = contracts.find(({ detailType }) => detailType === wanted);
    if (contract !== undefined) {
      return { selector: { kind: "contract", contract: contract.key }, contracts: [contract] };
    }
    if (service.detailTypes === undefined) return undefined;
    const known = proposableContracts(problems, service);
    if (wanted.includes("*")) {
      problems.add(path, wildcardInside(events, service.name, known));
      return undefined;
    }
    problems.add(
      path,
      `service "${service.name}" declares no contract "${wanted}"; ${suggest(events, known, "declare it")}`,
    );
    return undefined;
  }
  const names = problems.proposable(
    ["services"],
    services.map(({ name }) => name),
  );
  const known = services
    .filter(({ name }) => names.includes(name))
    .flatMap((candidate) => [...proposableContracts(problems, candidate), `${candidate.name}/*`]);
  const declare = 'declare it, write "<service>/<detail-type>", "<service>/*" or "*",';
  const mend = events.includes("*")
    ? 'a wildcard is the whole of it ("*") or the whole of what follows the slash ("<service>/*")'
    : suggest(events, known, declare);
  problems.add(path, `no service publishes "${events}"; ${mend}`);
  return undefined;
}

function proposableContracts(problems: ProblemList, service: ServiceDraft): string[] {
  const { name, detailTypes = [] } = service;
  const types = problems.proposable(["services", name, "contracts"], detailTypes);
  return types.map((detailType) => `${name}/${detailType}`);
}

/** `orders/Order.*`: EventBridge could match it, but a route names one contract or all of a service. */
function wildcardInside(events: string, service: string, known: readonly string[]): string {
  const meant = known.filter((key) => key.startsWith(events.slice(0, events.indexOf("*"))));
  const single = (meant.length > 0 ? meant : known).map((key) => `"${key}"`).join(", ");
  return `"${events}" has a wildcard inside a detail-type, but a wildcard is the whole of what follows the slash; name single contracts, one a line (${single}), or all of the service's ("${service}/*")`;
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

/** The contract whose detail a filter looks into; undefined if it has a mistake of its own. */
function filteredContract({ selector, contracts }: Selection): FilteredContract | "several" | undefined {
  if (selector.kind !== "contract") return "several";
  const [selected] = contracts;
  const draft = selected && draftOf(selected);
  if (selected === undefined || draft === undefined) return undefined;
  const at = ["services", selected.service.name, "contracts", selected.detailType];
  return { key: selected.key, at, detail: draft.detail };
}

/**
 * The contracts that reach the receiver: wildcards leave out its own, naming an own one must be meant.
 * @param includeOwn undefined if it could not be read, and has been reported
 */
function carried(
  problems: ProblemList,
  { selector, contracts }: Selection,
  to: string,
  includeOwn: boolean | undefined,
  path: PathSegments,
): string[] {
  const isOwn = ({ service }: SelectedContract) => service.account === to;
  if (selector.kind === "contract") {
    const own = contracts.some(isOwn);
    if (own && includeOwn === false) {
      problems.add(
        [...path, "events"],
        `"${to}" owns ${selector.contract} and would hear itself; remove the route, or add includeOwn: true if that is meant`,
      );
    }
    if (!own && includeOwn === true && contracts.every(({ service }) => service.account !== undefined)) {
      problems.add([...path, "includeOwn"], `${selector.contract} is not "${to}"'s own; remove includeOwn`);
    }
    return contracts.map(({ key }) => key);
  }
  if (includeOwn === true) {
    problems.add(
      [...path, "includeOwn"],
      "a wildcard leaves out the account's own contracts; name each own contract in a route of its own with includeOwn: true",
    );
  }
  const others = contracts.filter((contract) => !isOwn(contract));
  if (others.length === 0 && contracts.length > 0) {
    problems.add(
      [...path, "events"],
      `carries nothing, because everything it names is "${to}"'s own; remove the route, or name each contract with includeOwn: true`,
    );
  }
  return others.map(({ key }) => key);
}

/** What brings a contract to an account, as it is written. */
interface Receiver {
  readonly index: number;
  readonly events: string;
  readonly filter: Readonly<Record<string, unknown>> | undefined;
}

/** An account receives a contract once: whole, or what passes any of several filters. */
function overlaps(
  problems: ProblemList,
  contracts: readonly string[],
  to: string,
  receivers: Map<string, Receiver>,
  route: Receiver,
): boolean {
  for (const contract of contracts) {
    const earlier = receivers.get(`${contract} ${to}`);
    const mend = earlier && overlapMend(earlier, route);
    if (earlier === undefined || mend === undefined) continue;
    problems.add(
      ["routes", route.index],
      `routes[${earlier.index}] brings ${contract} to "${to}" already; ${mend}`,
    );
    return true;
  }
  for (const contract of contracts) receivers.set(`${contract} ${to}`, route);
  return false;
}

/** How to mend two routes of one contract to one account; undefined for two filters, of which each adds something. */
function overlapMend(earlier: Receiver, later: Receiver): string | undefined {
  const texts = [earlier, later].flatMap(({ filter }) =>
    filter === undefined ? [] : [JSON.stringify(filter)],
  );
  if (new Set(texts).size === 2) return undefined;
  const keepsNothingBack = texts.length === 1 ? "beside the other one a filter keeps nothing back, so " : "";
  const wildcard = earlier.events === later.events ? "" : ", or name single contracts instead of a wildcard";
  return `${keepsNothingBack}remove one of the two${wildcard}`;
}
