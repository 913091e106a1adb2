import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type {
  ContractDefinition,
  EnvironmentDefinition,
  RouteDefinition,
  ServiceDefinition,
} from "../../infra/registry/define.js";
import * as entries from "../../infra/registry/entries.js";
import * as subscriptionEntries from "../../infra/registry/subscriptions/entries.js";
import type { Readers } from "../../infra/registry/entries.js";
import { auditTrailEntry } from "../../infra/registry/switches.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { edited, editedAll, type EditPath, removed } from "../fixtures/edit.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

/** These hold at compile time: `npm run check` reports a test here that no longer does. */
describe("the readers of a definition", () => {
  it("do not compile where one is forgotten, or too many", () => {
    interface Written {
      readonly title: string;
      readonly steps?: readonly string[];
    }
    const title = z.string();
    const steps = z.array(z.string());
    expectTypeOf({ title, steps }).toExtend<Readers<Written>>();
    expectTypeOf({ title }).not.toExtend<Readers<Written>>();
    // @ts-expect-error -- no field of the definition is called so
    const tooMany = { title, steps, step: steps } satisfies Readers<Written>;
    expect(tooMany).toBeDefined();
  });

  it("ask for a reader of each field that a definition has in any form", () => {
    expectTypeOf<keyof Readers<EnvironmentDefinition>>().toEqualTypeOf<keyof EnvironmentDefinition>();
    expectTypeOf<"example" | "examples" | "owner">().toExtend<keyof Readers<ContractDefinition>>();
    expectTypeOf<Readers<RouteDefinition>["filter"]>().toEqualTypeOf<z.ZodType>();
    expectTypeOf<Readers<ServiceDefinition>["owner"]>().toEqualTypeOf<z.ZodType>();
  });
});

/** A registry that uses every field there is, of one entry of each kind. */
const full = editedAll(shopRegistry, [
  [["canary"], "orders/Order.Created"],
  [["sourceStyle"], "any"],
  [["publishers"], [{ events: "orders/Order.Updated", by: "delivery" }]],
  [["routes", 1, "includeOwn"], true],
  [["accounts", "archive", "outsideOrganization"], true],
  ...Object.entries({
    tags: { team: "shop" },
    quotas: { rulesPerBus: 400 },
    archive: { retentionDays: 7, local: { delivery: 7 } },
    alarms: { emails: ["on-call@example.com"], runbook: "https://wiki.example.com/backbone" },
    roles: { path: "/backbone/", permissionsBoundary: "boundary", redrivers: ["ops/*"] },
    // Details of what is sensitive are not logged at any other level.
    busLogging: { level: "OFF", includeDetail: true },
    encryption: true,
    publishing: "organisation",
    auditTrail: { retentionDays: 7, deployRoleArn: "arn:aws:iam::111111111111:role/deploy" },
  }).map(([key, value]) => [["environments", "prod", key], value] as const),
  [["services", "orders", "owner"], "@acme/orders"],
  [["services", "orders", "environments"], ["prod"]],
  [["services", "orders", "source"], "orders"],
  [["services", "orders", "alsoSources"], ["former orders"]],
  [["services", "orders", "alsoFrom"], "archive"],
  [["services", "orders", "name"], "ordering"],
  [["accounts", "archive", "name"], "archives"],
  [
    ["services", "orders", "contracts", "Order.Updated"],
    {
      description: "An order changed.",
      version: 1,
      deprecated: "use Order.Moved",
      owner: "@acme/moves",
      peakPerSecond: 5,
      sensitive: true,
      source: "updates",
      detail: z.looseObject({ orderId: z.string() }),
      examples: { plain: { orderId: "o-1" } },
    },
  ],
  [
    ["routes", 4],
    {
      events: "orders/Order.Updated",
      to: "orders",
      includeOwn: true,
      filter: { status: ["shipped"] },
      allowUndeclared: true,
      environments: ["prod"],
    },
  ],
  [["stories", "delivered", "begins"], "services/orders/place-order.ts"],
  [
    ["subscriptions"],
    {
      delivery: {
        queued: {
          events: "orders/Order.Updated",
          filter: { status: ["shipped"] },
          allowUndeclared: true,
          to: { queue: { name: "orders", key: "arn:aws:kms:eu-west-1:333333333333:key/1" } },
          retry: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 3 },
          answers: "delivery/Delivery.Updated",
        },
        made: {
          events: "orders/Order.Created",
          to: { queue: { visibilityTimeoutSeconds: 5, maxReceiveCount: 2 } },
        },
        run: {
          events: "orders/Order.Created",
          to: {
            function: {
              handler: "services/delivery/start.ts",
              timeoutSeconds: 5,
              memoryMegabytes: 512,
              batchSize: 2,
              maximumConcurrency: 3,
              maxReceiveCount: 2,
              once: true,
            },
          },
        },
        streamed: {
          events: "orders/Order.Created",
          to: { stream: { name: "orders", partitionKeyPath: "$.detail.orderId" } },
        },
      },
    },
  ],
]);

