import { describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { isWhole, share } from "../fixtures/mutation-sample.js";
import { mutationScore } from "../fixtures/mutation-score.js";
import { rehearse } from "../fixtures/rehearsed.js";
import { wrongSettings } from "../fixtures/wrong-settings.js";

/** Each of their inputs is damaged in other ways: policies and patterns statement by statement, targets one by one. */
const damagedOtherwise = [
  "EventBusPolicy",
  "EventRule",
  "EventTarget",
  "LogResourcePolicy",
  "Parameter",
  "Policy",
  "QueuePolicy",
  "RolePolicy",
  "TopicPolicy",
];

describe("a type of resource that is emitted", () => {
  it("has wrong values for its inputs, if nothing else damages them", async () => {
    const { plan } = await rehearse(example, "prod");
    const emitted = plan.stacks.flatMap(({ resources }) => resources.map(({ type }) => type));
    const types = new Set(
      emitted.filter((type) => /^awsx?:/.test(type)).map((type) => type.split(":").at(-1) ?? ""),
    );
    expect([...types].filter((type) => !Object.hasOwn(wrongSettings, type)).sort()).toEqual(damagedOtherwise);
  });
});

describe("a damage to an emitted statement, rule, target, role or policy, or a permission added", () => {
  it(`in prod fails the proof, which names it (${share})`, async () => {
    const { population, damages, unexplained, unnamed } = await mutationScore(example, "prod", () => true);
    expect(population).toBeGreaterThan(500);
    expect(damages).toBeGreaterThan(isWhole ? 500 : 50);
    expect({ unexplained, unnamed }).toEqual({ unexplained: [], unnamed: [] });
  }, 900_000);
});
