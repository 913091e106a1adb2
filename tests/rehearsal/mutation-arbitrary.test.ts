import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import { isWhole, scoreOf, tableOf } from "../fixtures/damage-score.js";
import { environmentNames } from "../fixtures/declared.js";
import { rehearse } from "../fixtures/rehearsed.js";
import { fits } from "../fixtures/topologies.js";

const registries = fc
  .sample(arbitraryRegistry({ members: 3 }), { seed: 20_260_101, numRuns: isWhole ? 10 : 6 })
  .flatMap((definition) => environmentNames.map((environment) => ({ definition, environment })))
  .filter(({ definition, environment }) => fits(definition, environment));

describe("a damage of any registry", () => {
  it("fails the proof and is named if it does harm, and holds if it does none", async () => {
    for (const { definition, environment } of registries) {
      const score = scoreOf(await rehearse(definition, environment), isWhole ? 15 : 5);
      if (isWhole) console.log(tableOf(score));
      const { holes, unnamed, falseAlarms } = score;
      expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
    }
  }, 1_800_000);
});