const kinds: readonly { readonly name: string; readonly at: EditPath; readonly keys: readonly string[] }[] = [
  { name: "a registry", at: [], keys: entries.root.keys },
  { name: "the backbone", at: ["accounts", "global"], keys: ["description", "backbone"] },
  { name: "a member", at: ["accounts", "archive"], keys: ["name", "description", "outsideOrganization"] },
  { name: "an environment", at: ["environments", "prod"], keys: entries.environment.keys },
  { name: "an archive", at: ["environments", "prod", "archive"], keys: entries.archive.keys },
  { name: "alarms", at: ["environments", "prod", "alarms"], keys: entries.alarms.keys },
  { name: "a bus's log", at: ["environments", "prod", "busLogging"], keys: entries.busLogging.keys },
  { name: "a trail", at: ["environments", "prod", "auditTrail"], keys: auditTrailEntry.keys },
  {
    name: "what is said of roles",
    at: ["environments", "prod", "roles"],
    keys: ["path", "permissionsBoundary", "redrivers"],
  },
  { name: "a publisher", at: ["publishers", 0], keys: entries.publisher.keys },
  { name: "a service", at: ["services", "orders"], keys: entries.service.keys },
  {
    name: "a contract",
    at: ["services", "orders", "contracts", "Order.Updated"],
    keys: entries.contract.keys.filter((key) => key !== "example"),
  },
  { name: "a route", at: ["routes", 4], keys: entries.route.keys },
  {
    name: "a subscription",
    at: ["subscriptions", "delivery", "queued"],
    keys: subscriptionEntries.subscription.keys,
  },
  {
    name: "a named queue",
    at: ["subscriptions", "delivery", "queued", "to", "queue"],
    keys: subscriptionEntries.namedTargets.queue.keys,
  },
  {
    name: "a retry",
    at: ["subscriptions", "delivery", "queued", "retry"],
    keys: subscriptionEntries.retry.keys,
  },
  {
    name: "a queue that is made",
    at: ["subscriptions", "delivery", "made", "to", "queue"],
    keys: subscriptionEntries.madeQueue.keys,
  },
  {
    name: "a function that is made",
    at: ["subscriptions", "delivery", "run", "to", "function"],
    keys: subscriptionEntries.madeFunction.keys,
  },
  {
    name: "a stream",
    at: ["subscriptions", "delivery", "streamed", "to", "stream"],
    keys: subscriptionEntries.namedTargets.stream.keys,
  },
  { name: "a story", at: ["stories", "delivered"], keys: entries.story.keys },
];

const asText = (registry: unknown) =>
  JSON.stringify(registry, (_, value: unknown) => (value instanceof Map ? [...value] : value));

describe("a field that is written", () => {
  it.each(kinds.flatMap(({ name, at, keys }) => keys.map((key) => ({ name, key, at: [...at, key] }))))(
    "is read, and not forgotten on the way: $key of $name",
    ({ at }) => {
      const without = edited(full, at, removed);
      expect(without).not.toEqual(full);
      if (problemsOf(without).length === 0)
        expect(asText(parseRegistry(without))).not.toBe(asText(parseRegistry(full)));
    },
  );
});
