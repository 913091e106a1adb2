import { describe, expect, expectTypeOf, it } from "vitest";
import {
  defineAccounts,
  defineRoutes,
  defineService,
  type RegistryDefinition,
} from "../../infra/registry/define.js";
import { inactiveIn, inEnvironment, parseRegistry } from "../../infra/registry/index.js";
import { selectStack, UnknownStackError } from "../../infra/topology/index.js";
import { editedAll, type EditPath } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { registry as stagingFirst } from "../fixtures/registries/staging-first.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const absent = (account: string): [EditPath, unknown] => [
  ["environments", "prod", "accountIds", account],
  null,
];
const inDevOnly = (...path: EditPath): [EditPath, unknown] => [[...path, "environments"], ["dev"]];

const mistakes: readonly Mistake[] = [
  {
    name: "an environment without a backbone",
    edits: [absent("global")],
    path: "environments.prod.accountIds.global",
    says: ['"global" owns the global bus', "write its account id"],
  },
  {
    name: "a misspelt environment of a service",
    edits: [[["services", "orders", "environments"], ["devv"]]],
    path: "services.orders.environments[0]",
    says: ['no environment is named "devv"', 'did you mean "dev"?'],
  },
  {
    name: "a misspelt environment of a route",
    edits: [
      [
        ["routes", 0, "environments"],
        ["dev", "prd"],
      ],
    ],
    path: "routes[0].environments[1]",
    says: ['no environment is named "prd"', 'did you mean "prod"?'],
  },
  {
    name: "an environment named twice",
    edits: [
      [
        ["routes", 0, "environments"],
        ["dev", "dev"],
      ],
    ],
    path: "routes[0].environments[1]",
    says: ['"dev" stands here twice', "remove one"],
  },
  {
    name: "a service in no environment",
    edits: [[["services", "delivery", "environments"], []]],
    path: "services.delivery.environments",
    says: ["is in no environment", "leave it out for all"],
  },
  {
    name: "an environment that is no list",
    edits: [[["services", "delivery", "environments"], "dev"]],
    path: "services.delivery.environments",
    says: ["expected a list of environments", 'such as ["dev"]'],
  },
  {
    name: "two routes that meet in one environment of two",
    edits: [inDevOnly("routes", 0), [["routes", 4], { events: "orders/Order.Created", to: "delivery" }]],
    path: "routes[4]",
    says: ['routes[0] brings orders/Order.Created to "delivery" already', "none in common"],
  },
];

describe("what is for some environments only", () => {
  itReportsOnce(mistakes);

  it("may be said differently for each", () => {
    const edits: [EditPath, unknown][] = [
      inDevOnly("routes", 0),
      [["routes", 4], { events: "orders/Order.Created", to: "delivery", environments: ["prod"] }],
    ];
    const registry = parseRegistry(editedAll(shopRegistry, edits));
    for (const environment of registry.environments.values()) {
      const { routes } = inEnvironment(registry, environment);
      const created = routes.filter(
        ({ events, to }) => events === "orders/Order.Created" && to === "delivery",
      );
      expect(created.map(({ environments }) => environments)).toEqual([[environment.name]]);
    }
  });

  it("is refused by the types where it names no environment", () => {
    const accounts = defineAccounts({
      hub: { backbone: true, description: "Owns the global bus." },
      shop: { description: "Sells." },
    });
    const service = defineService(accounts, {
      account: "shop",
      source: "com.example",
      environments: ["dev"],
      contracts: {},
    });
    const routes = defineRoutes(accounts, { service }, [
      { events: "service/*", to: "shop", environments: ["dev"] },
    ]);
    expectTypeOf(service.environments).toEqualTypeOf<readonly "dev"[] | undefined>();
    expectTypeOf(routes[0]?.environments).toEqualTypeOf<readonly "dev"[] | undefined>();
  });
});

describe("a registry in one environment", () => {
  const registry = parseRegistry(stagingFirst);
  const named = (name: string) => {
    const environment = registry.environments.get(name);
    if (environment === undefined) throw new Error(`no environment ${name}`);
    return environment;
  };

  it("has everything that is not for another one", () => {
    expect(inEnvironment(registry, named("dev"))).toEqual(registry);
    expect(inactiveIn(registry, named("dev"))).toEqual([]);
  });

  it("lacks an account without an id there, and all that names it, each with the reason", () => {
    const here = inEnvironment(registry, named("prod"));
    expect(here.members).toEqual(["delivery", "orders"]);
    expect([...here.accounts.keys()]).toEqual(["delivery", "global", "orders"]);
    expect([...here.services.keys()]).toEqual(["delivery", "orders"]);
    expect(here.routes.map(({ events, to }) => `${events} to ${to}`)).toEqual([
      "orders/Order.Created to delivery",
      "orders/Order.Updated to delivery",
      "delivery/Delivery.Updated to orders",
    ]);
    expect(here.stories.map(({ name }) => name)).not.toContain("paid");
    expect(here.canary).toBeUndefined();
    expect(named("prod").archive?.local).toEqual(new Map());
    expect(inactiveIn(registry, named("prod")).map(({ what, why }) => `${what}: ${why}`)).toEqual([
      "account payments: its id here is null",
      "service loyalty: it is for dev only",
      "service payments: account payments is not here",
      "loyalty/* to delivery: service loyalty is not here",
      "payments/Payment.Received to delivery: it is for dev only",
      "payments/Payment.Received to orders: service payments is not here",
      "orders/Order.Created to payments: account payments is not here",
      "story paid: payments/Payment.Received is not published here",
      "canary payments/Payment.Received: payments/Payment.Received is not published here",
      "archive.local of payments: account payments is not here",
    ]);
  });

  it("says of a story and of the canary that a route is missing there", () => {
    const edits: [EditPath, unknown][] = [
      inDevOnly("routes", 0),
      [
        ["stories"],
        {
          told: {
            title: "An order is brought",
            steps: ["orders/Order.Created", "delivery/Delivery.Updated"],
          },
        },
      ],
      [["canary"], "orders/Order.Created"],
      [["routes", 3, "environments"], ["dev"]],
    ];
    const without = parseRegistry(editedAll(shopRegistry, edits));
    const prod = without.environments.get("prod");
    expect(prod && inactiveIn(without, prod).map(({ what, why }) => `${what}: ${why}`)).toEqual(
      expect.arrayContaining([
        "story told: no route brings orders/Order.Created to delivery here",
        "canary orders/Order.Created: no route carries orders/Order.Created here",
      ]),
    );
  });

  it("leaves a contract that has one owner here in a wildcard of several", () => {
    const all: RegistryDefinition = {
      ...stagingFirst,
      routes: [{ events: "*", to: "delivery" }],
      canary: "orders/Order.Created",
      stories: {},
    };
    const parsed = parseRegistry(all);
    const prod = parsed.environments.get("prod");
    const [route] = prod === undefined ? [] : inEnvironment(parsed, prod).routes;
    expect(route?.contracts).toEqual(["orders/Order.Created", "orders/Order.Updated"]);
  });

  it("has no stack for an account that is not there", () => {
    expect(() => selectStack(registry, "payments")).toThrow(UnknownStackError);
    expect(() => selectStack(registry, "payments")).toThrow(
      'account "payments" is not in "prod": its id there is null',
    );
    expect(selectStack(registry, "payments-dev")).toEqual({ account: "payments", environment: "dev" });
  });
});
