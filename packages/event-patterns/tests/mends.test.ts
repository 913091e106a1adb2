import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notesOn, parsePattern } from "../src/index.js";
import { type JsonValue } from "../src/json.js";
import { operatorKeywords } from "../src/operators/matcher.js";
import { readJson } from "../src/read-json.js";
import { firstProblem, matches, problemsAt } from "./pattern-of.js";

/** What is said of a pattern: how to mend what EventBridge refuses, or what it takes and nobody means. */
function mendsOf(text: string): readonly string[] {
  const parsed = parsePattern(text);
  if (!parsed.ok) return parsed.problems.map(({ mend }) => mend);
  const reading = readJson(text);
  return reading.ok ? notesOn(reading.value).flatMap(({ mend }) => mend ?? []) : [];
}

/** The objects and lists of JSON in a sentence, the outermost ones; what has an ellipsis is none. */
function jsonIn(sentence: string): readonly JsonValue[] {
  const found: JsonValue[] = [];
  for (let start = 0; start < sentence.length; start += 1) {
    if (!/[[{]/.test(sentence.charAt(start))) continue;
    for (let end = sentence.length; end > start; end -= 1) {
      if (!/[\]}]/.test(sentence.charAt(end - 1))) continue;
      const reading = readJson(sentence.slice(start, end));
      if (!reading.ok) continue;
      found.push(reading.value);
      start = end - 1;
      break;
    }
  }
  return found;
}

const comparisons: readonly unknown[] = ["=", "<", "<=", ">", ">="];

/** The pattern that a proposed piece belongs in: a pattern itself, a matcher, a list of matchers or of a range. */
function patternWith(proposed: JsonValue): JsonValue {
  if (Array.isArray(proposed))
    return { f: comparisons.includes(proposed[0]) ? [{ numeric: proposed }] : proposed };
  const keys = typeof proposed === "object" && proposed !== null ? Object.keys(proposed) : [];
  const isMatcher = keys.length === 1 && operatorKeywords.some((keyword) => keyword === keys[0]);
  return isMatcher ? { f: [proposed] } : proposed;
}

const word = fc.constantFrom(
  "a",
  "*",
  "a*",
  "**",
  "\\",
  "",
  'a"',
  "^a.*",
  "{",
  '{"prefix": 5}',
  "10.0.0.0/8",
);
const number = fc.constantFrom("0", "5", "200", "1e400", "1e-400", "9007199254740993", "1.0000000000000001");
const scalar = fc.oneof(
  word.map((value) => JSON.stringify(value)),
  number,
  fc.constantFrom("true", "null"),
);
const comparison = fc.constantFrom('"="', '"<"', '"<="', '">"', '">="', '"!="');
const key = fc.constantFrom(
  ...operatorKeywords,
  ...["$or", "$and", "$not", "$nor", "$in", "$gt", "$regex", "$x", "prefx", "a", "detail", "source"],
);

