import { beforeAll, describe, expect, it } from "vitest";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { without } from "../fixtures/edit.js";
import { registry as organisation } from "../fixtures/registries/organisation-publishing.js";
import { registry as statements } from "../fixtures/registries/statements-publishing.js";
import { ofKind, textOf } from "../fixtures/recordings.js";
import {
  changeInput,
  changeResource,
  everyFailure,
  rehearse,
  type Rehearsed,
  verifyPlan,
} from "../fixtures/rehearsed.js";

let closed: Rehearsed;
let open: Rehearsed;

beforeAll(async () => {
  closed = await rehearse(statements, "prod");
  open = await rehearse(organisation, "prod");
});

function withoutWaiting(plan: RecordedPlan, reference: string): RecordedPlan {
  return changeResource(plan, "global", reference, (resource) => ({
    ...resource,
    options: { ...resource.options, dependsOn: [] },
  }));
}

const failing = (rehearsed: Rehearsed, plan: RecordedPlan) => [
  ...new Set(everyFailure(rehearsed, plan).map(({ id }) => id)),
];

describe("publishing", () => {
  it("holds in either way, and says what the open one gives up", () => {
    expect(verifyPlan(closed)).toMatchObject({ failures: [], notes: [] });
    const { failures, notes } = verifyPlan(open);
    expect(failures).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining("can put any event into the global bus's log and archive"),
    ]);
  });

  it("changes policies and patterns in place and nothing else, whichever way", () => {
    const resourcesOf = ({ plan }: Rehearsed) =>
      plan.stacks.flatMap(({ stack, resources }) =>
        resources.map(({ type, name, inputs }) => ({
          stack,
          type,
          name,
          inputs: type.endsWith(":EventBusPolicy")
            ? without(inputs, "policy")
            : without(inputs, "eventPattern"),
        })),
      );
    expect(new Set(resourcesOf(open).map((one) => JSON.stringify(one)))).toEqual(
      new Set(resourcesOf(closed).map((one) => JSON.stringify(one))),
    );
  });

  it("lets forwards begin after the policy that they rely on", () => {
    expect(failing(closed, withoutWaiting(closed.plan, "EventRule forward-orders"))).toEqual(["opening"]);
  });

  it("opens the bus after the forwards that it relies on", () => {
    expect(failing(open, withoutWaiting(open.plan, "EventBusPolicy global-bus"))).toEqual(["opening"]);
  });

  it("claims a contract from another account, and finds a forward that takes it", () => {
    const [backbone] = open.plan.stacks;
    const rule = backbone && ofKind(backbone, "EventRule").find(({ name }) => name === "forward-orders");
    const pattern = rule === undefined ? "" : textOf(rule, "eventPattern");
    const unbound = changeInput(open.plan, "global", "EventRule forward-orders", {
      eventPattern: pattern.replace(/"account":\[[^\]]*\],/, ""),
    });
    expect(failing(open, unbound)).toEqual(["exact-forward:orders", "forged:transport/Parcel.Handed"]);
  });
});
