import { describe, expect, it } from "vitest";
import { refuseNewIdentity } from "../../infra/topology/index.js";
import { editedAll, type EditPath } from "../fixtures/edit.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { memberOf, topologyOf } from "../fixtures/topologies.js";

const deployed = "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-orders";
const prod = ["environments", "prod"] as const;

/** What is said when the stack of orders, deployed as the shop has it, is deployed from a changed registry. */
function refusalOf(edits: readonly (readonly [EditPath, unknown])[], stoodAs = deployed): string | undefined {
  const plan = memberOf(topologyOf(editedAll(shopRegistry, edits), "prod"), "orders");
  try {
    refuseNewIdentity("orders", stoodAs, plan);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

describe("a deployed, protected stack", () => {
  it.each([
    {
      field: "account id",
      edit: [[...prod, "accountIds", "orders"], "555555555555"] as const,
      says: "AWS account: 222222222222 is deployed, 555555555555 is configured",
    },
    {
      field: "Region",
      edit: [[...prod, "region"], "eu-central-1"] as const,
      says: "Region: eu-west-1 is deployed, eu-central-1 is configured",
    },
    {
      field: "prefix",
      edit: [[...prod, "prefix"], "spine"] as const,
      says: "bus (prefix and account's name): backbone-orders is deployed, spine-orders is configured",
    },
  ])("keeps its $field: the refusal names old value, new value and where to read on", ({ edit, says }) => {
    expect(refusalOf([edit])?.split("\n")).toEqual([
      'StackIdentityError: Stack "orders" is protected and cannot become another one; nothing was touched:',
      `  ${says}`,
      'Write the old value again, or move the stack as docs/deploying.md says under "Moving and renaming".',
    ]);
  });

  it("tells all that would change at once", () => {
    const edits = [
      [[...prod, "region"], "eu-central-1"],
      [[...prod, "prefix"], "spine"],
    ] as const;
    expect(refusalOf(edits)?.split("\n")).toHaveLength(4);
  });

  it("is not taken for that of another account", () => {
    const other = "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-delivery";
    expect(refusalOf([], other)).toContain("backbone-delivery is deployed, backbone-orders is configured");
  });

  it("may change everything else", () => {
    expect(refusalOf([[[...prod, "logRetentionDays"], 90]])).toBeUndefined();
  });
});

describe("a stack that is not protected", () => {
  it("may become another one", () => {
    const edits = [
      [[...prod, "protect"], false],
      [[...prod, "prefix"], "spine"],
    ] as const;
    expect(refusalOf(edits)).toBeUndefined();
  });
});
