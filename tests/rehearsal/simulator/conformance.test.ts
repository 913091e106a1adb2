import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readJson, type JsonValue } from "../../../rehearsal/simulator/json.js";
import { matchEvent, parsePattern } from "../../../rehearsal/simulator/pattern/index.js";

interface Case {
  readonly event?: JsonValue;
  readonly eventText?: string;
  readonly matches: boolean;
}

interface Vector {
  readonly id: string;
  readonly pattern?: JsonValue;
  readonly patternText?: string;
  readonly valid: boolean;
  readonly edge?: true;
  readonly cases: readonly Case[];
}

const file = new URL("../../fixtures/conformance/event-patterns.json", import.meta.url);
const { vectors }: { vectors: readonly Vector[] } = JSON.parse(readFileSync(file, "utf8"));

describe.each([
  { kind: "plain", chosen: vectors.filter((vector) => vector.edge !== true) },
  { kind: "edge", chosen: vectors.filter((vector) => vector.edge === true) },
])("conformance with aws/event-ruler, $kind vectors", ({ chosen }) => {
  it("has vectors", () => {
    expect(chosen.length).toBeGreaterThan(10);
  });

  it.each(chosen.map((vector) => ({ id: vector.id, vector })))("$id", ({ vector }) => {
    const parsed = parsePattern(vector.patternText ?? JSON.stringify(vector.pattern));
    expect(parsed.ok).toBe(vector.valid);
    if (!parsed.ok) return;
    for (const { event, eventText, matches } of vector.cases) {
      const read = readJson(eventText ?? JSON.stringify(event));
      if (!read.ok) throw new Error(`the event is not JSON: ${read.problem.problem}`);
      expect({ event: eventText ?? event, matches: matchEvent(parsed.pattern, read.value) }).toEqual({
        event: eventText ?? event,
        matches,
      });
    }
  });
});
