import * as entries from "./entries.js";
import type { PathSegments } from "./problem.js";
import type { ProblemList } from "./read.js";
import {
  byText,
  type Contract,
  type Environment,
  type Origin,
  type Publisher,
  type Registry,
  type Route,
} from "./registry.js";

/**
 * What accounts and services are called: a key is how entries of the registry name each other, a name what AWS, stacks
 * and commands know. Names are unique, and mostly the keys.
 */
export interface Naming {
  readonly nameOf: (key: string) => string;
  readonly keyOf: (name: string) => string;
  /** Where the name is written. */
  readonly pathOf: (key: string) => PathSegments;
}

/** @param written names by key, of the entries that have one; the others are called as their key */
export function readNames(
  problems: ProblemList,
  section: "accounts" | "services",
  keys: readonly string[],
  written: ReadonlyMap<string, string>,
): Naming {
  const pathOf = (key: string): PathSegments => [section, key, ...(written.has(key) ? ["name"] : [])];
  const keysByName = new Map<string, string>();
  for (const key of keys) {
    const name = written.get(key) ?? key;
    for (const [text, path] of [[key, [section, key]] as const, [name, pathOf(key)] as const]) {
      if (entries.keyCharacters.test(text)) continue;
      problems.add(
        path,
        `${JSON.stringify(text)} cannot stand in a name in every AWS service; ${entries.keyMend}`,
      );
    }
    const other = keysByName.get(name);
    if (other === undefined) keysByName.set(name, key);
    else
      problems.add(
        written.has(key) ? pathOf(key) : pathOf(other),
        `${section === "accounts" ? "account" : "service"} "${written.has(key) ? other : key}" is called "${name}" already; choose another name`,
      );
  }
  return {
    nameOf: (key) => written.get(key) ?? key,
    keyOf: (name) => keysByName.get(name) ?? name,
    pathOf,
  };
}

/** The registry with names in place of keys, and sorted by them: a key that is renamed with its name kept changes nothing. */
export function called(registry: Registry, accounts: Naming, services: Naming): Registry {
  const account = accounts.nameOf;
  const service = services.nameOf;
  /** `orders/Order.Created`, `orders/Order.*` or `orders/*`. */
  const events = (text: string): string => {
    const slash = text.indexOf("/");
    return slash < 0 ? text : service(text.slice(0, slash)) + text.slice(slash);
  };
  const listed = (texts: readonly string[]) => texts.map(events).sort(byText);
  const byName = <Value>(
    map: ReadonlyMap<string, Value>,
    name: (key: string) => string,
  ): Map<string, Value> =>
    new Map([...map].map(([key, value]) => [name(key), value] as const).sort(([a], [b]) => byText(a, b)));
  const environment = (one: Environment): Environment => ({
    ...one,
    accountIds: byName(one.accountIds, account),
    archivesElsewhere: one.archivesElsewhere.map(account).sort(byText),
    ...(one.archive === undefined
      ? {}
      : { archive: { ...one.archive, local: byName(one.archive.local, account) } }),
  });
  const origin = ({ origin: from }: { readonly origin?: Origin }) =>
    from === undefined ? {} : { origin: { ...from, accounts: from.accounts.map(account).sort(byText) } };
  /** The owner first. */
  const rankOf = (one: Contract, by: Publisher) => (by.service === service(one.service) ? "" : by.service);
  const route = ({ selector, ...one }: Route): Route => ({
    ...one,
    events: events(one.events),
    selector:
      selector.kind === "contract"
        ? { ...selector, contract: events(selector.contract) }
        : selector.kind === "service"
          ? { ...selector, service: service(selector.service) }
          : selector,
    to: account(one.to),
    contracts: listed(one.contracts),
  });
  return {
    ...registry,
    backbone: account(registry.backbone),
    members: registry.members.map(account).sort(byText),
    accounts: byName(
      mapped(registry.accounts, (one) => ({
        ...one,
        name: account(one.name),
        services: one.services.map(service).sort(byText),
      })),
      account,
    ),
    environments: byName(mapped(registry.environments, environment), (key) => key),
    services: byName(
      mapped(registry.services, ({ alsoFrom, ...one }) => ({
        ...one,
        ...origin(one),
        name: service(one.name),
        account: account(one.account),
        ...(alsoFrom === undefined ? {} : { alsoFrom: account(alsoFrom) }),
        contracts: listed(one.contracts),
      })),
      service,
    ),
    contracts: byName(
      mapped(registry.contracts, (one) => ({
        ...one,
        ...origin(one),
        key: events(one.key),
        service: service(one.service),
        account: account(one.account),
        alsoSources: [...one.alsoSources].sort(byText),
        publishers: one.publishers
          .map((by) => ({ service: service(by.service), account: account(by.account) }))
          .sort((left, right) => byText(rankOf(one, left), rankOf(one, right))),
      })),
      events,
    ),
    routes: registry.routes.map(route).sort(byReceiver),
    subscriptions: registry.subscriptions
      .map((one) => ({
        ...one,
        key: events(one.key),
        service: service(one.service),
        account: account(one.account),
        routes: one.routes.map(route).sort(byReceiver),
        answers: listed(one.answers),
      }))
      .sort((left, right) => byText(left.key, right.key)),
    stories: registry.stories.map((story) => ({ ...story, steps: story.steps.map(events) })),
    ...(registry.canary === undefined ? {} : { canary: events(registry.canary) }),
  };
}

function byReceiver(left: Route, right: Route): number {
  return byText(left.to, right.to) || byText(left.events, right.events);
}

function mapped<Value>(
  map: ReadonlyMap<string, Value>,
  change: (value: Value) => Value,
): ReadonlyMap<string, Value> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
