import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complexityOf } from "../src/index.js";
import type { JsonValue } from "../src/json.js";
import { patternArbitrary } from "./arbitraries.js";
import { patternOf } from "./pattern-of.js";

const complexity = (pattern: JsonValue): number => complexityOf(patternOf(pattern));
const wildcards = (...texts: string[]): JsonValue[] => texts.map((wildcard) => ({ wildcard }));

describe("wildcard complexity", () => {
  // Every number was computed with event-ruler 2.0.1.
  it.each<{ name: string; pattern: JsonValue; expected: number }>([
    { name: "is 0 without wildcards", pattern: { a: ["x*", { prefix: "y" }] }, expected: 0 },
    { name: "counts a wildcard without a star", pattern: { a: wildcards("abc") }, expected: 1 },
    { name: "does not take an escaped star for one", pattern: { a: wildcards("\\*a\\*b") }, expected: 1 },
    { name: "counts a star at the end", pattern: { a: wildcards("abc*") }, expected: 2 },
    { name: "adds the stars of one text", pattern: { a: wildcards("*:*:*:*:*:x/*") }, expected: 11 },
    { name: "counts texts that overlap with themselves", pattern: { a: wildcards("*aaaa*") }, expected: 6 },
    {
      name: "adds the texts of one field",
      pattern: { a: wildcards("*:stack/a/*", "*:stack/b/*", "*:stack/c/*", "*:stack/d/*") },
      expected: 12,
    },
    {
      name: "adds texts that begin alike even without stars",
      pattern: { a: wildcards("ab", "abc", "abd") },
      expected: 3,
    },
    { name: "adds only what one value can meet", pattern: { a: wildcards("x*1", "y*2") }, expected: 2 },
    { name: "adds what one value meets", pattern: { a: wildcards("x*1", "x*2") }, expected: 4 },
    {
      name: "takes the field with the highest number",
      pattern: { a: wildcards("*a*"), b: wildcards("*a*b*") },
      expected: 4,
    },
    {
      name: "leaves other operators out",
      pattern: {
        a: [{ wildcard: "*ab" }, { prefix: "*a" }, { "equals-ignore-case": "ab" }, { suffix: "b" }],
      },
      expected: 2,
    },
    { name: "compares bytes: é and à begin alike", pattern: { a: wildcards("*é*", "*à*") }, expected: 6 },
    {
      name: "counts positions once that one anything-but shares",
      pattern: { a: [{ "anything-but": { wildcard: ["*12", "*13"] } }] },
      expected: 2,
    },
    {
      name: "but letters are not shared",
      pattern: { a: [{ "anything-but": { wildcard: ["*ab", "*ac"] } }] },
      expected: 3,
    },
    { name: "counts a repeated text anew", pattern: { a: wildcards("*ab*", "*ab*") }, expected: 5 },
    {
      name: "adds branches that ask the same of earlier fields",
      pattern: {
        $or: [
          { a: [1], b: wildcards("*x*y") },
          { a: [1], b: wildcards("*z*y") },
        ],
      },
      expected: 6,
    },
    {
      name: "does not add branches that ask something else of earlier fields",
      pattern: {
        $or: [
          { a: [1], b: wildcards("*x*y") },
          { a: [2], b: wildcards("*z*y") },
        ],
      },
      expected: 3,
    },
    {
      name: "adds branches that differ in a later field only",
      pattern: {
        $or: [
          { b: wildcards("*x*y"), z: [1] },
          { b: wildcards("*z*y"), z: [2] },
        ],
      },
      expected: 6,
    },
    {
      name: "does not look behind a field that must be absent",
      pattern: { a: [{ exists: false }], b: wildcards("*a*") },
      expected: 0,
    },
    {
      name: "looks behind a field that may be absent",
      pattern: { a: [{ exists: false }, 1], b: wildcards("*a*") },
      expected: 3,
    },
  ])("$name", ({ pattern, expected }) => {
    expect(complexity(pattern)).toBe(expected);
  });

  it("is 0 exactly for patterns without wildcards, absent fields aside", () => {
    fc.assert(
      fc.property(patternArbitrary, (pattern) => {
        const { usesWildcard, fields } = patternOf(pattern);
        fc.pre(!fields.some(({ allowsAbsence }) => allowsAbsence));
        expect(complexity(pattern) > 0).toBe(usesWildcard);
      }),
    );
  });

  const combinations = (count: number, key: string): JsonValue => ({
    $or: Array.from({ length: count }, (_, index) => ({ [key]: [index] })),
  });

  it.each<{ name: string; pattern: JsonValue; expected: number }>([
    { name: "thousands of stars", pattern: { a: wildcards("*a".repeat(2_000)) }, expected: 100 },
    {
      name: "many texts that begin differently, and a long one that all meet",
      pattern: {
        a: wildcards(
          ...Array.from({ length: 60 }, (_, index) => `b${index}*c`),
          `*${"a".repeat(40)}${"bc".repeat(1_200)}`,
        ),
      },
      expected: 62,
    },
    {
      name: "a long text behind each of a thousand combinations",
      pattern: { a: combinations(31, "a"), b: combinations(32, "b"), c: wildcards(`${"12".repeat(1_000)}*`) },
      expected: 2,
    },
    {
      name: "more combinations than AWS takes",
      pattern: Object.fromEntries(
        Array.from({ length: 16 }, (_, index) => [
          `k${index}`,
          { $or: [{ a: wildcards(`*a${index}`) }, { a: wildcards(`*ab${index}`) }] },
        ]),
      ),
      expected: 100,
    },
  ])("is found at once for $name", ({ pattern, expected }) => {
    const parsed = patternOf(pattern);
    const start = performance.now();
    expect(complexityOf(parsed)).toBe(expected);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
