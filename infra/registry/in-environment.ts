import {
  accountsOf,
  byText,
  type Contract,
  type Environment,
  holderOf,
  type Origin,
  type Registry,
  type Route,
  type Service,
  type Story,
  type Subscription,
} from "./registry.js";
import { sourceIn } from "./sources.js";
import { received } from "./subscriptions/received.js";

/** What the registry says and an environment does not have. */
export interface Inactive {
  /** As the registry has it: `account payments`, `orders/Order.Created to payments`. */
  readonly what: string;
  readonly why: string;
}

/**
 * The registry as it is in one environment: without the accounts that have no id there, without what is for other
 * environments only, and without whatever names one of these. Everything about one environment is planned, proven and
 * shown from this.
 */
export function inEnvironment(registry: Registry, environment: Environment): Registry {
  const known = remembered.get(environment) ?? new WeakMap<Registry, Registry>();
  remembered.set(environment, known);
  const here = known.get(registry) ?? reduced(registry, environment);
  known.set(registry, here).set(here, here);
  return here;
}

/** Registries do not change, and everything asks for the same few. */
const remembered = new WeakMap<Environment, WeakMap<Registry, Registry>>();

function reduced(registry: Registry, environment: Environment): Registry {
  const isHere = (account: string) => environment.accountIds.has(account);
  const services = new Map(
    [...registry.services].flatMap(([name, service]) => {
      const here = serviceIn(registry, service, environment);
      return here === undefined ? [] : [[name, here] as const];
    }),
  );
  const contracts = new Map(
    [...registry.contracts].flatMap(([key, contract]) => {
      const here = contractIn(contract, services, environment);
      return here === undefined ? [] : [[key, here] as const];
    }),
  );
  const routesHere = (routes: readonly Route[]) =>
    routes.flatMap((route) => {
      if (routeMissing(registry, environment, route) !== undefined) return [];
      return [{ ...route, contracts: route.contracts.filter((key) => contracts.has(key)) }];
    });
  const subscriptions = registry.subscriptions.flatMap((one) => {
    const account = services.get(one.service)?.account;
    if (account === undefined) return [];
    const own = routesHere(one.routes.map((route) => ({ ...route, to: account })));
    return own.every((route) => route.contracts.length === 0) ? [] : [{ ...one, account, routes: own }];
  });
  const here: Registry = {
    ...registry,
    members: registry.members.filter(isHere),
    accounts: new Map(
      [...registry.accounts]
        .filter(([name]) => isHere(name))
        .map(([name, account]) => [
          name,
          {
            ...account,
            services: account.services.filter((service) => isFrom(services.get(service), name)),
          },
        ]),
    ),
    services,
    contracts,
    routes: received(routesHere(registry.routes), subscriptions),
    subscriptions,
  };
  const { canary, ...withoutCanary } = here;
  return {
    ...withoutCanary,
    ...(canary === undefined || canaryMissing(here, canary) !== undefined ? {} : { canary }),
    stories: registry.stories.filter((story) => storyMissing(here, story) === undefined),
  };
}

/** What {@link inEnvironment} leaves out, each with the reason; in the registry's order. */
export function inactiveIn(registry: Registry, environment: Environment): Inactive[] {
  const here = inEnvironment(registry, environment);
  const told = (what: string, why: string | undefined): Inactive[] =>
    why === undefined ? [] : [{ what, why }];
  return [
    ...registry.members.flatMap((name) => told(`account ${name}`, accountMissing(name, environment))),
    ...[...registry.services.values()].flatMap((service) =>
      told(`service ${service.name}`, missing(service, environment)),
    ),
    ...[...registry.contracts.values()].flatMap(({ key, service: owner, publishers }) =>
      [...new Set(publishers.map(({ service }) => service))]
        .filter((name) => name !== owner && here.services.has(owner) && !here.services.has(name))
        .map((name) => ({ what: `${key} by ${name}`, why: `service ${name} is not here` })),
    ),
    ...registry.routes.flatMap((route) =>
      told(`${route.events} to ${route.to}`, routeMissing(registry, environment, route)),
    ),
    ...registry.subscriptions.flatMap((one) =>
      told(`subscription ${one.key}`, subscriptionMissing(registry, environment, one)),
    ),
    ...registry.stories.flatMap((story) => told(`story ${story.name}`, storyMissing(here, story))),
    ...(registry.canary === undefined
      ? []
      : told(`canary ${registry.canary}`, canaryMissing(here, registry.canary))),
    ...environment.archivesElsewhere.map((account) => ({
      what: `archive.local of ${account}`,
      why: `account ${account} is not here`,
    })),
  ];
}

function accountMissing(account: string, environment: Environment): string | undefined {
  return environment.accountIds.has(account) ? undefined : "its id here is null";
}

/** Where a service is in an environment: where it moves to, and where it comes from, if they are two AWS accounts here. */
function accountsIn(service: Service, { accountIds }: Environment): readonly string[] {
  if (service.origin !== undefined)
    return service.origin.accounts.filter((account) => accountIds.has(account));
  const [first, second] = accountsOf(service).filter((account) => accountIds.has(account));
  if (first === undefined) return [];
  return second === undefined || accountIds.get(second) === accountIds.get(first) ? [first] : [first, second];
}

