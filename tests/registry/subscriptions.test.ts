import { describe, expect, it } from "vitest";
import { inEnvironment, inactiveIn, parseRegistry } from "../../infra/registry/index.js";
import type { SubscriptionDefinition } from "../../infra/registry/subscriptions/definition.js";
import { registry as subscribers } from "../fixtures/registries/subscribers.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const created = "orders/Order.Created";
const queue = { queue: {} } as const;

/** The shop with one subscription of delivery's, whatever it is. */
function withOne(subscription: unknown, name = "start", service = "delivery"): unknown {
  return { ...shopRegistry, subscriptions: { [service]: { [name]: subscription } } };
}

function receivedBy(account: string, definition: unknown) {
  const registry = parseRegistry(definition);
  const environment = registry.environments.get("prod");
  if (environment === undefined) throw new Error("no prod");
  return inEnvironment(registry, environment)
    .routes.filter(({ to }) => to === account)
    .map(({ events, contracts, filter }) => ({
      events,
      contracts,
      ...(filter === undefined ? {} : { filter }),
    }));
}

describe("a mistake in a subscription", () => {
  const at = (path: string) => `subscriptions.delivery.start.${path}`;
  it.each([
    {
      name: "an unknown service",
      definition: withOne({ events: created, to: queue }, "start", "delivry"),
      path: "subscriptions.delivry",
      message: 'no service is named "delivry"; did you mean "delivery"?',
    },
    {
      name: "an unknown contract",
      definition: withOne({ events: "orders/Order.Creatd", to: queue }),
      path: at("events"),
      message: 'service "orders" declares no contract "Order.Creatd"; did you mean "orders/Order.Created"?',
    },
    {
      name: "a filter that cannot match",
      definition: withOne({ events: created, filter: { totl: ["x"] }, to: queue }),
      path: at("filter"),
      message: /totl/,
    },
    {
      name: "a bus, which would be the second hop",
      definition: withOne({ events: created, to: { bus: { name: "other" } } }),
      path: at("to.bus"),
      message: /EventBridge forwards an event once/,
    },
    {
      name: "a kind that is misspelt",
      definition: withOne({ events: created, to: { queu: {} } }),
      path: at("to.queu"),
      message: /did you mean "queue"\?/,
    },
    {
      name: "two targets",
      definition: withOne({ events: created, to: { queue: {}, topic: { name: "x" } } }),
      path: at("to"),
      message:
        "names queue and topic, and a subscription has one target; give each a subscription of its own",
    },
    {
      name: "no target",
      definition: withOne({ events: created, to: {} }),
      path: at("to"),
      message: /names nothing; write { queue: {} }/,
    },
    {
      name: "a FIFO queue",
      definition: withOne({ events: created, to: { queue: { name: "orders.fifo" } } }),
      path: at("to.queue.name"),
      message:
        '"orders.fifo" is a FIFO queue, which EventBridge gives one message group: its events would all be one group; name a standard one',
    },
    {
      name: "an ARN instead of a name",
      definition: withOne({
        events: created,
        to: { function: { name: "arn:aws:lambda:eu-west-1:333333333333:function:x" } },
      }),
      path: at("to.function.name"),
      message: /write the name alone, not its ARN/,
    },
    {
      name: "an alias as key",
      definition: withOne({ events: created, to: { queue: { name: "x", key: "alias/mine" } } }),
      path: at("to.queue.key"),
      message: /an alias cannot stand in a policy/,
    },
    {
      name: "a handler outside the project",
      definition: withOne({ events: created, to: { function: { handler: "../elsewhere/start.ts" } } }),
      path: at("to.function.handler"),
      message: /write it from the folder of Pulumi.yaml/,
    },
    {
      name: "a handler by a roundabout way",
      definition: withOne({ events: created, to: { function: { handler: "./services/start.ts" } } }),
      path: at("to.function.handler"),
      message: /write it from the folder of Pulumi.yaml/,
    },
    {
      name: "a partition key that no event has",
      definition: withOne({
        events: created,
        to: { stream: { name: "orders", partitionKeyPath: "$.detail.nope" } },
      }),
      path: at("to.stream.partitionKeyPath"),
      message: /an example of orders\/Order.Created has no text at \$.detail.nope/,
    },
    {
      name: "a name like that of another's letters",
      definition: withOne({ events: created, to: queue }, "start-letters"),
      path: "subscriptions.delivery.start-letters",
      message: /ends in -letters/,
    },
    {
      name: "a retry beyond what EventBridge takes",
      definition: withOne({ events: created, to: queue, retry: { maximumEventAgeInSeconds: 5 } }),
      path: at("retry.maximumEventAgeInSeconds"),
      message:
        "5 is not within 60 and 86400; write 60 to 86400 seconds of EventBridge's trying, or leave it out",
    },
    {
      name: "an answer of another service's",
      definition: withOne({ events: created, to: queue, answers: "orders/Order.Updated" }),
      path: at("answers"),
      message:
        '"delivery" may not publish orders/Order.Updated; add { events: "orders/Order.Updated", by: "delivery" } to the publishers, or remove it',
    },
    {
      name: "a name that AWS would refuse",
      definition: withOne({ events: created, to: queue }, "start_it"),
      path: "subscriptions.delivery.start_it",
      message: /cannot stand in a name in every AWS service/,
    },
    {
      name: "a name that is too long",
      definition: withOne({ events: created, to: queue }, "s".repeat(50)),
      path: `subscriptions.delivery.${"s".repeat(50)}`,
      message: /would have \d+ characters, AWS takes 64/,
    },
    {
      name: "what is not there",
      definition: withOne({ events: created, to: queue, filtr: {} }),
      path: at("filtr"),
      message: 'nothing is called so here; did you mean "filter"?',
    },
    {
      name: "a wildcard that names nothing but the account's own",
      definition: withOne({ events: "delivery/*", to: queue }),
      path: at("events"),
      message: /everything it names is "delivery"'s own; name each contract that is meant/,
    },
    {
      name: "a service that neither publishes nor subscribes",
      definition: {
        ...shopRegistry,
        services: {
          ...shopRegistry.services,
          idle: { account: "orders", source: "com.example.idle", contracts: {} },
        },
      },
      path: "services.idle.contracts",
      message: /declares no contract, and the service subscribes to none/,
    },
  ])("is told where it stands: $name", ({ definition, path, message }) => {
    const problems = problemsOf(definition);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toMatch(message);
  });

  it("is told of every subscription at once", () => {
    const definition = {
      ...shopRegistry,
      subscriptions: {
        delivery: {
          one: { events: "nobody/Nothing", to: { bus: {} } },
          other: { events: created, to: { queue: 3 } },
        },
      },
    };
    expect(problemsOf(definition).map(({ path }) => path)).toEqual([
      "subscriptions.delivery.one.events",
      "subscriptions.delivery.one.to.bus",
      "subscriptions.delivery.other.to.queue",
    ]);
  });
});

