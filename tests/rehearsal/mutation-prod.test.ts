import { describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { isWhole, share } from "../fixtures/mutation-sample.js";
import { mutationScore } from "../fixtures/mutation-score.js";

describe("a damage to an emitted statement, rule, target, role or policy, or a permission added", () => {
  it(`in prod fails the proof, which names it (${share})`, async () => {
    const { population, damages, unexplained, unnamed } = await mutationScore(example, "prod", () => true);
    expect(population).toBeGreaterThan(500);
    expect(damages).toBeGreaterThan(isWhole ? 500 : 50);
    expect({ unexplained, unnamed }).toEqual({ unexplained: [], unnamed: [] });
  }, 900_000);
});
