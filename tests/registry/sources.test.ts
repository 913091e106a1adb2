import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { editedAll, type EditPath } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const source: EditPath = ["services", "orders", "source"];
const contracts: EditPath = ["services", "orders", "contracts"];
const order = shopRegistry.services.orders?.contracts["Order.Created"];

const mistakes: readonly Mistake[] = [
  ...["a*b", "what?", "a${b}", " padded", "tab\tbed", "größe"].map((text) => ({
    name: `the source ${JSON.stringify(text)}`,
    edits: [[source, text]] as const,
    path: "services.orders.source",
    says: ["cannot be used in patterns and policies as it stands"],
  })),
  {
    name: "a placeholder written as in TypeScript",
    edits: [[source, "orders.${environment}"]],
    path: "services.orders.source",
    says: ['has a $ too many; write "orders.{environment}"'],
  },
  {
    name: "a source that is too long in one environment",
    edits: [[source, `${"x".repeat(252)}.{environment}`]],
    path: "services.orders.source",
    says: ["characters, EventBridge takes 256"],
  },
  {
    name: "a contract's source that is the service's",
    edits: [[[...contracts, "Order.Created", "source"], "com.example.orders"]],
    path: 'services.orders.contracts["Order.Created"].source',
    says: ["is the service's source already; remove it"],
  },
  {
    name: "a former source that is the service's",
    edits: [[["services", "orders", "alsoSources"], ["com.example.orders"]]],
    path: "services.orders.alsoSources[0]",
    says: ["is the service's source already; remove it"],
  },
  {
    name: "former sources that are no list",
    edits: [[["services", "orders", "alsoSources"], "com.example.former"]],
    path: "services.orders.alsoSources",
    says: ["expected a list of sources", 'write ["com.example.former"]'],
  },
  {
    name: "two contracts with source and detail-type in common",
    edits: [
      [["services", "delivery", "source"], "com.example.orders"],
      [["services", "delivery", "contracts", "Order.Created"], order],
    ],
    path: 'services.delivery.contracts["Order.Created"]',
    says: ['the detail-type "Order.Created" are orders/Order.Created already', "registry's publishers"],
  },
  {
    name: "two contracts that meet in one environment",
    edits: [
      [["services", "delivery", "source"], "com.{environment}.orders"],
      [source, "com.dev.orders"],
      [["services", "delivery", "contracts", "Order.Created"], order],
    ],
    path: 'services.delivery.contracts["Order.Created"]',
    says: [
      'in dev, source "com.dev.orders" and detail-type "Order.Created" are orders/Order.Created already',
    ],
  },
  {
    name: "a former account that is the present one",
    edits: [[["services", "orders", "alsoFrom"], "orders"]],
    path: "services.orders.alsoFrom",
    says: ["is the account of the service already"],
  },
  {
    name: "a former account that nobody knows",
    edits: [[["services", "orders", "alsoFrom"], "archiv"]],
    path: "services.orders.alsoFrom",
    says: ['did you mean "archive"?'],
  },
  {
    name: "a style that is none",
    edits: [[["sourceStyle"], "none"]],
    path: "sourceStyle",
    says: ['expected "reverse-dns" or "any"'],
  },
];

const publisherMistakes: readonly Mistake[] = [
  {
    name: "a publisher that is no service",
    edits: [[["publishers"], [{ events: "orders/Order.Created", by: "delivry" }]]],
    path: "publishers[0].by",
    says: ['no service is named "delivry"; did you mean "delivery"?'],
  },
  {
    name: "a publisher that owns what it may publish",
    edits: [[["publishers"], [{ events: ["orders/Order.Created"], by: "orders" }]]],
    path: "publishers[0].events[0]",
    says: ['"orders" owns orders/Order.Created and publishes it anyway'],
  },
  {
    name: "a publisher named twice",
    edits: [
      [
        ["publishers"],
        [
          { events: "orders/*", by: "delivery" },
          { events: "orders/Order.Created", by: ["delivery"] },
        ],
      ],
      [["routes"], [{ events: "*", to: "archive" }]],
      [["stories"], {}],
    ],
    path: "publishers[1].events",
    says: ['"delivery" may publish orders/Order.Created already'],
  },
  {
    name: "a publisher of everything",
    edits: [[["publishers"], [{ events: "*", by: "delivery" }]]],
    path: "publishers[0].events",
    says: ["name a contract, or those of one service"],
  },
  {
    name: "nobody in a list of publishers",
    edits: [[["publishers"], [{ events: "orders/Order.Created", by: [] }]]],
    path: "publishers[0].by",
    says: ["is an empty list"],
  },
  {
    name: "a publisher of what nobody declares",
    edits: [[["publishers"], [{ events: "orders/Order.Creatd", by: "delivery" }]]],
    path: "publishers[0].events",
    says: ['did you mean "orders/Order.Created"?'],
  },
  {
    name: "a route that brings a publisher the contract it publishes",
    edits: [[["publishers"], [{ events: "orders/Order.Created", by: "delivery" }]]],
    path: "routes[0].events",
    says: ['"delivery" publishes orders/Order.Created and would hear itself'],
  },
];

describe("a mistake in a source", () => {
  itReportsOnce(mistakes);
});

describe("a mistake in the publishers", () => {
  itReportsOnce(publisherMistakes);
});

describe("a source that is not in reverse-DNS style", () => {
  const warningsOf = (edits: readonly (readonly [EditPath, unknown])[]) =>
    parseRegistry(editedAll(shopRegistry, edits)).warnings.filter(({ path }) => path.endsWith("source"));

  it.each(["orders", "shop/orders", "Orders and more", "com.example orders"])("is warned of: %s", (text) => {
    const [warning, ...others] = warningsOf([[source, text]]);
    expect(warning?.path).toBe("services.orders.source");
    expect(warning?.message).toContain('sourceStyle: "any"');
    expect(others).toEqual([]);
    expect(
      warningsOf([
        [source, text],
        [["sourceStyle"], "any"],
      ]),
    ).toEqual([]);
  });

  it.each(["com.example.orders", "com.{environment}.orders", "{environment}.orders"])(
    "is not: %s",
    (text) => {
      expect(warningsOf([[source, text]])).toEqual([]);
    },
  );

  it("is warned of a placeholder that stands for nothing", () => {
    expect(
      warningsOf([
        [source, "com.{env}.orders"],
        [["sourceStyle"], "any"],
      ]),
    ).toEqual([
      {
        path: "services.orders.source",
        message: "{env} is taken as it stands; only {environment} stands for something",
      },
    ]);
  });
});
