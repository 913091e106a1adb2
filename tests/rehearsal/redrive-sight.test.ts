import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { changeResource, everyFailure, rehearse, type Rehearsed } from "../fixtures/rehearsed.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const policyShape = z.object({ Version: z.string(), Statement: z.array(z.record(z.string(), z.json())) });

type Statements = z.infer<typeof policyShape>["Statement"];

let rehearsed: Rehearsed;

beforeAll(async () => {
  rehearsed = await rehearse(shopRegistry, "prod");
});

/** Ids of the checks that fail when the policies of one kind in one stack are changed. */
function failing(stack: string, type: string, change: (statements: Statements) => Statements): string[] {
  const resources = rehearsed.plan.stacks.find((one) => one.stack.startsWith(stack))?.resources ?? [];
  const named = resources.filter((resource) => resource.type.endsWith(`:${type}`));
  expect(named.length).toBeGreaterThan(0);
  const plan = named.reduce((changed, { name }) => {
    const { stack: full = "" } = rehearsed.plan.stacks.find((one) => one.stack.startsWith(stack)) ?? {};
    return changeResource(changed, full, `${type} ${name}`, (resource) => {
      const policy = policyShape.parse(JSON.parse(z.string().parse(resource.inputs.policy)));
      const Statement = change(policy.Statement);
      return {
        ...resource,
        inputs: { ...resource.inputs, policy: JSON.stringify({ ...policy, Statement }) },
      };
    });
  }, rehearsed.plan);
  return [...new Set(everyFailure(rehearsed, plan).map(({ id }) => id))];
}

const describeBus = "events:DescribeEventBus";

describe("the proof about seeing a bus before a redrive", () => {
  it("fails if a local bus does not let the backbone's redrive role see it", () => {
    const without = (statements: Statements) => statements.filter(({ Action }) => Action !== describeBus);
    expect(failing("delivery", "EventBusPolicy", without)).toContain("local-bus:delivery");
  });

  it("fails if the role's own policy does not allow it", () => {
    const without = (statements: Statements) =>
      statements.map((statement) =>
        JSON.stringify(statement.Action).includes(describeBus) && statement.Effect === "Allow"
          ? { ...statement, Action: "events:PutEvents" }
          : statement,
      );
    expect(failing("global", "RolePolicy", without)).toContain("redrive-role:global");
    expect(failing("delivery", "RolePolicy", without)).toContain("redrive-role:delivery");
  });

  it("fails if somebody else may see a local bus", () => {
    const open = (statements: Statements) =>
      statements.map((statement) =>
        statement.Action === describeBus ? { ...statement, Condition: {} } : statement,
      );
    expect(failing("delivery", "EventBusPolicy", open)).not.toEqual([]);
  });

  it("fails if the role may see other buses", () => {
    const wide = (statements: Statements) => [
      ...statements,
      { Sid: "Wide", Effect: "Allow", Action: describeBus, Resource: "*" },
    ];
    expect(failing("delivery", "RolePolicy", wide)).toContain("redrive-role:delivery");
  });
});
