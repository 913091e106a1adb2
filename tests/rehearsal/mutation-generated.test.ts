import { describe, expect, it } from "vitest";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { mutationScore } from "../fixtures/mutation-score.js";

describe("every damage to an emitted statement, rule, target, role or policy, and every permission added", () => {
  it("among 15 members fails the proof, which names it", async () => {
    // The backbone's own resources, one forward with a filter and one without, and one member: the others
    // are like them.
    const concerned = /^(?:hub (?!\S+ forward-)|hub \S+ forward-team-000[12]:|team-0001 )/;
    const registry = generateRegistry({ members: 15 });
    const { damages, unexplained, unnamed } = await mutationScore(registry, "prod", ({ id }) =>
      concerned.test(id),
    );
    expect(damages).toBeGreaterThan(200);
    expect({ unexplained, unnamed }).toEqual({ unexplained: [], unnamed: [] });
  }, 900_000);
});
