import { describe } from "vitest";
import { removed } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const storyMistakes: readonly Mistake[] = [
  {
    name: "a story step that its owner has not received",
    edits: [[["routes", 0], removed]],
    path: "stories.delivered.steps[1]",
    says: [
      '"delivery" publishes delivery/Delivery.Updated but no route brings it orders/Order.Created',
      'add { events: "orders/Order.Created", to: "delivery" }',
    ],
  },
  {
    name: "a story of a misspelt contract",
    edits: [[["stories", "delivered", "steps", 1], "delivery/Delivery.Update"]],
    path: "stories.delivered.steps[1]",
    says: ['did you mean "delivery/Delivery.Updated"?'],
  },
  {
    name: "a story with a wildcard",
    edits: [[["stories", "delivered", "steps", 0], "orders/*"]],
    path: "stories.delivered.steps[0]",
    says: ['"orders/*" is a wildcard', "name one contract"],
  },
  {
    name: "a story without steps",
    edits: [[["stories", "delivered", "steps"], []]],
    path: "stories.delivered.steps",
    says: ["has no step", "name at least one contract"],
  },
  {
    name: "stories of a wrong type",
    edits: [[["stories"], ["delivered"]]],
    path: "stories",
    says: ["expected an object, received a list", "list the stories by name"],
  },
];

const sectionMistakes: readonly Mistake[] = [
  ...["accounts", "environments", "services"].map((section): Mistake => ({
    name: `${section} of a wrong type`,
    edits: [[[section], 5]],
    path: section,
    says: ["expected an object, received the number 5", `list the ${section} by name`],
  })),
  {
    name: "routes of a wrong type",
    edits: [[["routes"], {}]],
    path: "routes",
    says: ["expected a list, received an object", "write one { events, to } per route"],
  },
  {
    name: "a misspelt section",
    edits: [
      [["routes"], removed],
      [["route"], shopRegistry.routes],
    ],
    path: "route",
    says: ['did you mean "routes"?'],
  },
  {
    name: "an unknown section",
    edits: [[["regions"], []]],
    path: "regions",
    says: ["nothing is called so here", "remove it or use one of: accounts"],
  },
];

describe("a mistake in the stories", () => {
  itReportsOnce(storyMistakes);
});

describe("a mistake in the registry itself", () => {
  itReportsOnce(sectionMistakes);
});
