import { describe, expect, it } from "vitest";
import { isWhole, scoreOf, tableOf } from "../fixtures/damage-score.js";
import { registry as organisation } from "../fixtures/registries/organisation-publishing.js";
import { rehearse } from "../fixtures/rehearsed.js";

/** What tells publishers apart, and what must stand before what: the rest is damaged elsewhere. */
const parts = /EventBusPolicy global-bus|Event(?:Rule|Target) forward-/u;

describe("a damage where the global bus lets in an organisation", () => {
  it("fails the proof and is named if it does harm, and holds if it does none", async () => {
    const score = scoreOf(await rehearse(organisation, "prod"), isWhole ? 80 : 20, ({ id }) =>
      parts.test(id),
    );
    if (isWhole) console.log(tableOf(score));
    const { holes, unnamed, falseAlarms } = score;
    expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
  }, 1_800_000);
});
