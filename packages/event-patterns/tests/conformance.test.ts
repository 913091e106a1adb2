import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { complexityOf, matchEvent, parsePattern } from "../src/index.js";
import { readJson } from "../src/read-json.js";

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

const complexity = z.object({
  vectors: z.array(
    z.object({ id: z.string(), pattern: z.unknown(), complexity: z.number(), refused: z.boolean() }),
  ),
});

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./conformance/${name}`, import.meta.url), "utf8"));
}

const { vectors } = conformance.parse(readFixture("event-patterns.json"));
const wildcards = complexity.parse(readFixture("wildcard-complexity.json")).vectors;

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

/** What EventBridge takes at most; the engine's count of a pattern it refuses is above it. */
const highestTaken = 10;

describe("wildcard complexity as aws/event-ruler counts it", () => {
  it("has vectors on both sides of the limit", () => {
    expect(new Set(wildcards.map(({ refused }) => refused)).size).toBe(2);
    expect(wildcards.length).toBeGreaterThan(100);
  });

  it.each(wildcards)("$id", ({ pattern, complexity: expected, refused }) => {
    const parsed = parsePattern(JSON.stringify(pattern));
    if (!parsed.ok) throw new Error("the pattern is not valid");
    expect(complexityOf(parsed.pattern)).toBe(expected);
    expect(expected > highestTaken).toBe(refused);
  });
});
