import { describe, expect, it } from "vitest";
import type { RegistryDefinition, ServiceDefinitions } from "../../infra/registry/define.js";
import { parseRegistry, type Registry } from "../../infra/registry/index.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { registry as awsEvents } from "../fixtures/registries/aws-events.js";
import { registry as everySwitch } from "../fixtures/registries/every-switch.js";
import { registry as moving } from "../fixtures/registries/systems/moving.js";
import { registry as records } from "../fixtures/registries/systems/records.js";

const newKey = (key: string) => `new-${key}`;

/** The service in accounts with other keys. */
function moved(service: ServiceDefinitions[string]): ServiceDefinitions[string] {
  if ("from" in service) {
    const { accounts } = service;
    return { ...service, accounts: accounts === "*" ? accounts : accounts.map(newKey) };
  }
  const { alsoFrom, ...rest } = service;
  const former = alsoFrom === undefined ? {} : { alsoFrom: newKey(alsoFrom) };
  return { ...rest, account: newKey(service.account), ...former };
}

/** Other keys for all accounts and services, each with the name it had. */
function rekeyed(definition: RegistryDefinition): RegistryDefinition {
  const events = (text: string) => (text.includes("/") ? newKey(text) : text);
  const each = (texts: string | readonly string[]) =>
    typeof texts === "string" ? events(texts) : texts.map(events);
  const keys = <Value>(object: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [newKey(key), value]));
  const named = <Value>(object: Readonly<Record<string, Value>>) =>
    keys(Object.fromEntries(Object.entries(object).map(([name, value]) => [name, { name, ...value }])));
  return {
    ...definition,
    accounts: named(definition.accounts),
    environments: Object.fromEntries(
      Object.entries(definition.environments).map(([name, environment]) => [
        name,
        {
          ...environment,
          accountIds:
            typeof environment.accountIds === "string"
              ? environment.accountIds
              : keys(environment.accountIds),
          ...(environment.archive === undefined
            ? {}
            : { archive: { ...environment.archive, local: keys(environment.archive.local ?? {}) } }),
        },
      ]),
    ),
    services: named(
      Object.fromEntries(
        Object.entries(definition.services).map(([name, service]) => [name, moved(service)] as const),
      ),
    ),
    routes: definition.routes.map((route) => ({
      ...route,
      events: each(route.events),
      to: newKey(route.to),
    })),
    ...(definition.subscriptions === undefined
      ? {}
      : {
          subscriptions: Object.fromEntries(
            Object.entries(definition.subscriptions).map(([service, own]) => [
              newKey(service),
              Object.fromEntries(
                Object.entries(own).map(([name, { answers, ...one }]) => [
                  name,
                  {
                    ...one,
                    events: each(one.events),
                    ...(answers === undefined ? {} : { answers: each(answers) }),
                  },
                ]),
              ),
            ]),
          ),
        }),
    ...(definition.publishers === undefined
      ? {}
      : {
          publishers: definition.publishers.map(({ events: of, by }) => ({
            events: each(of),
            by: typeof by === "string" ? newKey(by) : by.map(newKey),
          })),
        }),
    stories: Object.fromEntries(
      Object.entries(definition.stories ?? {}).map(([name, story]) => [
        name,
        { ...story, steps: story.steps.map(events) },
      ]),
    ),
    ...(definition.canary === undefined ? {} : { canary: events(definition.canary) }),
  };
}

/** All of it but its warnings, which stand where the registry has them. */
const asText = (registry: Registry) =>
  JSON.stringify({ ...registry, warnings: [] }, (_key, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );

describe("a key that is renamed while its name is kept", () => {
  const systems = { everySwitch, moving, records };

  it.each(Object.entries({ ...systems, awsEvents }))(
    "changes nothing in the registry: %s",
    (_, definition) => {
      expect(asText(parseRegistry(rekeyed(definition)))).toBe(asText(parseRegistry(definition)));
    },
  );

  it.each(Object.entries(systems))("changes nothing that is emitted or proven: %s", async (_, definition) => {
    const before = await rehearse(definition, "prod");
    const after = await rehearse(rekeyed(definition), "prod");
    expect(JSON.stringify(after.plan)).toBe(JSON.stringify(before.plan));
    expect(verifyPlan(after)).toEqual(verifyPlan(before));
  });
});

const mistakes: readonly Mistake[] = [
  {
    name: "two accounts of one name",
    edits: [[["accounts", "delivery", "name"], "orders"]],
    path: "accounts.delivery.name",
    says: ['account "orders" is called "orders" already; choose another name'],
  },
  {
    name: "a name that AWS refuses",
    edits: [[["services", "orders", "name"], "Orders"]],
    path: "services.orders.name",
    says: ['"Orders" cannot stand in a name'],
  },
  {
    name: "an account whose name ends like an environment's",
    edits: [[["accounts", "delivery", "name"], "delivery-dev"]],
    path: "accounts.delivery.name",
    says: ['would be taken for account "delivery" in environment "dev"'],
  },
  {
    name: "a name that is too long",
    edits: [[["services", "orders", "name"], "o".repeat(125)]],
    path: "services.orders.name",
    says: ["the managed policy", "shorten"],
  },
];

describe("a mistake in a name", () => {
  itReportsOnce(mistakes);
});