function serviceIn(registry: Registry, service: Service, environment: Environment): Service | undefined {
  if (missing(service, environment) !== undefined) return undefined;
  if (service.origin !== undefined) return awsEventsIn(registry, service, service.origin, environment);
  const [account, second] = accountsIn(service, environment);
  if (account === undefined) return undefined;
  const { alsoFrom: former, ...rest } = service;
  return {
    ...rest,
    account,
    ...(former === undefined || second !== former ? {} : { alsoFrom: former }),
    source: sourceIn(service.source, environment.name),
  };
}

/** Each bus once, though several accounts may be one AWS account here. */
function awsEventsIn(
  registry: Registry,
  service: Service,
  { bus, accounts, ...asked }: Origin,
  environment: Environment,
): Service | undefined {
  const here = accounts.filter((account) => environment.accountIds.has(account));
  const holders = new Set(here.map((account) => holderOf(registry, environment, account)));
  const [account] = holders;
  if (account === undefined) return undefined;
  return {
    ...service,
    account,
    origin: { bus: sourceIn(bus, environment.name), accounts: [...holders].sort(byText), ...asked },
    source: sourceIn(service.source, environment.name),
  };
}

function contractIn(
  contract: Contract,
  services: ReadonlyMap<string, Service>,
  { name }: Environment,
): Contract | undefined {
  const owner = services.get(contract.service);
  if (owner === undefined) return undefined;
  const source = sourceIn(contract.source, name);
  // What is written as two may be one here: `cases.{environment}` and `cases.prod`.
  const former = new Set(contract.alsoSources.map((one) => sourceIn(one, name)));
  return {
    ...contract,
    account: owner.account,
    ...(owner.origin === undefined ? {} : { origin: owner.origin }),
    publishers: contract.publishers.filter(({ service, account }) => isFrom(services.get(service), account)),
    source,
    alsoSources: [...former].filter((one) => one !== source),
  };
}

function isFrom(service: Service | undefined, account: string): boolean {
  return service !== undefined && accountsOf(service).includes(account);
}

/** Why a service is not here. */
function missing(service: Service, environment: Environment): string | undefined {
  if (accountsIn(service, environment).length === 0)
    return service.origin === undefined
      ? `account ${service.account} is not here`
      : `none of ${service.origin.accounts.join(", ")} is here`;
  return elsewhere(service.environments, environment);
}

function elsewhere(environments: readonly string[] | undefined, { name }: Environment): string | undefined {
  if (environments === undefined || environments.includes(name)) return undefined;
  return `it is for ${environments.join(", ")} only`;
}

function routeMissing(registry: Registry, environment: Environment, route: Route): string | undefined {
  if (!environment.accountIds.has(route.to)) return `account ${route.to} is not here`;
  const only = elsewhere(route.environments, environment);
  if (only !== undefined || route.contracts.length === 0) return only;
  const services = new Set(
    route.contracts.flatMap((key) => registry.services.get(registry.contracts.get(key)?.service ?? "") ?? []),
  );
  const isCarried = [...services].some((service) => missing(service, environment) === undefined);
  if (isCarried) return undefined;
  return `${[...services].map(({ name }) => `service ${name}`).join(", ")} ${services.size === 1 ? "is" : "are"} not here`;
}

function subscriptionMissing(
  registry: Registry,
  environment: Environment,
  one: Subscription,
): string | undefined {
  const here = inEnvironment(registry, environment);
  if (!here.services.has(one.service)) return `service ${one.service} is not here`;
  if (here.subscriptions.some(({ key }) => key === one.key)) return undefined;
  return `nothing that it takes is published here`;
}

function canaryMissing(here: Registry, canary: string): string | undefined {
  if (!here.contracts.has(canary)) return `${canary} is not published here`;
  if (here.routes.some(({ contracts }) => contracts.includes(canary))) return undefined;
  return `no route carries ${canary} here`;
}

function storyMissing(here: Registry, { steps }: Story): string | undefined {
  const absent = steps.find((step) => !here.contracts.has(step));
  if (absent !== undefined) return `${absent} is not published here`;
  // Nobody receives anything to publish what AWS does, nor has what AWS publishes but by a route.
  const owners = steps.map((step) => {
    const contract = here.contracts.get(step);
    return contract?.origin === undefined ? contract?.account : undefined;
  });
  const broken = steps.findIndex((step, index) => {
    const next = owners[index + 1];
    return next !== undefined && next !== owners[index] && !isReceived(here, step, next);
  });
  const step = steps[broken];
  return step === undefined ? undefined : `no route brings ${step} to ${owners[broken + 1] ?? ""} here`;
}

function isReceived({ routes }: Registry, contract: string, account: string): boolean {
  return routes.some(({ contracts, to }) => to === account && contracts.includes(contract));
}