describe("what an account receives", () => {
  const filter = { total: { amount: [{ numeric: [">", 100] }] } };
  const other = { orderId: ["o-1"] };
  const delivery = (...subscriptions: readonly SubscriptionDefinition[]) => ({
    ...shopRegistry,
    routes: [],
    stories: {},
    subscriptions: { delivery: Object.fromEntries(subscriptions.map((one, index) => [`s${index}`, one])) },
  });

  it("is what its subscriptions take, without a route", () => {
    const definition = delivery({ events: created, to: queue });
    expect(receivedBy("delivery", definition)).toEqual([{ events: created, contracts: [created] }]);
  });

  it("is whole where one of two subscriptions takes it whole", () => {
    const definition = delivery({ events: created, filter, to: queue }, { events: created, to: queue });
    expect(receivedBy("delivery", definition)).toEqual([{ events: created, contracts: [created] }]);
  });

  it("is what passes either of two filters", () => {
    const definition = delivery(
      { events: created, filter, to: queue },
      { events: created, filter: other, to: queue },
    );
    expect(receivedBy("delivery", definition)).toEqual([
      { events: created, contracts: [created], filter: { detail: { $or: [other, filter] } } },
    ]);
  });

  it("is widened where a route brings less than a subscription takes", () => {
    const definition = {
      ...delivery({ events: "orders/*", to: queue }),
      routes: [{ events: created, to: "delivery", filter }],
    };
    expect(receivedBy("delivery", definition)).toEqual([
      { events: "orders/*", contracts: [created, "orders/Order.Updated"] },
    ]);
  });

  it("stays the route's where that brings it already", () => {
    const definition = {
      ...delivery({ events: created, filter, to: queue }),
      routes: [{ events: "orders/*", to: "delivery" }],
    };
    expect(receivedBy("delivery", definition)).toEqual([
      { events: "orders/*", contracts: [created, "orders/Order.Updated"] },
    ]);
  });
});

describe("a subscription", () => {
  it("is not where its service is not", () => {
    const registry = parseRegistry({
      ...subscribers,
      services: {
        ...subscribers.services,
        reports: { ...subscribers.services.reports, environments: ["dev"] },
      },
    });
    const prod = registry.environments.get("prod");
    if (prod === undefined) throw new Error("no prod");
    expect(inEnvironment(registry, prod).subscriptions.map(({ service }) => service)).not.toContain(
      "reports",
    );
    expect(inactiveIn(registry, prod)).toContainEqual({
      what: "subscription reports/everything",
      why: "service reports is not here",
    });
  });

  it.each([
    {
      name: "orders -> delivery -> orders is no circle of contracts",
      answers: "orders/Order.Updated",
      warned: false,
    },
    {
      name: "a contract that an answer to its answer brings back is one",
      answers: "orders/Order.Created",
      warned: true,
    },
  ])("is warned of a circle: $name", ({ answers, warned }) => {
    const { warnings } = parseRegistry({
      ...shopRegistry,
      services: {
        ...shopRegistry.services,
        orders: {
          ...shopRegistry.services.orders,
          contracts: {
            ...shopRegistry.services.orders?.contracts,
            "Order.Created": {
              ...shopRegistry.services.orders?.contracts["Order.Created"],
              peakPerSecond: 10,
            },
          },
        },
      },
      routes: [],
      stories: {},
      subscriptions: {
        delivery: { start: { events: created, to: queue, answers: "delivery/Delivery.Updated" } },
        orders: {
          update: { events: "delivery/Delivery.Updated", to: queue, answers },
        },
      },
    });
    const circles = warnings.filter(({ message }) => message.includes("circle"));
    expect(circles.map(({ path, message }) => `${path}: ${message}`)).toEqual(
      warned
        ? [
            "subscriptions.delivery.start.answers: contracts go round in a circle: orders/Order.Created (delivery/start) -> delivery/Delivery.Updated (orders/update) -> orders/Order.Created; each event becomes 2 more a round (20 a second at the peak of orders/Order.Created, once around); let the code end it, or remove what it does not publish",
          ]
        : [],
    );
  });
});
