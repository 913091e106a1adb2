import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import { parseRegistry, type Registry, RegistryError } from "../../infra/registry/index.js";
import { edited, editedAll, pathsOf, removed } from "../fixtures/edit.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { registry as twelveMistakes } from "../fixtures/registries/twelve-mistakes.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

/** Every contract and who receives it, as the routes name them. */
function receptions({ routes }: Registry): { readonly contract: string; readonly account: string }[] {
  return routes.flatMap(({ to, contracts }) => contracts.map((contract) => ({ contract, account: to })));
}

describe("parseRegistry", () => {
  it("reads a registry without a mistake, sorted by name", () => {
    const registry = parseRegistry(shopRegistry);
    expect(registry.backbone).toBe("global");
    expect(registry.members).toEqual(["archive", "delivery", "orders"]);
    expect([...registry.contracts.keys()]).toEqual([
      "delivery/Delivery.Updated",
      "orders/Order.Created",
      "orders/Order.Updated",
    ]);
    expect(receptions(registry).map(({ contract, account }) => `${contract} -> ${account}`)).toEqual([
      "delivery/Delivery.Updated -> archive",
      "orders/Order.Created -> archive",
      "orders/Order.Updated -> archive",
      "orders/Order.Created -> delivery",
      "orders/Order.Updated -> delivery",
      "delivery/Delivery.Updated -> orders",
    ]);
  });

  it("gives every account of an environment with one id that id", () => {
    const { environments, accounts } = parseRegistry(shopRegistry);
    const ids = environments.get("dev")?.accountIds;
    expect(new Set(ids?.keys())).toEqual(new Set(accounts.keys()));
    expect(new Set(ids?.values())).toEqual(new Set(["999999999999"]));
  });

  it("leaves an account's own contracts out of wildcards and takes a named one with includeOwn", () => {
    const registry = parseRegistry(
      editedAll(shopRegistry, [
        [["stories"], removed],
        [
          ["routes"],
          [
            { events: "*", to: "orders" },
            { events: "orders/Order.Created", to: "orders", includeOwn: true },
          ],
        ],
      ]),
    );
    expect(receptions(registry).map(({ contract }) => contract)).toEqual([
      "delivery/Delivery.Updated",
      "orders/Order.Created",
    ]);
  });

  it.each([
    { name: "undefined", input: undefined, problems: ["registry: expected an object, received nothing"] },
    { name: "a number", input: 5, problems: ["registry: expected an object, received the number 5"] },
    { name: "a list", input: [], problems: ["registry: expected an object, received a list"] },
    {
      name: "an empty object",
      input: {},
      problems: [
        "accounts: expected an object, received nothing; list the accounts by name",
        "environments: expected an object, received nothing; list the environments by name",
        "defaultEnvironment: expected text, received nothing",
        "services: expected an object, received nothing; list the services by name",
        "routes: expected a list, received nothing; write one { events, to } per route",
      ],
    },
  ])("says of $name what a registry is", ({ input, problems }) => {
    const found = problemsOf(input).map(({ path, message }) => `${path}: ${message}`);
    expect(found).toHaveLength(problems.length);
    for (const [index, problem] of problems.entries()) expect(found[index]).toContain(problem);
  });

  it("finds all twelve of twelve mistakes, wrong types among them, and nothing else", () => {
    expect(() => parseRegistry(twelveMistakes)).toThrowErrorMatchingInlineSnapshot(`
      [RegistryError: The registry has 12 problems:
        accounts.archive.description: expected text, received the number 5; write one sentence about what lives in the account
        environments.prod.region: "Ireland" is no AWS Region; write one such as "eu-west-1"
        environments.prod.accountIds.orders: the number 222222222222 is no account id; write its twelve digits in quotes, such as "111111111111"
        environments.dev.logRetentionDays: expected a number of days, received the string "three"; choose one that CloudWatch Logs accepts, such as 30
        environments.dev.protected: nothing is called so here; did you mean "protect"?
        services.orders.contracts["Order.Created"].example: does not satisfy its own schema (orderId: Invalid input: expected string, received number); write orderId: "1", or mend the schema
        services.orders.contracts["Order.Updated"].detail: expected a zod schema, received nothing; describe the event's detail, such as z.object({ orderId: z.string() })
        services.delivery.source: "aws.delivery" begins with "aws.", which EventBridge keeps for AWS: AWS services and partners own such sources, and their events arrive on an account's default bus or on a partner bus. If these are such events, write from: "default-bus" and accounts in place of account; if the service publishes them itself, choose a source of your own, such as "com.example.delivery"
        routes[0].to: no account is named "delivry"; did you mean "delivery"?
        routes[1].filter: EventBridge would reject the pattern at detail.status: the value of a field must be a list or an object; put it in a list: [...]
        routes[4]: routes[3] brings delivery/Delivery.Updated to "archive" already; remove one of the two, or name single contracts instead of a wildcard
        stories.delivered.steps[2]: service "orders" declares no contract "Order.Update"; did you mean "orders/Order.Updated"?]
    `);
  });

  it("never throws anything but a RegistryError, whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true }), (input) => {
        expect(problemsOf(input)).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    { name: "the shop's registry", registry: shopRegistry },
    { name: "the example", registry: example },
  ])("survives anything in any place of $name", ({ registry }) => {
    const place = fc.constantFrom(...pathsOf(registry));
    const value = fc.oneof(fc.constant(removed), fc.jsonValue(), fc.anything());
    const edits = fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, (changes) => {
        const spoilt = changes.reduce<unknown>((root, [path, what]) => edited(root, path, what), registry);
        for (const { path, message } of problemsOf(spoilt)) {
          expect(path).not.toBe("");
          expect(message).not.toMatch(/\[object|^invalid input|nonoptional/i);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it("keeps every problem in the error, one to a line", () => {
    const error = new RegistryError([
      { path: "routes[0].to", message: "wrong; mend it" },
      { path: "accounts", message: "wrong too; mend it" },
    ]);
    expect(error.message.split("\n")).toEqual([
      "The registry has 2 problems:",
      "  routes[0].to: wrong; mend it",
      "  accounts: wrong too; mend it",
    ]);
  });
});
