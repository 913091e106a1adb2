import { describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { mutationScore } from "../fixtures/mutation-score.js";

describe("every damage to an emitted statement, rule, target, role or policy, and every permission added", () => {
  it("in prod fails the proof, which names it", async () => {
    const { damages, unexplained, unnamed } = await mutationScore(example, "prod", () => true);
    expect(damages).toBeGreaterThan(500);
    expect({ unexplained, unnamed }).toEqual({ unexplained: [], unnamed: [] });
  }, 900_000);
});
