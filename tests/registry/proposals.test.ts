import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { edited, editedAll, type EditPath, removed } from "../fixtures/edit.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { regions } from "../../infra/aws/arn.js";

const contract = shopRegistry.services.orders?.contracts["Order.Created"];

function messageAt(input: unknown, path: string): string {
  return problemsOf(input).find((problem) => problem.path === path)?.message ?? "";
}

/** Of a registry that holds. */
function warningAt(input: unknown, path: string): string {
  if (problemsOf(input).length > 0) return "";
  return parseRegistry(input).warnings.find((warning) => warning.path === path)?.message ?? "";
}

describe("a mend", () => {
  it("never proposes a detail-type that is wrong itself", () => {
    const broken = editedAll(shopRegistry, [
      [["services", "orders", "contracts", "Order.Created"], removed],
      [["services", "orders", "contracts", "Order.Created "], contract],
    ]);
    expect(messageAt(broken, 'services.orders.contracts["Order.Created "]')).toContain("cannot be used");
    expect(messageAt(broken, "routes[0].events")).not.toContain('Created "');
  });

  it("never proposes an account whose name is wrong itself", () => {
    const broken = editedAll(shopRegistry, [
      [["accounts", "Delivery"], { description: "x" }],
      [["routes", 0, "to"], "Deliveryy"],
    ]);
    expect(messageAt(broken, "accounts.Delivery")).toContain("cannot stand in a name");
    expect(messageAt(broken, "routes[0].to")).toContain('did you mean "delivery"?');
  });

  it.each([
    { account: "delivery-eu", key: '"delivery-eu"' },
    { account: "warehouse", key: "warehouse" },
  ])("writes the key $account as TypeScript takes it", ({ account, key }) => {
    const more = edited(shopRegistry, ["accounts", account], { description: "x" });
    expect(messageAt(more, "environments.prod.accountIds")).toContain(`add ${key}: "<its twelve digits>"`);
  });
});

describe("the Region of an environment", () => {
  const withRegion = (region: string): unknown =>
    edited(shopRegistry, ["environments", "prod", "region"], region);
  const path = "environments.prod.region";

  it.each(regions)("may be %s", (region) => {
    expect(messageAt(withRegion(region), path)).toBe("");
  });

  it.each(["eu-west-9", "eu-wset-1", "us-east-11"])("is not %s", (region) => {
    const problems = problemsOf(withRegion(region)).filter((problem) => problem.path === path);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/no AWS Region|did you mean/);
  });

  it.each(["EU-WEST-1", "eu_west_1", "eu-west1", " eu-west-1"])(
    "is proposed for %j as AWS writes it",
    (region) => {
      expect(messageAt(withRegion(region), path)).toContain('did you mean "eu-west-1"?');
    },
  );

  it("is named near an unknown one, with the way on if AWS has opened it", () => {
    expect(messageAt(withRegion("eu-west-9"), path)).toMatch(
      /^"eu-west-9" is no AWS Region that this program knows; did you mean "eu-west-\d"\? .+infra\/aws\/arn\.ts\)$/,
    );
  });
});

describe("a proposed source", () => {
  const path = "services.orders.source";
  const withSource = (source: string): unknown =>
    edited(shopRegistry, ["services", "orders", "source"], source);
  const saidOf = (input: unknown) => messageAt(input, path) || warningAt(input, path);
  const proposedAt = (input: unknown) =>
    /such as "(?<source>[^"]+)"/.exec(saidOf(input))?.groups?.source ?? "";

  it.each([
    { source: "orders", proposal: "com.example.orders" },
    { source: " com.acme.orders ", proposal: "com.acme.orders" },
    { source: "com/acme/orders", proposal: "com.acme.orders" },
    { source: "com..acme", proposal: "com.acme" },
    { source: "shop/orders/{environment}", proposal: "shop.orders.{environment}" },
    // Another service has it.
    { source: "com/example/delivery", proposal: "com.example.orders" },
    { source: `${"x.".repeat(130)}y`, proposal: "com.example.orders" },
  ])("for $source is $proposal", ({ source, proposal }) => {
    expect(proposedAt(withSource(source))).toBe(proposal);
  });

  it("is taken, whatever was written, and whatever the others have", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{1,3}([./ ]{1,2}[a-z]{0,3}){0,3}$/));
    fc.assert(
      fc.property(
        text,
        fc.constantFrom("com.example.orders", "com.example.delivery", "a.b", "*"),
        (source, other) => {
          const written = editedAll(shopRegistry, [
            [["services", "orders", "source"], source],
            [["services", "delivery", "source"], other],
          ]);
          const proposal = proposedAt(written);
          if (proposal === "") return;
          expect(saidOf(edited(written, ["services", "orders", "source"], proposal))).toBe("");
        },
      ),
    );
  });
});

describe("what an example is proposed", () => {
  const schema = z.strictObject({
    orderId: z.string(),
    status: z.enum(["placed", "shipped"]),
    amount: z.number().optional(),
    gift: z.boolean().optional(),
    lines: z.array(z.strictObject({ sku: z.string().max(3), kind: z.literal("tea") })).optional(),
  });
  const good = { orderId: "o", status: "placed" };
  const path: EditPath = ["services", "orders", "contracts", "Order.Created"];
  const mendOf = (example: unknown): string =>
    messageAt(
      editedAll(shopRegistry, [
        [[...path, "detail"], schema],
        [[...path, "example"], example],
      ]),
      'services.orders.contracts["Order.Created"].example',
    ).split("); ")[1] ?? "";

  it.each([
    { example: { ...good, status: "shiped" }, mend: 'write status: "shipped", or mend the schema' },
    { example: { ...good, orderId: 5 }, mend: 'write orderId: "5", or mend the schema' },
    { example: { ...good, amount: "39.5" }, mend: "write amount: 39.5, or mend the schema" },
    { example: { ...good, gift: "true" }, mend: "write gift: true, or mend the schema" },
    { example: { orderID: "o", status: "placed" }, mend: "write orderId for orderID, or mend the schema" },
    {
      example: { ...good, lines: [{ sku: "a", kind: "Tea" }], amount: "1" },
      mend: 'write lines[0].kind: "tea", amount: 1, or mend the schema',
    },
    {
      example: { ...good, amount: "1", status: "lost" },
      mend: "write amount: 1, and mend the rest, or mend the schema",
    },
    // The same in quotes would be wrong as well.
    { example: { ...good, lines: [{ sku: 1000, kind: "tea" }] }, mend: "mend the example or the schema" },
    { example: { ...good, amount: "much" }, mend: "mend the example or the schema" },
    { example: { ...good, note: "x" }, mend: "mend the example or the schema" },
  ])("is $mend", ({ example, mend }) => {
    expect(mendOf(example)).toBe(mend);
  });
});

describe("a source of AWS", () => {
  it.each(["aws.s3", "aws.partner/example.com/1"])(
    "is told whose it is, and where its events arrive: %s",
    (source) => {
      const message = messageAt(
        edited(shopRegistry, ["services", "orders", "source"], source),
        "services.orders.source",
      );
      expect(message).toContain("AWS services and partners own such sources");
      expect(message).toContain("default bus or on a partner bus");
    },
  );
});
