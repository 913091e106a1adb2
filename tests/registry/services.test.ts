import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseRegistry } from "../../infra/registry/index.js";
import { edited, editedAll, removed, type EditPath } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { renderMatrix } from "../../views/matrix.js";

const created: EditPath = ["services", "orders", "contracts", "Order.Created"];
const example = shopRegistry.services.orders?.contracts["Order.Created"]?.example ?? {};
const createdPath = 'services.orders.contracts["Order.Created"]';

const serviceMistakes: readonly Mistake[] = [
  {
    name: "a service in a misspelt account",
    edits: [[["services", "orders", "account"], "order"]],
    path: "services.orders.account",
    says: ['no account is named "order"', 'did you mean "orders"?'],
  },
  {
    name: "a service in an account far from every known one",
    edits: [[["services", "orders", "account"], "warehouse"]],
    path: "services.orders.account",
    says: ["add it to config/accounts.ts or use one of: orders, delivery, archive"],
  },
  {
    name: "a service in the backbone account",
    edits: [[["services", "orders", "account"], "global"]],
    path: "services.orders.account",
    says: ["owns the global bus and hosts no service", "an account of its own"],
  },
  {
    name: "a service whose name has characters that AWS refuses",
    edits: [
      [["services", "billing.eu"], { ...shopRegistry.services.delivery, source: "com.example.billing" }],
      [["routes", 3], removed],
    ],
    path: 'services["billing.eu"]',
    says: ['"billing.eu" cannot stand in a name', "single hyphens"],
  },
  {
    name: "a service whose policy would have too long a name",
    edits: [
      [["services", "s".repeat(120)], { ...shopRegistry.services.delivery, source: "com.example.long" }],
    ],
    path: `services.${"s".repeat(120)}`,
    says: ["the managed policy", "AWS takes 128", "shorten"],
  },
  {
    name: "a source that AWS keeps",
    edits: [[["services", "orders", "source"], "aws.orders"]],
    path: "services.orders.source",
    says: ['begins with "aws."', 'write from: "default-bus"', "choose a source of your own, such as"],
  },
  {
    name: "no source",
    edits: [[["services", "orders", "source"], " "]],
    path: "services.orders.source",
    says: ["is empty", "com.example.orders"],
  },
  {
    name: "a source that is too long",
    edits: [[["services", "orders", "source"], `com.${"x".repeat(253)}`]],
    path: "services.orders.source",
    says: ["has 257 characters, EventBridge takes 256", "shorten it"],
  },
  {
    name: "a service without contracts",
    edits: [
      [["services", "listener"], { account: "archive", source: "com.example.listener", contracts: {} }],
    ],
    path: "services.listener.contracts",
    says: ["declares no contract", "add one, or remove the service"],
  },
  {
    name: "contracts of a wrong type",
    edits: [[["services", "orders", "contracts"], ["Order.Created"]]],
    path: "services.orders.contracts",
    says: ["expected an object, received a list", "list what the service publishes"],
  },
  {
    name: "a service that is no object",
    edits: [[["services", "orders"], null]],
    path: "services.orders",
    says: [
      "expected an object, received null",
      "write { account, source, contracts, owner, environments, alsoSources, alsoFrom, name }",
    ],
  },
  {
    name: "a misspelt key of a service",
    edits: [
      [["services", "orders", "source"], removed],
      [["services", "orders", "sources"], "com.example.orders"],
    ],
    path: "services.orders.sources",
    says: ["nothing is called so here", 'did you mean "source"?'],
  },
  {
    name: "an unknown key of a contract",
    edits: [[[...created, "team"], "team-a"]],
    path: `${createdPath}.team`,
    says: ["nothing is called so here", "remove it or use one of: description, version, detail, example"],
  },
  {
    name: "an example that fails its schema",
    edits: [[[...created, "example", "total", "amount"], "five"]],
    path: `${createdPath}.example`,
    says: ["does not satisfy its own schema (total.amount: ", "mend the example or the schema"],
  },
  {
    name: "an example that is no JSON",
    edits: [[[...created, "example", "placed"], new Date(0)]],
    path: `${createdPath}.example`,
    says: ["is no plain JSON object", "write an object of text"],
  },
  {
    name: "a contract without an example",
    edits: [[[...created, "example"], removed]],
    path: `${createdPath}.example`,
    says: ["expected an example, received nothing", "write a detail that satisfies the schema"],
  },
  {
    name: "one of several examples that fails the schema",
    edits: [
      [[...created, "example"], removed],
      [[...created, "examples"], { plain: example, gift: { ...example, orderId: 5 } }],
    ],
    path: `${createdPath}.examples.gift`,
    says: ["does not satisfy its own schema (orderId: ", 'write orderId: "5", or mend the schema'],
  },
  {
    name: "an example beside examples",
    edits: [[[...created, "examples"], { plain: example }]],
    path: `${createdPath}.examples`,
    says: ["stands beside example", "give that example a name here, or remove one"],
  },
  {
    name: "examples of which there is none",
    edits: [
      [[...created, "example"], removed],
      [[...created, "examples"], {}],
    ],
    path: `${createdPath}.examples`,
    says: ["has no example", "write at least one under a name"],
  },
  {
    name: "examples without names",
    edits: [
      [[...created, "example"], removed],
      [[...created, "examples"], [example]],
    ],
    path: `${createdPath}.examples`,
    says: ["expected an object, received a list", "each example under a name"],
  },
  {
    name: "misspelt examples",
    edits: [
      [[...created, "example"], removed],
      [[...created, "exmaples"], { plain: example }],
    ],
    path: `${createdPath}.exmaples`,
    says: ["nothing is called so here", 'did you mean "examples"?'],
  },
  {
    name: "a schema that cannot be checked at once",
    edits: [[[...created, "detail"], z.object({}).refine(() => Promise.resolve(true))]],
    path: `${createdPath}.example`,
    says: ["schema is asynchronous", "remove asynchronous refinements"],
  },
  {
    name: "a detail that is no schema",
    edits: [[[...created, "detail"], { orderId: "string" }]],
    path: `${createdPath}.detail`,
    says: ["expected a zod schema, received an object", "z.object({ orderId: z.string() })"],
  },
  {
    name: "a deprecated contract that does not say what to use instead",
    edits: [[[...created, "deprecated"], true]],
    path: `${createdPath}.deprecated`,
    says: ["expected text, received the boolean true", 'such as "use Order.Placed"'],
  },
  ...["", " ", "acme/cases", "Cases Team", "@acme/cases @acme/fees", "@", "team@acme", "@acme/#cases"].map(
    (owner) => ({
      name: `a contract whose owner no review can be asked of: ${JSON.stringify(owner)}`,
      edits: [[[...created, "owner"], owner] as const],
      path: `${createdPath}.owner`,
      says: [`${JSON.stringify(owner)} names nobody`, 'write "@user", "@organisation/team"'],
    }),
  ),
  {
    name: "a service whose owner is no text",
    edits: [[["services", "orders", "owner"], ["@acme/orders"]]],
    path: "services.orders.owner",
    says: ["expected text, received a list", 'write "@user"'],
  },
  {
    name: "a version below one",
    edits: [[[...created, "version"], 0]],
    path: `${createdPath}.version`,
    says: ["version 0 is below 1", "count versions from 1"],
  },
  {
    name: "a peak of nothing",
    edits: [[[...created, "peakPerSecond"], 0]],
    path: `${createdPath}.peakPerSecond`,
    says: ["are no peak", "leave it out"],
  },
  {
    name: "a version of a wrong type",
    edits: [[[...created, "version"], "1.0"]],
    path: `${createdPath}.version`,
    says: ['expected a whole number, received the string "1.0"', "count versions from 1"],
  },
  {
    name: "a detail-type that is too long",
    edits: [
      [
        ["services", "orders", "contracts", "x".repeat(129)],
        shopRegistry.services.orders?.contracts["Order.Updated"],
      ],
    ],
    path: `services.orders.contracts.${"x".repeat(129)}`,
    says: ["has 129 characters, EventBridge takes 128", "shorten it"],
  },
  {
    name: "a detail-type with a wildcard of IAM's",
    edits: [
      [
        ["services", "orders", "contracts", "Order.*"],
        shopRegistry.services.orders?.contracts["Order.Updated"],
      ],
    ],
    path: 'services.orders.contracts["Order.*"]',
    says: ["cannot be used in patterns and policies", "without *, ?"],
  },
];

