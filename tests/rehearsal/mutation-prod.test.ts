import { describe, expect, it } from "vitest";
import { isWhole, scoreOf, tableOf } from "../fixtures/damage-score.js";
import { judgedOtherwise, settings } from "../fixtures/damage-settings.js";
import { kindOf } from "../fixtures/recordings.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse } from "../fixtures/rehearsed.js";

const prod = await rehearse(example, "prod");

describe("a property that is emitted", () => {
  it("is judged by a row of its own, or request by request and event by event", () => {
    const unjudged = prod.plan.stacks.flatMap(({ resources }) =>
      resources
        .filter(({ type }) => !type.startsWith("backbone:"))
        .flatMap((resource) =>
          Object.keys(resource.inputs)
            .filter(
              (name) => !judgedOtherwise.includes(name) && settings[kindOf(resource)]?.[name] === undefined,
            )
            .map((name) => `${kindOf(resource)}.${name}`),
        ),
    );
    expect([...new Set(unjudged)]).toEqual([]);
  });
});

describe("a damage in production", () => {
  it("fails the proof and is named if it does harm, and holds if it does none", () => {
    const score = scoreOf(prod, isWhole ? 300 : 40);
    if (isWhole) console.log(tableOf(score));
    const { holes, unnamed, falseAlarms } = score;
    expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
  }, 1_800_000);
});
