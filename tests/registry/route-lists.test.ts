import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import type { RegistryDefinition } from "../../infra/registry/define.js";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import { edited, editedAll, removed, type EditPath } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const both = ["orders/Order.Created", "orders/Order.Updated"];

/** The shop with its first two routes, which bring an account two contracts, written as this one. */
function shopWithList(route: object): unknown {
  return editedAll(shopRegistry, [
    [["routes", 1], removed],
    [["routes", 0], { to: "delivery", ...route }],
  ]);
}

function routesOf(definition: unknown) {
  const { routes, warnings } = parseRegistry(definition);
  return { routes, warnings };
}

describe("a route of a list", () => {
  it("means one route per item", () => {
    expect(routesOf(shopWithList({ events: both }))).toEqual(routesOf(shopRegistry));
  });

  it("may be of one", () => {
    const list = edited(shopRegistry, ["routes", 0, "events"], ["orders/Order.Created"]);
    expect(routesOf(list)).toEqual(routesOf(shopRegistry));
  });

  it("gives each item the filter and the options", () => {
    const options = { filter: { orderId: [{ prefix: "o-" }] }, to: "orders", includeOwn: true };
    const list = edited(shopRegistry, ["routes", 4], { events: both, ...options });
    const lines = editedAll(shopRegistry, [
      [["routes", 4], { events: both[0], ...options }],
      [["routes", 5], { events: both[1], ...options }],
    ]);
    expect(routesOf(list)).toEqual(routesOf(lines));
  });

  it("joins an item's filter with that of another route", () => {
    const [low, high] = [{ orderId: [{ prefix: "a" }] }, { orderId: [{ prefix: "b" }] }];
    const { routes } = routesOf(
      edited(shopWithList({ events: both, filter: low }), ["routes", 3], {
        events: "orders/Order.Created",
        to: "delivery",
        filter: high,
      }),
    );
    expect(
      routes.filter(({ to }) => to === "delivery").map(({ events, filter }) => [events, filter?.detail]),
    ).toEqual([
      ["orders/Order.Created", { $or: [low, high] }],
      ["orders/Order.Updated", low],
    ]);
  });

  it("means the same in any registry as its items one by one", () => {
    fc.assert(
      fc.property(arbitraryRegistry({ members: 6 }), (registry) => {
        expect(routesOf(unlisted(registry)).routes).toEqual(routesOf(registry).routes);
      }),
    );
  });

  it("tells of all its mistakes at once, each at its item", () => {
    const events = ["orders/Order.Creatd", 5, "orders/Order.Updated", "*"];
    const problems = problemsOf(shopWithList({ events, to: "delivry" }));
    expect(problems.map(({ path }) => path)).toEqual([
      "routes[0].to",
      "routes[0].events[0]",
      "routes[0].events[1]",
    ]);
  });

  it("says nothing of a story whose event a mistaken item may have been meant to bring", () => {
    const problems = problemsOf(shopWithList({ events: ["orders/Order.Updated", null] }));
    expect(problems.map(({ path }) => path)).toEqual(["routes[0].events[1]"]);
  });
});

function unlisted(registry: RegistryDefinition): RegistryDefinition {
  const routes = registry.routes.flatMap((route) =>
    [route.events].flat().map((events) => ({ ...route, events })),
  );
  return { ...registry, routes };
}

const listAt = (index: number): EditPath => ["routes", index, "events"];

const listMistakes: readonly Mistake[] = [
  {
    name: "an empty list",
    edits: [[listAt(0), []]],
    path: "routes[0].events",
    says: ["is an empty list, which says nothing", "name contracts, or remove the entry"],
  },
  {
    name: "an item of a wrong type",
    edits: [[listAt(0), ["orders/Order.Created", ["orders/Order.Updated"]]]],
    path: "routes[0].events[1]",
    says: ["expected text, received a list", 'write one contract ("orders/Order.Created")'],
  },
  {
    name: "a misspelt item",
    edits: [[listAt(0), ["orders/Order.Created", "delivry/Delivery.Updated"]]],
    path: "routes[0].events[1]",
    says: ['no service publishes "delivry/Delivery.Updated"', 'did you mean "delivery/Delivery.Updated"?'],
  },
  {
    name: "an item twice",
    edits: [[listAt(0), ["orders/Order.Created", "orders/Order.Created"]]],
    path: "routes[0].events[1]",
    says: ['"orders/Order.Created" stands in the list already, at events[0]', "remove one of the two"],
  },
  {
    name: "one contract by two items",
    edits: [
      [["routes", 4], { events: ["orders/*", "orders/Order.Created"], to: "archive" }],
      [["routes", 3], { events: "delivery/Delivery.Updated", to: "archive" }],
    ],
    path: "routes[4].events[1]",
    says: [
      'routes[4].events[0] brings orders/Order.Created to "archive" already',
      "remove one of the two, or name single contracts instead of a wildcard",
    ],
  },
  {
    name: "an item that another route brings",
    edits: [[["routes", 4], { events: ["delivery/*"], to: "archive" }]],
    path: "routes[4].events[0]",
    says: ['routes[3] brings delivery/Delivery.Updated to "archive" already'],
  },
  {
    name: "a route of what an item brings",
    edits: [
      [listAt(0), ["orders/Order.Created"]],
      [["routes", 4], { events: "orders/Order.Created", to: "delivery" }],
    ],
    path: "routes[4]",
    says: ['routes[0].events[0] brings orders/Order.Created to "delivery" already', "remove one of the two"],
  },
  {
    name: "an own contract in a list",
    edits: [[["routes", 4], { events: ["orders/Order.Created"], to: "orders" }]],
    path: "routes[4].events[0]",
    says: ["would hear itself", "remove it, or give it a route of its own with includeOwn: true"],
  },
  {
    name: "a list of own contracts and others",
    edits: [
      [
        ["routes", 2],
        { events: ["delivery/Delivery.Updated", "orders/Order.Created"], to: "orders", includeOwn: true },
      ],
    ],
    path: "routes[2].includeOwn",
    says: ['delivery/Delivery.Updated is not "orders"\'s own', "bring it by a route without includeOwn"],
  },
  {
    name: "an item that carries nothing",
    edits: [[listAt(2), ["delivery/Delivery.Updated", "orders/*"]]],
    path: "routes[2].events[1]",
    says: ["carries nothing", "remove it, or name each contract with includeOwn: true"],
  },
  {
    name: "a wildcard in a list beside includeOwn",
    edits: [
      [["routes", 4], { events: ["orders/Order.Created", "delivery/*"], to: "orders", includeOwn: true }],
      [["routes", 2], removed],
      [["stories"], removed],
    ],
    path: "routes[3].includeOwn",
    says: ["a wildcard leaves out the account's own contracts"],
  },
  {
    name: "a filter on a field that one of the contracts lacks",
    edits: [
      [listAt(0), both],
      [["routes", 0, "filter"], { status: ["shipped"] }],
      [["routes", 1], removed],
    ],
    path: "routes[0].filter",
    says: [
      'the detail of orders/Order.Created has no field "status"',
      "leave orders/Order.Created out: the events of a route may be a list of single contracts",
    ],
  },
];

describe("a mistake in a list of events", () => {
  itReportsOnce(listMistakes);
});
