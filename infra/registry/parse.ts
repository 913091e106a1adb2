import { readAccounts } from "./accounts.js";
import * as entries from "./entries.js";
import { completeEnvironment, readEnvironments } from "./environments.js";
import { called, readNames } from "./naming.js";
import { checkPhysicalNames } from "./physical-names.js";
import { RegistryError, suggest } from "./problem.js";
import { ProblemList, readEntry } from "./read.js";
import { readCanary, readStories } from "./references.js";
import { publishersOf, readPublishers } from "./publishers.js";
import { accountsOf, type Contract, type Publisher, type Registry, type Service } from "./registry.js";
import { readRoutes, type RouteContext } from "./routes.js";
import { checkSensitive } from "./sensitive.js";
import type { ServiceDraft } from "./service-draft.js";
import { readServices } from "./services.js";
import { warnOfCircles } from "./subscriptions/circles.js";
import { checkReceived } from "./subscriptions/received.js";
import { readSubscriptions } from "./subscriptions/read.js";

/**
 * Reads a registry from whatever a module exported.
 * @returns the registry, sorted by name, so that the order in which it was written changes nothing
 * @throws RegistryError with every mistake that was found: entry by entry first, then across entries over
 *   whatever could be read
 */
export function parseRegistry(input: unknown): Registry {
  const problems = new ProblemList();
  const { partial } = readEntry(problems, entries.root, input, []);
  const environmentNames = Object.keys(partial.environments ?? {});

  const accounts = partial.accounts && readAccounts(problems, partial.accounts, environmentNames);
  const environments = readEnvironments(problems, partial.environments ?? {}, {
    names: accounts?.names,
    backbone: accounts?.backbone,
  });
  const { defaultEnvironment } = partial;
  if (
    defaultEnvironment !== undefined &&
    partial.environments &&
    !environmentNames.includes(defaultEnvironment)
  ) {
    const mend = suggest(
      defaultEnvironment,
      problems.proposable(["environments"], environmentNames),
      "add it to config/environments.ts",
    );
    problems.add(["defaultEnvironment"], `no environment is named "${defaultEnvironment}"; ${mend}`);
  }
  const services =
    partial.services &&
    readServices(problems, partial.services, {
      accountNames: accounts?.names,
      backbone: accounts?.backbone,
      environmentNames,
      environments,
      anyStyle: partial.sourceStyle === "any",
    });
  const serviceNaming = readNames(
    problems,
    "services",
    (services ?? []).map(({ name }) => name),
    new Map(
      (services ?? []).flatMap(({ name, calledName }) =>
        calledName === undefined ? [] : [[name, calledName]],
      ),
    ),
  );
  const also = readPublishers(problems, partial.publishers ?? [], services);
  const publishers = new Map(
    (services ?? []).flatMap((service) =>
      (service.detailTypes ?? []).map((detailType) => {
        const key = `${service.name}/${detailType}`;
        return [key, publishersOf(service, key, services ?? [], also)] as const;
      }),
    ),
  );
  checkSensitive(problems, services ?? [], environments);
  const context: RouteContext = {
    accountNames: accounts?.names,
    backbone: accounts?.backbone,
    services,
    environmentNames,
    isOwn: (contract, account) => publishers.get(contract)?.some((one) => one.account === account) === true,
    mayPublish: (contract, service) =>
      publishers.get(contract)?.some((one) => one.service === service) === true,
  };
  const routes = partial.routes && readRoutes(problems, partial.routes, context);
  const subscribed = readSubscriptions(problems, partial.subscriptions ?? {}, context);
  for (const { name, detailTypes, origin } of services ?? []) {
    const isSubscriber = Object.hasOwn(partial.subscriptions ?? {}, name);
    const publishes = [...also.values()].some((by) => by.includes(name));
    if (detailTypes?.length === 0 && !isSubscriber && !publishes)
      problems.add(
        ["services", name, "contracts"],
        origin === undefined
          ? "declares no contract, and the service subscribes to none; add one, or remove the service (an account needs none to receive events)"
          : "declares no contract, so nobody can receive any of these events; add one, or remove the entry",
      );
  }
  checkReceived(problems, routes?.routes ?? [], subscribed.subscriptions);
  const brought = routes && {
    routes: [...routes.routes, ...subscribed.routes],
    mayBring: (contract: string, account?: string) =>
      routes.mayBring(contract, account) || subscribed.mayBring(contract, account),
  };
  const stories = readStories(problems, partial.stories ?? {}, services, brought);
  const canary = readCanary(problems, partial.canary, services, brought);
  if (accounts !== undefined)
    checkPhysicalNames(
      problems,
      accounts,
      environments,
      services ?? [],
      serviceNaming,
      subscribed.subscriptions,
    );

  const complete = environments.flatMap((draft) => completeEnvironment(draft) ?? []);
  const backbone = accounts?.backbone;
  if (
    problems.all.length > 0 ||
    accounts === undefined ||
    backbone === undefined ||
    routes === undefined ||
    defaultEnvironment === undefined
  ) {
    throw new RegistryError(problems.all);
  }

  const contracts = (services ?? []).flatMap((service) => completeContracts(service, publishers));
  warnOfCircles(problems, subscribed.subscriptions, contracts);
  const completeServices = (services ?? []).flatMap(
    ({ name, account, alsoFrom, origin, source, environments: only, owner, detailTypes }): Service[] =>
      account === undefined || source === undefined
        ? []
        : [
            {
              name,
              account,
              ...(alsoFrom === undefined ? {} : { alsoFrom }),
              ...(origin === undefined ? {} : { origin }),
              source,
              ...(only === undefined ? {} : { environments: only }),
              ...(owner === undefined ? {} : { owner }),
              contracts: (detailTypes ?? []).map((type) => `${name}/${type}`),
            },
          ],
  );
  const registry: Registry = {
    backbone,
    members: accounts.names.filter((name) => name !== backbone),
    accounts: mapByName(
      accounts.names.map((name) => ({
        name,
        description: accounts.descriptions.get(name) ?? "",
        ...(accounts.outside.has(name) ? { outsideOrganization: true } : {}),
        services: completeServices
          .filter((service) => accountsOf(service).includes(name))
          .map((service) => service.name),
      })),
    ),
    environments: mapByName(complete),
    defaultEnvironment,
    services: mapByName(completeServices),
    contracts: new Map(contracts.map((contract) => [contract.key, contract])),
    routes: routes.routes,
    subscriptions: subscribed.subscriptions,
    stories,
    warnings: problems.warnings,
    ...(canary === undefined ? {} : { canary }),
  };
  return called(registry, accounts.naming, serviceNaming);
}

function completeContracts(
  { name, account, origin, source, alsoSources, contracts }: ServiceDraft,
  publishers: ReadonlyMap<string, readonly Publisher[]>,
): Contract[] {
  if (account === undefined || source === undefined) return [];
  return contracts.map((contract) => {
    const key = `${name}/${contract.detailType}`;
    return {
      ...contract,
      key,
      service: name,
      account,
      ...(origin === undefined ? {} : { origin }),
      publishers: publishers.get(key) ?? [],
      source: contract.source ?? source,
      alsoSources: contract.source === undefined ? alsoSources : [],
    };
  });
}

function mapByName<Named extends { readonly name: string }>(
  values: readonly Named[],
): ReadonlyMap<string, Named> {
  return new Map(values.map((value) => [value.name, value]));
}
