import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notesOn, notesOnKinds, parsePattern, type PatternNote } from "../src/index.js";
import { type JsonScalar, type JsonValue } from "../src/json.js";
import { readJson } from "../src/read-json.js";
import { listArbitrary, patternArbitrary } from "./arbitraries.js";
import { patternOf } from "./pattern-of.js";

function notesOnText(text: string): readonly PatternNote[] {
  const reading = readJson(text);
  if (!reading.ok) throw new Error(reading.problem.problem);
  return notesOn(reading.value);
}

describe("notes on patterns that nobody can mean", () => {
  it.each<{ name: string; pattern: JsonValue; path: string; says: string; mend?: string }>([
    {
      name: "a misspelt field at the top",
      pattern: { detailType: ["A"] },
      path: "detailType",
      says: 'an event has no field "detailType"',
      mend: "did you mean detail-type?",
    },
    { name: "its case", pattern: { Source: ["a"] }, path: "Source", says: "no field", mend: "mean source?" },
    {
      name: "its plural",
      pattern: { details: { a: [1] } },
      path: "details",
      says: "no field",
      mend: "mean detail?",
    },
    {
      name: "a field of the detail at the top",
      pattern: { orderId: [1] },
      path: "orderId",
      says: "no field",
      mend: '{"detail": {"orderId": ...}}',
    },
    {
      name: "such a field in a branch",
      pattern: { $or: [{ source: ["a"] }, { orderId: [1] }] },
      path: "$or[1].orderId",
      says: "no field",
    },
    {
      name: "an operator as a field",
      pattern: { detail: { key: { suffix: [".png", ".jpg"] } } },
      path: "detail.key.suffix",
      says: "read as a field",
      mend: '{"key":[{"suffix":".png"},{"suffix":".jpg"}]}',
    },
    {
      name: "an operator as a field of the detail",
      pattern: { detail: { prefix: ["a"] } },
      path: "detail.prefix",
      says: "read as a field",
      mend: '{"detail": {"field":[{"prefix":"a"}]}}',
    },
    {
      name: "numeric as a field",
      pattern: { detail: { total: { numeric: [">", 5] } } },
      path: "detail.total.numeric",
      says: "read as a field",
      mend: '{"total":[{"numeric":[">",5]}]}',
    },
    {
      name: "an operator of another language",
      pattern: { detail: { $and: { a: [1] } } },
      path: "detail.$and",
      says: "there is no operator $and",
    },
    {
      name: "an operator in quotes",
      pattern: { source: ['{"prefix": "a"}'] },
      path: "source[0]",
      says: "an operator in quotes",
      mend: '{"prefix": "a"}',
    },
    {
      name: "two anything-but",
      pattern: { source: [{ "anything-but": "a" }, { "anything-but": "b" }] },
      path: "source",
      says: "lets every value through",
      mend: '{"anything-but":["a","b"]}',
    },
    {
      name: "two anything-but prefix",
      pattern: { source: [{ "anything-but": { prefix: "a" } }, { "anything-but": { prefix: "b" } }] },
      path: "source",
      says: "lets every value through",
      mend: '{"anything-but":{"prefix":["a","b"]}}',
    },
    {
      name: "two anything-but that share a value",
      pattern: { source: [{ "anything-but": ["a", "b"] }, { "anything-but": ["b", "c"] }] },
      path: "source",
      says: "only what every anything-but excludes is kept out",
      mend: '{"anything-but":["a","b","c"]}',
    },
    {
      name: "anything-but beside what it excludes",
      pattern: { source: [{ "anything-but": "a" }, "a"] },
      path: "source",
      says: "lets every value through",
    },
    {
      name: "anything-but beside what it lets through",
      pattern: { source: ["b", { "anything-but": "a" }] },
      path: "source[0]",
      says: "decides nothing",
    },
    {
      name: "any value beside others",
      pattern: { source: ["a", { exists: true }] },
      path: "source",
      says: "the other items decide nothing",
    },
    {
      name: "present or absent",
      pattern: { detail: { a: [{ exists: true }, { exists: false }] } },
      path: "detail.a",
      says: "always holds",
    },
    {
      name: "a number in quotes beside a range",
      pattern: { detail: { a: [{ numeric: [">", 5] }, "5"] } },
      path: "detail.a[1]",
      says: "matches text only",
    },
    {
      name: "a star in a plain text",
      pattern: { source: ["com.example.*"] },
      path: "source[0]",
      says: "takes the * as it stands",
      mend: '{"prefix":"com.example."}',
    },
    {
      name: "a star at the start",
      pattern: { detail: { file: ["*.png"] } },
      path: "detail.file[0]",
      says: "takes the *",
      mend: '{"suffix":".png"}',
    },
    {
      name: "a star inside",
      pattern: { detail: { file: ["a*b"] } },
      path: "detail.file[0]",
      says: "takes the *",
      mend: '{"wildcard":"a*b"}',
    },
    {
      name: "a star for any value",
      pattern: { detail: { file: ["*"] } },
      path: "detail.file[0]",
      says: "takes the *",
      mend: '{"exists": true}',
    },
    {
      name: "a star in a prefix",
      pattern: { source: [{ prefix: "com.*" }] },
      path: "source[0].prefix",
      says: "takes the *",
      mend: '{"prefix":"com."}',
    },
    {
      name: "a star in anything-but",
      pattern: { source: [{ "anything-but": ["test*"] }] },
      path: "source[0].anything-but[0]",
      says: "takes the *",
      mend: '{"anything-but":{"prefix":"test"}}',
    },
    {
      name: "a star in anything-but beside other texts, which stay excluded",
      pattern: { source: [{ "anything-but": ["test*", "b"] }] },
      path: "source[0].anything-but[0]",
      says: "takes the *",
      mend: '{"anything-but": {"wildcard": ["test*", "b"]}}',
    },
    {
      name: "a star in one of several excluded starts",
      pattern: { source: [{ "anything-but": { prefix: ["b", "te*t"] } }] },
      path: "source[0].anything-but.prefix[1]",
      says: "takes the *",
      mend: '{"anything-but": {"wildcard": ["te*t*", "b*"]}}',
    },
    {
      name: "the start of a regular expression",
      pattern: { source: ["^ord-"] },
      path: "source[0]",
      says: "no regular expressions",
      mend: '{"prefix":"ord-"}',
    },
    {
      name: "a whole regular expression",
      pattern: { source: ["^com\\.example\\..*$"] },
      path: "source[0]",
      says: "no regular expressions",
      mend: '{"prefix":"com.example."}',
    },
    {
      name: "white space at the end",
      pattern: { "detail-type": ["Order.Created "] },
      path: "detail-type[0]",
      says: "white space",
      mend: '"Order.Created"',
    },
    { name: "the detail as a text", pattern: { detail: ["a"] }, path: "detail", says: "is an object" },
    { name: "the source as an object", pattern: { source: { a: ["b"] } }, path: "source", says: "is text" },
    {
      name: "an account as a number",
      pattern: { account: [12345678901] },
      path: "account[0]",
      says: "is text",
      mend: '"012345678901"',
    },
    {
      name: "a source that is absent",
      pattern: { source: [{ exists: false }] },
      path: "source[0]",
      says: "every event has source",
    },
    {
      name: "a wildcard without a star",
      pattern: { source: [{ wildcard: "a\\*b" }] },
      path: "source[0].wildcard",
      says: "counts towards the quota",
      mend: '"a*b"',
    },
    {
      name: "a field in $or and before it",
      pattern: { detail: { a: [1], $or: [{ a: [2] }, { b: [3] }] } },
      path: "detail.$or",
      says: "detail.a is asked for both in a and in $or",
    },
  ])("tells of $name", ({ pattern, path, says, mend = "" }) => {
    const notes = notesOn(pattern);
    expect(notes.map((note) => note.path)).toEqual([path]);
    expect(notes[0]?.note).toContain(says);
    expect(notes[0]?.mend ?? "").toContain(mend);
  });

  it.each([
    { text: '{"source":["a"],"source":["b"]}', path: "source", says: "the last one counts" },
    { text: '{"detail":{"a":[1]},"detail":{"b":[2]}}', path: "detail", says: "put together" },
    {
      text: '{"$or":[{"source":["a"]},{"account":["b"]}],"$or":[{"time":["a"]},{"region":["b"]}]}',
      path: "$or",
      says: "each of them must hold",
    },
    { text: '{"detail":{"a":[1.0000000000000001]}}', path: "detail.a[0]", says: "never matches" },
  ])("tells of $text", ({ text, path, says }) => {
    const notes = notesOnText(text);
    expect(notes.map((note) => note.path)).toEqual([path]);
    expect(notes[0]?.note).toContain(says);
  });

  it.each<{ name: string; pattern: JsonValue }>([
    {
      name: "a plain pattern",
      pattern: { source: ["com.example.orders"], "detail-type": ["Order.Created"], detail: { total: [5] } },
    },
    {
      name: "every field of an event",
      pattern: { "replay-name": [{ exists: false }], resources: ["a"], id: ["b"] },
    },
    {
      name: "not excluded, or absent",
      pattern: { detail: { a: [{ "anything-but": "x" }, { exists: false }] } },
    },
    {
      name: "an exception to an exclusion",
      pattern: { source: [{ "anything-but": { prefix: "internal." } }, "internal.public"] },
    },
    { name: "a range and a text", pattern: { detail: { a: [{ numeric: [">", 5] }, "unknown"] } } },
    {
      name: "words that only look odd",
      pattern: { detail: { a: ["US$", "C:\\data", "a.b", "a+b", "[x]"] } },
    },
    {
      name: "fields named like operators among others",
      pattern: { detail: { name: { first: ["a"], prefix: ["Dr"] } } },
    },
    { name: "a dotted key", pattern: { "detail.total": [5] } },
    { name: "a long whole number", pattern: { source: [{ exists: true }], detail: { a: [{ prefix: "" }] } } },
  ])("has nothing to say of $name", ({ pattern }) => {
    expect(notesOn(pattern)).toEqual([]);
  });

  it("keeps quiet about whole numbers that no double holds: EventBridge finds them", () => {
    expect(notesOnText('{"detail":{"a":[9007199254740993]}}')).toEqual([]);
  });

  const samples: JsonScalar[] = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "A",
    "other",
    "10.0.0.1",
    0,
    1,
    5,
    -1,
    0.5,
    true,
    false,
    null,
  ];

  const accepted = (items: readonly JsonValue[]): readonly boolean[] => {
    if (items.length === 0) return samples.map(() => false);
    const [field] = patternOf({ detail: { f: items } }).fields;
    return samples.map((value) => field?.accepts(value) === true);
  };

  it("is right wherever it says that a list lets everything through, or that an item decides nothing", () => {
    const told = new Set<string>();
    fc.assert(
      fc.property(listArbitrary, (list) => {
        for (const { path, note } of notesOn({ detail: { f: list } })) {
          const index = Number(/\[(\d+)\]$/.exec(path)?.[1]);
          if (/^(lets every value through|always holds)/.test(note)) {
            told.add("everything");
            expect(accepted(list)).not.toContain(false);
          } else if (note.startsWith("decides nothing")) {
            told.add("nothing");
            expect(accepted(list.filter((_, other) => other !== index))).toEqual(accepted(list));
          }
        }
      }),
      { numRuns: 5_000 },
    );
    expect(told.size).toBe(2);
  });

  it("does not count on a block of addresses to let a number in", () => {
    const list = [-1, { "anything-but": [1, -1] }, { cidr: "::/0" }];
    expect(accepted(list)).toContain(false);
    expect(notesOn({ detail: { f: list } }).map(({ note }) => note)).not.toContainEqual(
      expect.stringContaining("lets every value through"),
    );
  });

  it("never throws on a valid pattern", () => {
    fc.assert(
      fc.property(patternArbitrary, (pattern) => {
        for (const { note } of notesOn(pattern)) expect(note).not.toBe("");
      }),
    );
  });

  it("proposes only what EventBridge accepts", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { mend = "" } of notesOn({ source: [`${text}*`, { "anything-but": `*${text}` }] })) {
          const matcher = mend.slice(mend.indexOf("{"));
          if (mend.startsWith("for a pattern write")) {
            expect(parsePattern(`{"source":[${matcher}]}`).ok).toBe(true);
          }
        }
      }),
    );
  });
});

