import { describe, expect, it } from "vitest";
import { isWhole, scoreOf, tableOf } from "../fixtures/damage-score.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse } from "../fixtures/rehearsed.js";

describe("a damage where all accounts are one", () => {
  it("fails the proof and is named if it does harm, and holds if it does none", async () => {
    const score = scoreOf(await rehearse(example, "dev"), isWhole ? 120 : 20);
    if (isWhole) console.log(tableOf(score));
    const { holes, unnamed, falseAlarms } = score;
    expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
  }, 1_800_000);
});
