import { describe, expect, it } from "vitest";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { isWhole, share } from "../fixtures/mutation-sample.js";
import { mutationScore } from "../fixtures/mutation-score.js";

describe("a damage to an emitted statement, rule, target, role or policy, or a permission added", () => {
  it(`among 15 members fails the proof, which names it (${share})`, async () => {
    // The backbone's own resources, one forward with a filter and one without, and one member: the others
    // are like them.
    const concerned = /^(?:hub (?!\S+ forward-)|hub \S+ forward-team-000[12]:|team-0001 )/;
    const registry = generateRegistry({ members: 15 });
    const { population, damages, unexplained, unnamed } = await mutationScore(registry, "prod", ({ id }) =>
      concerned.test(id),
    );
    expect(population).toBeGreaterThan(200);
    expect(damages).toBeGreaterThan(isWhole ? 200 : 20);
    expect({ unexplained, unnamed }).toEqual({ unexplained: [], unnamed: [] });
  }, 900_000);
});
