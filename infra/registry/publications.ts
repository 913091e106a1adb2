import { type Contract, groupBy, type Publisher, type Registry, sourcesOf } from "./registry.js";

/** What a service may publish out of one account under one source. */
export interface Publication extends Publisher {
  readonly source: string;
  readonly detailTypes: readonly string[];
}

/**
 * Every way for events onto the global bus, source by source, so that no source meets another's detail-types; by
 * service, its own source and account first.
 */
export function publicationsOf({ services, contracts }: Registry): Publication[] {
  const single = [...contracts.values()].flatMap((contract) =>
    contract.publishers.flatMap((publisher) =>
      sourcesOf(contract).map((source) => ({ ...publisher, source, detailType: contract.detailType })),
    ),
  );
  const grouped = groupBy(single, ({ service, account, source }) =>
    JSON.stringify([service, account, source]),
  ).map((group): Publication => ({
    service: group[0].service,
    account: group[0].account,
    source: group[0].source,
    detailTypes: group.map(({ detailType }) => detailType),
  }));
  const byService = new Map(
    groupBy(grouped, ({ service }) => service).map((group) => [group[0].service, group]),
  );
  return [...services.values()].flatMap(({ name, account, source }) => {
    const isFirst = (one: Publication) => Number(one.account === account) * 2 + Number(one.source === source);
    return [...(byService.get(name) ?? [])].sort((left, right) => isFirst(right) - isFirst(left));
  });
}

/** What one service may publish out of one of its accounts. */
export function publicationsBy(
  publications: readonly Publication[],
  { service, account }: Publisher,
): Publication[] {
  return publications.filter((one) => one.service === service && one.account === account);
}

/** The detail-types that are declared under each source, whoever publishes them. */
export function declaredTypes(publications: readonly Publication[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    groupBy(publications, ({ source }) => source).map((group) => [
      group[0].source,
      [...new Set(group.flatMap(({ detailTypes }) => detailTypes))],
    ]),
  );
}

/** What more than one publishes. */
export interface PublishedBySeveral {
  /** A contract's key, or a source. */
  readonly what: string;
  /** Services; with their accounts, where they publish one contract. */
  readonly by: readonly string[];
  readonly so: string;
}

/** What is published on the global bus: all but the events of AWS and of partners. */
export function hubContracts({ contracts }: Registry): Contract[] {
  return [...contracts.values()].filter(({ origin }) => origin === undefined);
}

/** Whether any events of AWS or of partners are wanted. */
export function hasEventsOfAws({ contracts }: Registry): boolean {
  return [...contracts.values()].some(({ origin }) => origin !== undefined);
}

/** What is allowed to several, and may have been meant for one: contracts, and sources that services share. */
export function publishedBySeveral(registry: Registry): PublishedBySeveral[] {
  const owners = new Map<string, Set<string>>();
  for (const contract of hubContracts(registry))
    for (const source of sourcesOf(contract))
      owners.set(source, (owners.get(source) ?? new Set<string>()).add(contract.service));
  return [
    ...[...registry.contracts.values()]
      .filter(({ publishers }) => publishers.length > 1)
      .map(({ key, publishers }) => ({
        what: key,
        by: publishers.map(({ service, account }) => `${service} (${account})`),
        so: "is these accounts' own: their wildcards leave it out",
      })),
    ...[...owners]
      .filter(([, services]) => services.size > 1)
      .map(([source, services]) => ({
        what: `source ${source}`,
        by: [...services],
        so: "is told apart by detail-type: wildcards take the declared ones",
      })),
  ];
}
