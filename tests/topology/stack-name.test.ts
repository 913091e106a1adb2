import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import {
  readStackSettings,
  selectStack,
  stackName,
  StackSettingsError,
  UnknownStackError,
} from "../../infra/topology/index.js";
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

describe("readStackSettings", () => {
  it("reads account, environment and the roles to assume", () => {
    const assumeRoles = [{ roleArn: "arn:aws:iam::111111111111:role/deploy", externalId: "x" }];
    expect(readStackSettings("orders", { account: "orders", assumeRoles })).toEqual({
      account: "orders",
      environment: undefined,
      assumeRoles,
    });
    expect(readStackSettings("orders", {}).assumeRoles).toEqual([]);
  });

  it.each([
    {
      name: "an unknown key",
      values: { acount: "orders" },
      says: ["event-backbone:acount", "known keys are"],
    },
    {
      name: "an account that is no text",
      values: { account: 5 },
      says: ["event-backbone:account: must be text"],
    },
    {
      name: "an unknown key of a role",
      values: { assumeRoles: [{ roleArn: "arn:aws:iam::111111111111:role/deploy", external: "x" }] },
      says: ["event-backbone:assumeRoles.0.external", "known keys are roleArn, externalId"],
    },
    {
      name: "a role that is no ARN",
      values: { assumeRoles: [{ roleArn: "deploy" }] },
      says: ["event-backbone:assumeRoles.0.roleArn: is no role ARN", "write a list such as"],
    },
    {
      name: "roles that are no list",
      values: { assumeRoles: "arn:aws:iam::111111111111:role/deploy" },
      says: ["event-backbone:assumeRoles: must be a list of roles"],
    },
  ])("refuses $name with place and mend", ({ values, says }) => {
    const read = () => readStackSettings("orders", values);
    expect(read).toThrow(StackSettingsError);
    for (const part of says) expect(read).toThrow(part);
  });
});