/** JSON text of what people write for a pattern, right and wrong. */
const written = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(scalar, tie("list"), tie("object")),
  list: fc.oneof(
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    fc
      .array(fc.tuple(comparison, fc.oneof(number, scalar)), { minLength: 1, maxLength: 3 })
      .map((terms) => `[${terms.flat().join()}]`),
  ),
  object: fc
    .array(fc.tuple(key, tie("value")), { minLength: 1, maxLength: 2 })
    .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`),
}));
const matcherText = fc
  .tuple(fc.constantFrom(...operatorKeywords), written.value)
  .map(([operator, argument]) => `{"${operator}":${argument}}`);

describe("a proposed mend", () => {
  it.each([
    { of: "any pattern", pattern: written.object },
    { of: "the list of a field", pattern: matcherText.map((matcher) => `{"detail":{"f":["a",${matcher}]}}`) },
    {
      of: "an operator in place of a list",
      pattern: matcherText.map((matcher) => `{"detail":{"f":${matcher}}}`),
    },
    { of: "alternatives", pattern: fc.array(written.object).map((all) => `{"$or":[${all.join()}]}`) },
  ])("is itself a valid pattern or a piece of one: $of", ({ pattern }) => {
    fc.assert(
      fc.property(pattern, (text) => {
        for (const mend of mendsOf(text))
          for (const proposed of jsonIn(mend))
            expect({ mend, problems: problemsAt(patternWith(proposed)) }).toEqual({ mend, problems: [] });
      }),
      { numRuns: 5_000 },
    );
  });

  it.each<{ name: string; pattern: string; says: string }>([
    {
      name: "a number too large in a range",
      pattern: '{"a":[{"numeric":["<",1e400]}]}',
      says: "1e400 is larger than any double: write a number of at most 1.7976931348623157e+308",
    },
    {
      name: "a number too close to 0 in anything-but",
      pattern: '{"a":[{"anything-but":[1e-400]}]}',
      says: "1e-400 is closer to 0 than doubles are told apart: write 0, or a number of at least 2.2250738585072014e-308",
    },
    {
      name: "a negative number of that size",
      pattern: '{"a":[{"anything-but":[-1e400]}]}',
      says: "-1e400 is smaller than any double: write a number of at least -1.7976931348623157e+308",
    },
    {
      name: "a number of too many digits",
      pattern: '{"a":[{"numeric":["=",9007199254740993]}]}',
      says: "9007199254740993 has more digits than a double holds: use at most 15 significant digits",
    },
    {
      name: "bounds the wrong way round",
      pattern: '{"a":[{"numeric":[">",200,"<=",100]}]}',
      says: 'for what lies between write [{"numeric":[">",100,"<=",200]}], for what lies outside [{"numeric":[">",200]},{"numeric":["<=",100]}]',
    },
    {
      name: "the upper bound first",
      pattern: '{"a":[{"numeric":["<",100,">=",5]}]}',
      says: 'a range starts with its lower bound: write [{"numeric":[">=",5,"<",100]}]',
    },
    {
      name: "the upper bound first, and below the lower one",
      pattern: '{"a":[{"numeric":["<",5,">",100]}]}',
      says: 'for what lies outside [{"numeric":[">",100]},{"numeric":["<",5]}]',
    },
    {
      name: "bounds that are equal",
      pattern: '{"a":[{"numeric":[">=",7,"<=",7]}]}',
      says: 'for one number write {"numeric":["=",7]}',
    },
    {
      name: "a text beside a suffix in anything-but",
      pattern: '{"a":[{"anything-but":["a*\\\\",{"suffix":"b"},{"prefix":["c","d"]},{"wildcard":"e*f"}]}]}',
      says: String.raw`write {"anything-but": {"wildcard": ["a\\*\\\\", "*b", "c*", "d*", "e*f"]}}`,
    },
    {
      name: "a prefix and a suffix in one object",
      pattern: '{"a":[{"anything-but":{"prefix":"c","suffix":"b"}}]}',
      says: 'to exclude each of them write {"anything-but": {"wildcard": ["c*", "*b"]}}',
    },
    {
      name: "a suffix that ends like the quotes around a value, which no wildcard says",
      pattern: '{"a":[{"anything-but":["a",{"prefix":"b\\""}]}]}',
      says: "one operator with a list of texts, such as",
    },
    {
      name: "$nor with a list of what looks like matchers",
      pattern: '{"$nor":[{"x":["a"]},{"y":["b"]}]}',
      says: 'EventBridge has no $nor: to exclude values write {"field": [{"anything-but": ["a", "b"]}]}, where the field must be absent {"field": [{"exists": false}]}',
    },
    {
      name: "$not on a field",
      pattern: '{"detail":{"a":{"$not":"x"}}}',
      says: "EventBridge has no $not: to exclude values write",
    },
    {
      name: "$not as a matcher",
      pattern: '{"a":[{"$not":"x"}]}',
      says: "EventBridge has no $not: to exclude",
    },
    { name: "$gt", pattern: '{"detail":{"a":{"$gt":5}}}', says: '{"field": [{"numeric": [">", 5]}]}' },
    {
      name: "$in",
      pattern: '{"detail":{"a":{"$in":[["x"]]}}}',
      says: "the list of a field holds alternatives",
    },
    {
      name: "one unknown",
      pattern: '{"a":[{"$max":"x"}]}',
      says: "EventBridge has no $max: use one of anything-but",
    },
  ])("of $name", ({ pattern, says }) => {
    expect(firstProblem(pattern)).toContain(says);
  });

  it.each([
    { number: "1e400", mend: "at most 1.7976931348623157e+308" },
    { number: "1e-400", mend: "write 0, or" },
    { number: "1.0000000000000001", mend: "15 significant digits" },
  ])("of $number as a plain value speaks of what is the matter", ({ number: literal, mend }) => {
    const [said = ""] = mendsOf(`{"detail":{"a":[${literal}]}}`);
    expect(said).toContain(mend);
  });

  it.each([
    { operator: "$not", meant: '{"anything-but": ["a", "b"]}' },
    { operator: "$nin", meant: '{"anything-but": ["a", "b"]}' },
    { operator: "$and", meant: "side by side" },
    { operator: "$regex", meant: '{"wildcard": "a*b"}' },
    { operator: "$lte", meant: '{"numeric": ["<=", 5]}' },
  ])("of $operator as a field says what to write in its place", ({ operator, meant }) => {
    expect(mendsOf(JSON.stringify({ detail: { a: { [operator]: ["x"] } } }))).toEqual([
      expect.stringContaining(meant),
    ]);
  });

  it("of a mixed anything-but excludes what was to be excluded, and nothing else", () => {
    const text = fc.constantFrom("a", "a*", "\\", "ab", "b", "*");
    const item = fc.oneof(
      text,
      text.map((prefix) => ({ prefix })),
      text.map((suffix) => ({ suffix })),
    );
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 2, maxLength: 4 }),
        fc.oneof(text, fc.string()),
        (items, found) => {
          fc.pre(
            new Set(items.map((one) => (typeof one === "string" ? "" : Object.keys(one).join()))).size > 1,
          );
          const [proposed = null] = jsonIn(firstProblem({ a: [{ "anything-but": items }] }));
          const excluded = items.some((one) => matches({ a: [one] }, { a: found }));
          expect(matches({ a: [proposed] }, { a: found })).toBe(!excluded);
        },
      ),
    );
  });
});
