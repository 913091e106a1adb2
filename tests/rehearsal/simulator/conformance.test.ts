import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readJson } from "../../../rehearsal/simulator/json.js";
import { matchEvent, parsePattern } from "../../../rehearsal/simulator/pattern/index.js";

const conformance = z.object({
  vectors: z.array(
    z.object({
      id: z.string(),
      pattern: z.unknown().optional(),
      patternText: z.string().optional(),
      valid: z.boolean(),
      edge: z.boolean().default(false),
      cases: z.array(
        z.object({ event: z.unknown().optional(), eventText: z.string().optional(), matches: z.boolean() }),
      ),
    }),
  ),
});

const file = new URL("../../fixtures/conformance/event-patterns.json", import.meta.url);
const { vectors } = conformance.parse(JSON.parse(readFileSync(file, "utf8")));

describe.each([
  { kind: "plain", chosen: vectors.filter(({ edge }) => !edge) },
  { kind: "edge", chosen: vectors.filter(({ edge }) => edge) },
])("conformance with aws/event-ruler, $kind vectors", ({ chosen }) => {
  it("has vectors", () => {
    expect(chosen.length).toBeGreaterThan(10);
  });

  it.each(chosen.map((vector) => ({ id: vector.id, vector })))("$id", ({ vector }) => {
    const parsed = parsePattern(vector.patternText ?? JSON.stringify(vector.pattern));
    expect(parsed.ok).toBe(vector.valid);
    if (!parsed.ok) return;
    for (const { event, eventText = JSON.stringify(event), matches } of vector.cases) {
      const read = readJson(eventText);
      if (!read.ok) throw new Error(`the event is not JSON: ${read.problem.problem}`);
      const found = { eventText, matches: matchEvent(parsed.pattern, read.value) };
      expect(found).toEqual({ eventText, matches });
    }
  });
});
