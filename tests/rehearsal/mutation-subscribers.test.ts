import { describe, expect, it } from "vitest";
import { isWhole, scoreOf, tableOf } from "../fixtures/damage-score.js";
import { rehearse } from "../fixtures/rehearsed.js";
import { registry as subscribers } from "../fixtures/registries/subscribers.js";

describe("a damage of what gives events to subscribers of every kind", () => {
  it("fails the proof and is named if it does harm, and holds if it does none", async () => {
    const score = scoreOf(await rehearse(subscribers, "prod"), isWhole ? 150 : 20, ({ id }) =>
      /--|redrive/u.test(id),
    );
    if (isWhole) console.log(tableOf(score));
    const { holes, unnamed, falseAlarms } = score;
    expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
  }, 1_800_000);
});