describe("a mistake in the services", () => {
  itReportsOnce(serviceMistakes);
});

describe("an owner", () => {
  it("is kept where one is named, of a service and of a contract", () => {
    const { services, contracts } = parseRegistry(
      editedAll(shopRegistry, [
        [["services", "orders", "owner"], "@acme/orders"],
        [[...created, "owner"], "@acme/checkout"],
      ]),
    );
    expect(services.get("orders")?.owner).toBe("@acme/orders");
    expect(contracts.get("orders/Order.Created")?.owner).toBe("@acme/checkout");
    expect(contracts.get("orders/Order.Updated")).not.toHaveProperty("owner");
    expect(services.get("delivery")).not.toHaveProperty("owner");
  });

  it.each(["@octocat", "@acme/cases", "@acme/courts/cases_team", "cases.team+on-call@acme.example"])(
    "is a user, a team or an e-mail address: %s",
    (owner) => {
      expect(problemsOf(edited(shopRegistry, ["services", "orders", "owner"], owner))).toEqual([]);
    },
  );
});

describe("a deprecated contract", () => {
  const registry = editedAll(shopRegistry, [[[...created, "deprecated"], "use Order.Placed"]]);

  it("is warned of wherever a route names it, and where one takes everything it is not", () => {
    const { contracts, warnings } = parseRegistry(registry);
    expect(contracts.get("orders/Order.Created")?.deprecated).toBe("use Order.Placed");
    expect(warnings).toEqual([
      { path: "routes[0].events", message: "orders/Order.Created is deprecated: use Order.Placed" },
    ]);
  });

  it("is marked where people see who receives what", () => {
    const shown = renderMatrix(parseRegistry(registry));
    expect(shown).toMatch(/^ *orders\/Order\.Created \(deprecated\) /m);
    expect(shown.match(/deprecated/g)).toHaveLength(1);
  });
});

describe("the examples of a contract", () => {
  const updated = ["services", "delivery", "contracts", "Delivery.Updated"];
  const [onTheWay, delivered] = ["on-the-way", "delivered"].map((status) => ({ orderId: "o-1", status }));

  it("are the one that is written", () => {
    const contract = parseRegistry(shopRegistry).contracts.get("delivery/Delivery.Updated");
    expect(contract?.example).toEqual(onTheWay);
    expect(contract?.examples).toEqual([{ detail: onTheWay }]);
  });

  it("are all that have names, in the order in which they are written: the first stands for all", () => {
    const several = editedAll(shopRegistry, [
      [[...updated, "example"], removed],
      [[...updated, "examples"], { there: delivered, moving: onTheWay }],
    ]);
    const contract = parseRegistry(several).contracts.get("delivery/Delivery.Updated");
    expect(contract?.example).toEqual(delivered);
    expect(contract?.examples).toEqual([
      { name: "there", detail: delivered },
      { name: "moving", detail: onTheWay },
    ]);
  });
});
