import * as entries from "./entries.js";
import { matchEvent, parsePattern } from "event-patterns";
import { listed, nearest, type PathSegments, suggest } from "./problem.js";
import type { ProblemList } from "./read.js";
import type { EventSelector } from "./registry.js";
import type { ServiceDraft } from "./service-draft.js";

export interface SelectedContract {
  readonly key: string;
  readonly service: ServiceDraft;
  readonly detailType: string;
}

/** What one text of a route names. */
export interface Selection {
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

/** One text that names events, alone or as an item of a list. */
export interface NamedEvents {
  readonly events: string;
  /** Where the text stands. */
  readonly path: PathSegments;
  /** What brings the events: the entry, or the item of its list. */
  readonly bringer: PathSegments;
  /** Undefined if it names nothing that could be found. */
  readonly selected: Selection | undefined;
}

/** Resolves `orders/Order.Created`, `orders/Order.*`, `orders/*` or `*`. */
export function select(
  problems: ProblemList,
  events: string,
  services: readonly ServiceDraft[],
  path: PathSegments,
): Selection | undefined {
  if (events === "*") return { selector: { kind: "all" }, contracts: services.flatMap(contractsOf) };

  const slash = events.indexOf("/");
  const service = services.find(({ name }) => slash > 0 && name === events.slice(0, slash));
  if (service === undefined) {
    problems.add(path, `no service publishes "${events}"; ${mendService(problems, events, services)}`);
    return undefined;
  }
  const wanted = events.slice(slash + 1);
  const contracts = contractsOf(service);
  if (wanted === "*") return { selector: { kind: "service", service: service.name }, contracts };
  const contract = contracts.find(({ detailType }) => detailType === wanted);
  if (contract !== undefined) {
    return { selector: { kind: "contract", contract: contract.key }, contracts: [contract] };
  }
  if (service.detailTypes === undefined) return undefined;
  const prefix = wanted.slice(0, -1);
  const isPrefix = wanted.indexOf("*") === prefix.length;
  const begun = isPrefix ? contracts.filter(({ detailType }) => detailType.startsWith(prefix)) : [];
  if (begun.length > 0) return { selector: { kind: "prefix" }, contracts: begun };

  const types = proposableTypes(problems, service);
  problems.add(
    path,
    isPrefix
      ? nothingBegins(service.name, prefix, types)
      : wanted.includes("*")
        ? wildcardInside(service.name, wanted, types)
        : `service "${service.name}" declares no contract "${wanted}"; ${suggest(events, keysOf(service.name, types), "declare it")}`,
  );
  return undefined;
}

function proposableTypes(problems: ProblemList, { name, detailTypes = [] }: ServiceDraft): readonly string[] {
  return problems.proposable(["services", name, "contracts"], detailTypes);
}

function keysOf(service: string, detailTypes: readonly string[]): string[] {
  return detailTypes.map((detailType) => `${service}/${detailType}`);
}

function mendService(problems: ProblemList, events: string, services: readonly ServiceDraft[]): string {
  const proposable = problems.proposable(
    ["services"],
    services.map(({ name }) => name),
  );
  const known = services
    .filter(({ name }) => proposable.includes(name))
    .flatMap((service) => [...keysOf(service.name, proposableTypes(problems, service)), `${service.name}/*`]);
  const [name = "", ...rest] = events.split("/");
  if (!events.includes("*")) {
    return suggest(events, known, 'declare it, write "<service>/<detail-type>", "<service>/*" or "*",');
  }
  const meant = rest.length === 0 || name.includes("*") ? undefined : nearest(name, proposable);
  const candidate = meant === undefined ? nearest(events, known) : [meant, ...rest].join("/");
  return candidate === undefined
    ? 'a wildcard is the whole of it ("*"), or the end of what follows the slash ("<service>/*", "<service>/Order.*")'
    : `did you mean "${candidate}"?`;
}

function nothingBegins(service: string, prefix: string, detailTypes: readonly string[]): string {
  const problem = `service "${service}" declares no contract whose detail-type begins with "${prefix}"`;
  if (detailTypes.length === 0) return `${problem}; declare one`;
  const meant = nearest(prefix, detailTypes.flatMap(beginningsOf));
  return meant === undefined
    ? `${problem}; begin as one of these does: ${listed(detailTypes)}`
    : `${problem}; did you mean "${service}/${meant}*"? It has ${listed(detailTypes)}`;
}

/** A detail-type up to each of its words, with and without what parts it from the next: `Order`, `Order.`, … */
function beginningsOf(detailType: string): string[] {
  const ends = [...detailType.matchAll(/[^A-Za-z0-9]+/g)].flatMap(({ 0: parting, index }) => [
    index + parting.length,
    index,
  ]);
  return [...ends.filter((end) => end > 0).map((end) => detailType.slice(0, end)), detailType];
}

/** `orders/*.Created`: EventBridge could match it, but what a route names is told by its beginning. */
function wildcardInside(service: string, wanted: string, detailTypes: readonly string[]): string {
  const parsed = parsePattern({ detailType: [{ wildcard: wanted.replace(/\*+/g, "*") }] });
  const meant = parsed.ok
    ? detailTypes.filter((detailType) => matchEvent(parsed.pattern, { detailType }))
    : [];
  const single = keysOf(service, meant.length > 0 ? meant : detailTypes).map((key) => `"${key}"`);
  const beginning = wanted.slice(0, wanted.indexOf("*"));
  const begun = detailTypes.some((detailType) => detailType.startsWith(beginning)) ? beginning : "";
  return `"${service}/${wanted}" has a wildcard where none can stand: it is the end of a detail-type; name single contracts in a list ([${listed(single)}]), or all that begin alike ("${service}/${begun}*")`;
}

/**
 * The texts of an entry's `events`, each once, with what they name.
 * @returns `isWhole`: whether all that was written could be read
 */
export function namedEvents(
  problems: ProblemList,
  events: string | readonly unknown[] | undefined,
  entry: PathSegments,
  services: readonly ServiceDraft[] | undefined,
): { readonly named: readonly NamedEvents[]; readonly isWhole: boolean } {
  const path = [...entry, "events"];
  const name = (text: string, at: PathSegments, bringer: PathSegments): NamedEvents => {
    return { events: text, path: at, bringer, selected: services && select(problems, text, services, at) };
  };
  if (events === undefined) return { named: [], isWhole: false };
  if (typeof events === "string") return { named: [name(events, path, entry)], isWhole: true };
  if (events.length === 0) {
    problems.add(path, "is an empty list, which says nothing; name contracts, or remove the entry");
  }
  const named = events.flatMap((item, index): NamedEvents[] => {
    const at = [...path, index];
    const earlier = events.indexOf(item);
    if (typeof item !== "string") {
      problems.add(at, `expected text, received ${entries.kindOf(item)}; ${entries.eventsMend}`);
      return [];
    }
    if (earlier === index) return [name(item, at, at)];
    problems.add(at, `"${item}" stands in the list already, at events[${earlier}]; remove one of the two`);
    return [];
  });
  return { named, isWhole: events.length > 0 && events.every((item) => typeof item === "string") };
}
