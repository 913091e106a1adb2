import { describe } from "vitest";
import { removed, type EditPath } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";

const filterPath: EditPath = ["routes", 0, "filter"];

const routeMistakes: readonly Mistake[] = [
  {
    name: "a route to a misspelt account",
    edits: [[["routes", 0, "to"], "delivry"]],
    path: "routes[0].to",
    says: ['no account is named "delivry"', 'did you mean "delivery"?'],
  },
  {
    name: "a route to the backbone",
    edits: [[["routes", 0, "to"], "global"]],
    path: "routes[0].to",
    says: [
      "owns the global bus, where what is published is already, and events of AWS never come",
      "route to a member account",
    ],
  },
  {
    name: "a route to a misspelt backbone, which is never proposed",
    edits: [[["routes", 0, "to"], "globl"]],
    path: "routes[0].to",
    says: ['no account is named "globl"; add it to config/accounts.ts or use one of: '],
  },
  {
    name: "a list of receivers",
    edits: [
      [
        ["routes", 0, "to"],
        ["delivery", "orders"],
      ],
    ],
    path: "routes[0].to",
    says: ["received a list", 'one route a line: { events: …, to: "delivery" }, { events: …, to: "orders" }'],
  },
  {
    name: "a route of a misspelt contract",
    edits: [[["routes", 0, "events"], "orders/Order.Creatd"]],
    path: "routes[0].events",
    says: ['service "orders" declares no contract "Order.Creatd"', 'did you mean "orders/Order.Created"?'],
  },
  {
    name: "a route of a misspelt service",
    edits: [[["routes", 0, "events"], "order/Order.Created"]],
    path: "routes[0].events",
    says: ['no service publishes "order/Order.Created"', 'did you mean "orders/Order.Created"?'],
  },
  {
    name: "a route without a service",
    edits: [[["routes", 0, "events"], "Something"]],
    path: "routes[0].events",
    says: ['write "<service>/<detail-type>", "<service>/*" or "*"', "use one of: orders/Order.Created"],
  },
  {
    name: "a route of a wrong type",
    edits: [[["routes", 0], "orders/Order.Created -> delivery"]],
    path: "routes[0]",
    says: ["expected an object", "write { events, to, filter, includeOwn, allowUndeclared, environments }"],
  },
  {
    name: "a route without a receiver",
    edits: [[["routes", 0, "to"], removed]],
    path: "routes[0].to",
    says: ["expected text, received nothing", "name the account"],
  },
  {
    name: "a misspelt key of a route",
    edits: [
      [["routes", 0, "events"], removed],
      [["routes", 0, "event"], "orders/Order.Created"],
    ],
    path: "routes[0].event",
    says: ['did you mean "events"?'],
  },
  {
    name: "an own contract routed back",
    edits: [[["routes", 4], { events: "orders/Order.Created", to: "orders" }]],
    path: "routes[4].events",
    says: ['"orders" owns orders/Order.Created and would hear itself', "includeOwn: true"],
  },
  {
    name: "includeOwn for another's contract",
    edits: [[["routes", 0, "includeOwn"], true]],
    path: "routes[0].includeOwn",
    says: ['is not "delivery"\'s own', "remove includeOwn"],
  },
  {
    name: "includeOwn of a wrong type",
    edits: [[["routes", 4], { events: "orders/Order.Created", to: "orders", includeOwn: "yes" }]],
    path: "routes[4].includeOwn",
    says: ['expected true or false, received the string "yes"'],
  },
  {
    name: "includeOwn beside a wildcard",
    edits: [[["routes", 3, "includeOwn"], true]],
    path: "routes[3].includeOwn",
    says: ["a wildcard leaves out the account's own contracts", "a route of its own"],
  },
  {
    name: "a wildcard that carries nothing",
    edits: [[["routes", 4], { events: "orders/*", to: "orders" }]],
    path: "routes[4].events",
    says: ["carries nothing", "remove the route"],
  },
  {
    name: "the same route twice",
    edits: [[["routes", 4], { events: "orders/Order.Created", to: "delivery" }]],
    path: "routes[4]",
    says: ['routes[0] brings orders/Order.Created to "delivery" already', "remove one of the two"],
  },
  {
    name: "a filter beside the whole",
    edits: [
      [
        ["routes", 4],
        { events: "orders/Order.Created", to: "delivery", filter: { orderId: [{ prefix: "o-" }] } },
      ],
      [["routes", 0], { events: "orders/Order.Created", to: "delivery" }],
    ],
    path: "routes[4]",
    says: [
      'routes[0] brings orders/Order.Created to "delivery" already',
      "beside the other one a filter keeps nothing back, so remove one of the two",
    ],
  },
  {
    name: "the same filter twice",
    edits: [
      [filterPath, { orderId: [{ prefix: "o-" }] }],
      [
        ["routes", 4],
        { events: "orders/Order.Created", to: "delivery", filter: { orderId: [{ prefix: "o-" }] } },
      ],
    ],
    path: "routes[4]",
    says: ['routes[0] brings orders/Order.Created to "delivery" already', "remove one of the two"],
  },
  {
    name: "a wildcard beside a named contract",
    edits: [[["routes", 4], { events: "orders/*", to: "delivery" }]],
    path: "routes[4]",
    says: ['routes[0] brings orders/Order.Created to "delivery" already'],
  },
  {
    name: "a filtered route beside a wildcard",
    edits: [
      [
        ["routes", 4],
        { events: "orders/Order.Created", to: "archive", filter: { orderId: [{ prefix: "o-" }] } },
      ],
    ],
    path: "routes[4]",
    says: [
      'routes[3] brings orders/Order.Created to "archive" already',
      "single contracts instead of a wildcard",
    ],
  },
  {
    name: "everything beside everything of one service",
    edits: [[["routes", 4], { events: "delivery/*", to: "archive" }]],
    path: "routes[4]",
    says: ['routes[3] brings delivery/Delivery.Updated to "archive" already'],
  },
  {
    name: "a filter that EventBridge would reject",
    edits: [[filterPath, { orderId: [{ starts: "o-" }] }]],
    path: "routes[0].filter",
    says: ["EventBridge would reject the pattern at", "starts"],
  },
  {
    name: "a filter with a value outside a list",
    edits: [[filterPath, { orderId: "o-1" }]],
    path: "routes[0].filter",
    says: ["EventBridge would reject the pattern at", "orderId"],
  },
  {
    name: "an empty filter",
    edits: [[filterPath, {}]],
    path: "routes[0].filter",
    says: ["EventBridge would reject the pattern at"],
  },
  {
    name: "a filter on a field that the schema lacks",
    edits: [[filterPath, { total: { amont: [{ numeric: [">", 100] }] } }]],
    path: "routes[0].filter",
    says: ['has no field "total.amont"', 'did you mean "total.amount"?'],
  },
  {
    name: "a filter on a field that the elements of a list lack",
    edits: [[filterPath, { lines: { skuu: ["tea"] } }]],
    path: "routes[0].filter",
    says: ['has no field "lines.skuu"', 'did you mean "lines.sku"?'],
  },
  {
    name: "a filter of a wrong type",
    edits: [[filterPath, "total > 100"]],
    path: "routes[0].filter",
    says: ['expected an object, received the string "total > 100"', "write a pattern for detail"],
  },
  {
    name: "a filter that is no JSON",
    edits: [[filterPath, { orderId: [undefined] }]],
    path: "routes[0].filter",
    says: ["is not plain JSON", "write text, numbers"],
  },
];

describe("a mistake in the routes", () => {
  itReportsOnce(routeMistakes);
});
