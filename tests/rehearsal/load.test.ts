import { beforeAll, describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { loadPlan } from "../../rehearsal/emission/assemble.js";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { changeInput, changeResource, rehearse, type Rehearsed } from "../fixtures/rehearsed.js";

let prod: Rehearsed;
beforeAll(async () => {
  prod = await rehearse(example, "prod");
});

function problemsOf(plan: RecordedPlan): readonly string[] {
  return loadPlan(plan, new Set()).problems.map(({ problem }) => problem);
}

describe("loading emitted resources", () => {
  it("takes what the program emits", () => {
    expect(problemsOf(prod.plan)).toEqual([]);
  });

  it("refuses a resource type it does not model, by name", () => {
    const plan = changeResource(prod.plan, "orders", "EventRule event-log", (resource) => ({
      ...resource,
      type: "aws:sfn/stateMachine:StateMachine",
      name: "sneaky",
    }));
    expect(problemsOf(plan).join("\n")).toContain(
      "stack orders: aws:sfn/stateMachine:StateMachine::sneaky: the rehearsal does not model this resource type",
    );
  });

  it("names an unknown part of a target, and where it is", () => {
    const inputTransformer = { inputTemplate: "{}", inputPath: "$" };
    const plan = changeInput(prod.plan, "global", "EventTarget forward-orders", { inputTransformer });
    expect(loadPlan(plan, new Set()).problems).toContainEqual({
      account: "global",
      problem:
        "stack global: aws:cloudwatch/eventTarget:EventTarget::forward-orders: the rehearsal does not model inputPath",
      at: ["arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-orders"],
      mend: "take inputPath away: nobody can say whether the resource does with it what the registry says",
    });
  });

  it("refuses an input transformer on a bus target", () => {
    const inputTransformer = { inputTemplate: "{}" };
    const plan = changeInput(prod.plan, "global", "EventTarget forward-orders", { inputTransformer });
    expect(problemsOf(plan).join("\n")).toContain("a bus as a target takes no input transformer");
  });

  it.each([
    { stack: "global", reference: "EventBusPolicy global-bus", inputs: { policy: "{" }, says: "not JSON" },
    {
      stack: "global",
      reference: "EventRule forward-orders",
      inputs: { eventPattern: '{"source":[]}' },
      says: "refuse the event pattern",
    },
    {
      stack: "orders",
      reference: "EventBusPolicy local-bus",
      inputs: { eventBusName: "other" },
      says: "a bus policy is for bus other",
    },
    {
      stack: "orders",
      reference: "QueuePolicy dead-letters",
      inputs: { queueUrl: "https://example.com/q" },
      says: "is no queue URL",
    },
    {
      stack: "orders",
      reference: "Provider aws",
      inputs: { allowedAccountIds: '["123123123123"]' },
      says: "points to account 123123123123",
    },
  ])("says what is wrong with $reference", ({ stack, reference, inputs, says }) => {
    const kind = reference === "Provider aws" ? "aws aws" : reference;
    expect(problemsOf(changeInput(prod.plan, stack, kind, inputs)).join("\n")).toContain(says);
  });

  it("refuses two resource policies on one bus, since the last one deployed would win", () => {
    const plan: RecordedPlan = {
      ...prod.plan,
      stacks: prod.plan.stacks.map((stack) => ({
        ...stack,
        resources: stack.resources.flatMap((resource) =>
          resource.type.endsWith(":EventBusPolicy")
            ? [resource, { ...resource, name: "second" }]
            : [resource],
        ),
      })),
    };
    expect(problemsOf(plan).join("\n")).toContain("has 2 resource policies");
  });
});
