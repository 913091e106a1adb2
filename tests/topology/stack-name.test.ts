import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { selectStack, stackName, UnknownStackError } from "../../infra/topology/index.js";
import { editedAll } from "../fixtures/edit.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const registry = parseRegistry(shopRegistry);

describe("selectStack", () => {
  it.each([
    { stack: "orders", account: "orders", environment: "prod" },
    { stack: "orders-dev", account: "orders", environment: "dev" },
    { stack: "global", account: "global", environment: "prod" },
    { stack: "global-dev", account: "global", environment: "dev" },
  ])("takes $stack for $account in $environment", ({ stack, account, environment }) => {
    expect(selectStack(registry, stack)).toEqual({ account, environment });
    expect(stackName(registry, { account, environment })).toBe(stack);
  });

  it("tells apart environments of which one ends like another", () => {
    const { prod } = shopRegistry.environments;
    const more = parseRegistry(
      editedAll(shopRegistry, [
        [["environments", "eu-dev"], { ...prod, accountIds: "888888888888", prefix: "eu" }],
      ]),
    );
    for (const environment of ["prod", "dev", "eu-dev"]) {
      const selection = { account: "orders", environment };
      expect(selectStack(more, stackName(more, selection))).toEqual(selection);
    }
  });

  it.each([
    { stack: "anything", overrides: { account: "orders" }, account: "orders", environment: "prod" },
    { stack: "anything-dev", overrides: { account: "orders" }, account: "orders", environment: "dev" },
    { stack: "orders", overrides: { environment: "dev" }, account: "orders", environment: "dev" },
    {
      stack: "x",
      overrides: { account: "delivery", environment: "dev" },
      account: "delivery",
      environment: "dev",
    },
  ])("lets $overrides win over the name $stack", ({ stack, overrides, account, environment }) => {
    expect(selectStack(registry, stack, overrides)).toEqual({ account, environment });
  });

  it.each([
    { name: "a misspelt account", stack: "ordrs", overrides: {}, says: 'did you mean "orders"?' },
    {
      name: "a misspelt account in dev",
      stack: "ordrs-dev",
      overrides: {},
      says: 'did you mean "orders-dev"?',
    },
    {
      name: "a name near none",
      stack: "warehouse",
      overrides: {},
      says: "use one of: archive-dev, delivery-dev, global-dev, orders-dev, archive, delivery, global, orders",
    },
    {
      name: "a misspelt account in the configuration",
      stack: "orders",
      overrides: { account: "orderz" },
      says: 'no account is named "orderz" (from the stack\'s configuration); did you mean "orders"?',
    },
    {
      name: "a misspelt environment in the configuration",
      stack: "orders",
      overrides: { environment: "prd" },
      says: 'no environment is named "prd"; did you mean "prod"?',
    },
  ])("refuses $name and says which stacks there are", ({ stack, overrides, says }) => {
    const select = () => selectStack(registry, stack, overrides);
    expect(select).toThrow(UnknownStackError);
    expect(select).toThrow(says);
  });
});
