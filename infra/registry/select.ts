import { type PathSegments, suggest } from "./problem.js";
import type { ProblemList } from "./read.js";
import type { EventSelector } from "./registry.js";
import type { ServiceDraft } from "./services.js";

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
