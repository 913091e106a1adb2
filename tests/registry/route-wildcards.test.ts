import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { edited, editedAll, removed, type EditPath } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const contract = shopRegistry.services.orders?.contracts["Order.Updated"];

/** The shop whose orders publish these, all brought to the archive as one route says. */
function contractsBy(events: string, detailTypes: readonly string[], to = "archive"): readonly string[] {
  const registry = parseRegistry(
    editedAll(shopRegistry, [
      [["services", "orders", "contracts"], Object.fromEntries(detailTypes.map((type) => [type, contract]))],
      [["routes"], [{ events, to }]],
      [["stories"], removed],
    ]),
  );
  return registry.routes.flatMap(({ contracts }) => contracts);
}

describe("a route of detail-types that begin alike", () => {
  it("takes those that are declared, of its service only", () => {
    const types = ["Order", "Order.Created", "Order.Created.v2", "Orderly", "order.Created"];
    expect(contractsBy("orders/Order.*", types)).toEqual(["orders/Order.Created", "orders/Order.Created.v2"]);
    expect(contractsBy("orders/Order*", types)).toEqual([
      "orders/Order",
      "orders/Order.Created",
      "orders/Order.Created.v2",
      "orders/Orderly",
    ]);
  });

  it("takes what begins with the text before the star, whatever it is", () => {
    const text = fc.stringMatching(/^[A-C. ]{0,3}[A-C]$/);
    const types = fc.uniqueArray(text, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(types, text, (detailTypes, prefix) => {
        const begun = detailTypes.filter((type) => type.startsWith(prefix)).map((type) => `orders/${type}`);
        fc.pre(begun.length > 0 && detailTypes.every((type) => !type.startsWith(" ")));
        expect(contractsBy(`orders/${prefix}*`, detailTypes)).toEqual([...begun].sort());
      }),
    );
  });

  it("keeps in the registry what it was written as", () => {
    const registry = parseRegistry(editedAll(shopRegistry, [[["routes", 3, "events"], "orders/Order.*"]]));
    expect(registry.routes[0]).toEqual({
      events: "orders/Order.*",
      selector: { kind: "prefix" },
      to: "archive",
      contracts: ["orders/Order.Created", "orders/Order.Updated"],
    });
  });

  it("names the nearest beginning of a long list, and the first of its detail-types", () => {
    const types = Array.from(
      { length: 20 },
      (_, index) => `Item.Kind${String.fromCharCode(65 + index)}.Sold`,
    );
    const [problem] = problemsOf(
      editedAll(shopRegistry, [
        [["services", "orders", "contracts"], Object.fromEntries(types.map((type) => [type, contract]))],
        [["routes"], [{ events: "orders/Itme.*", to: "archive" }]],
        [["stories"], removed],
      ]),
    );
    expect(problem?.message).toContain('did you mean "orders/Item.*"?');
    expect(problem?.message).toMatch(/Item\.KindA\.Sold, .*Item\.KindL\.Sold and 8 more$/);
  });

  it("never proposes a detail-type that is wrong itself", () => {
    const [first, second] = problemsOf(
      editedAll(shopRegistry, [
        [["services", "orders", "contracts"], { "Sold?": contract }],
        [["routes"], [{ events: "orders/Solt*", to: "archive" }]],
        [["stories"], removed],
      ]),
    );
    expect(first?.path).toBe('services.orders.contracts["Sold?"]');
    expect(second?.message).toBe(
      'service "orders" declares no contract whose detail-type begins with "Solt"; declare one',
    );
  });
});

const events: EditPath = ["routes", 0, "events"];