describe("notes on an event with a value of another kind", () => {
  it.each<{ name: string; pattern: JsonValue; found: JsonValue; says: string[] }>([
    { name: "a number for its text", pattern: ["5"], found: 5, says: ["the event has 5", 'would take "5"'] },
    { name: "a text for a number", pattern: [5], found: "5", says: ['the event has "5"', "would take 5"] },
    { name: "a text within a range", pattern: [{ numeric: [">", 5] }], found: "7", says: ["would take 7"] },
    {
      name: "a number for a text of it, however many zeros that ends with",
      pattern: ["1.0"],
      found: 1,
      says: ["the event has 1", 'would take "1.0"'],
    },
    { name: "a text for true", pattern: [true], found: "true", says: ["would take true"] },
  ])("tells of $name", ({ pattern, found, says }) => {
    const notes = notesOnKinds(patternOf({ detail: { a: pattern } }), { detail: { a: found } });
    expect(notes.map(({ path }) => path)).toEqual(["detail.a"]);
    for (const part of says) expect(notes[0]?.note).toContain(part);
  });

  it.each<{ pattern: JsonValue; found: JsonValue }>([
    { pattern: ["5"], found: "5" },
    { pattern: ["5"], found: 6 },
    { pattern: [{ "anything-but": 5 }], found: 5 },
  ])("has nothing to say of $found for $pattern", ({ pattern, found }) => {
    expect(notesOnKinds(patternOf({ detail: { a: pattern } }), { detail: { a: found } })).toEqual([]);
  });
});
