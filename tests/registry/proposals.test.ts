import { describe, expect, it } from "vitest";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { regions } from "../../infra/aws/arn.js";

const contract = shopRegistry.services.orders?.contracts["Order.Created"];

function messageAt(input: unknown, path: string): string {
  return problemsOf(input).find((problem) => problem.path === path)?.message ?? "";
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

  it("is named near an unknown one, with the way on if AWS has opened it", () => {
    expect(messageAt(withRegion("eu-west-9"), path)).toMatch(
      /^"eu-west-9" is no AWS Region that this program knows; did you mean "eu-west-\d"\? .+infra\/aws\/regions\.ts$/,
    );
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