const wildcardMistakes: readonly Mistake[] = [
  {
    name: "a beginning that no detail-type has",
    edits: [[events, "orders/Oder.*"]],
    path: "routes[0].events",
    says: [
      'service "orders" declares no contract whose detail-type begins with "Oder."',
      'did you mean "orders/Order.*"? It has Order.Created, Order.Updated',
    ],
  },
  {
    name: "a beginning that is near to none",
    edits: [[events, "orders/Invoice.*"]],
    path: "routes[0].events",
    says: ["begin as one of these does: Order.Created, Order.Updated"],
  },
  {
    name: "a misspelt detail-type with a star",
    edits: [[events, "orders/Order.Creatd*"]],
    path: "routes[0].events",
    says: ['did you mean "orders/Order.Created*"?'],
  },
  {
    name: "a star in the middle of a detail-type",
    edits: [[events, "orders/Order.*ed"]],
    path: "routes[0].events",
    says: [
      '"orders/Order.*ed" has a wildcard where none can stand: it is the end of a detail-type',
      'name single contracts in a list (["orders/Order.Created", "orders/Order.Updated"])',
      'or all that begin alike ("orders/Order.*")',
    ],
  },
  {
    name: "a star before the end of a detail-type",
    edits: [[events, "orders/*.Created"]],
    path: "routes[0].events",
    says: ['in a list (["orders/Order.Created"])', '("orders/*")'],
  },
  {
    name: "many stars",
    edits: [[events, `orders/${"*r".repeat(60)}`]],
    path: "routes[0].events",
    says: ["has a wildcard where none can stand"],
  },
  {
    name: "two stars",
    edits: [[events, "orders/Oder.**"]],
    path: "routes[0].events",
    says: ['"orders/Oder.**" has a wildcard where none can stand', '("orders/*")'],
  },
  {
    name: "a wildcard for services",
    edits: [[events, "*/Order.Created"]],
    path: "routes[0].events",
    says: [
      'no service publishes "*/Order.Created"',
      'a wildcard is the whole of it ("*"), or the end of what follows the slash',
    ],
  },
  {
    name: "a wildcard inside a service",
    edits: [[events, "ord*/Order.*"]],
    path: "routes[0].events",
    says: ['or the end of what follows the slash ("<service>/*", "<service>/Order.*")'],
  },
  {
    name: "a wildcard behind a service without a slash",
    edits: [[events, "orders*"]],
    path: "routes[0].events",
    says: ['did you mean "orders/*"?'],
  },
  {
    name: "a wildcard of a misspelt service",
    edits: [[events, "order/Order.*"]],
    path: "routes[0].events",
    says: ['no service publishes "order/Order.*"', 'did you mean "orders/Order.*"?'],
  },
  {
    name: "a beginning beside the contract",
    edits: [[["routes", 4], { events: "orders/Order.C*", to: "delivery" }]],
    path: "routes[4]",
    says: [
      'routes[0] brings orders/Order.Created to "delivery" already',
      "remove one of the two, or name single contracts instead of a wildcard",
    ],
  },
  {
    name: "a contract beside its beginning in a list",
    edits: [
      [
        ["routes", 3, "events"],
        ["delivery/*", "orders/Order.*", "orders/Order.Updated"],
      ],
    ],
    path: "routes[3].events[2]",
    says: ['routes[3].events[1] brings orders/Order.Updated to "archive" already'],
  },
  {
    name: "a beginning that carries nothing",
    edits: [[["routes", 4], { events: "orders/Order.*", to: "orders" }]],
    path: "routes[4].events",
    says: ['carries nothing, because everything it names is "orders"\'s own'],
  },
  {
    name: "includeOwn beside a beginning",
    edits: [
      [["routes", 3, "events"], "orders/Order.*"],
      [["routes", 3, "includeOwn"], true],
    ],
    path: "routes[3].includeOwn",
    says: ["a wildcard leaves out the account's own contracts"],
  },
  {
    name: "a beginning in a story",
    edits: [[["stories", "delivered", "steps", 0], "orders/Order.*"]],
    path: "stories.delivered.steps[0]",
    says: ["is a wildcard and nothing can publish it"],
  },
  {
    name: "a beginning as canary",
    edits: [[["canary"], "orders/Order.*"]],
    path: "canary",
    says: ["is a wildcard and nothing can publish it"],
  },
];

describe("a mistake in a wildcard", () => {
  itReportsOnce(wildcardMistakes);

  it("says of every place of a star in a route how to mend it", () => {
    const texts = fc
      .array(fc.constantFrom("*", "orders", "/", "Order", ".", "Created"), { minLength: 1, maxLength: 6 })
      .map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(texts, (text) => {
        const held = ["*", "orders/*", "orders/Order*", "orders/Order.*", "orders/Order.Created"];
        const problems = problemsOf(edited(shopRegistry, ["routes"], [{ events: text, to: "archive" }]));
        const own = problems.filter(({ path }) => path === "routes[0].events");
        const holds = held.includes(text) || text === "orders/Order.Created*";
        expect(own).toHaveLength(holds ? 0 : 1);
        for (const { message } of own)
          expect(message).toMatch(/; .*(did you mean|name|write|begin|wildcard|declare)/);
      }),
    );
  });
});
