import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactNumber, RepeatedMembers } from "../src/json.js";
import { readEvent, readExactly, readJson } from "../src/read-json.js";
import { matches } from "./pattern-of.js";

function valueOf(text: string): unknown {
  const reading = readJson(text);
  return reading.ok ? reading.value : reading.problem;
}

describe("reading JSON", () => {
  it("agrees with JSON.parse on every JSON text", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(valueOf(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("reads the same member by member as at once", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(readExactly(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("refuses exactly the texts that JSON.parse refuses", () => {
    const character = fc.constantFrom(...Array.from('{}[]",:01.eE+-\\ntruefalsu \n'));
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
        const accepted = ((): boolean => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        })();
        expect(readJson(text).ok).toBe(accepted);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    { text: "9007199254740993" },
    { text: "12345678901234567890" },
    { text: "0.1000000000000000055511151231257827" },
    { text: "1e400" },
    { text: "-1e400" },
    { text: "-1e-400" },
    { text: "1.2345678901234567e-310" },
  ])("keeps $text, which no double holds, as it is written", ({ text }) => {
    expect(valueOf(`{"n":[${text}]}`)).toEqual({ n: [new ExactNumber(text)] });
  });

  it.each([
    { text: "0.1", value: 0.1 },
    { text: "1.000000000000000000000", value: 1 },
    { text: "9007199254740992", value: 9007199254740992 },
    { text: "-0.0e-999", value: -0 },
    { text: "100000000000000000000e-20", value: 1 },
  ])("makes $text a plain number", ({ text, value }) => {
    expect(valueOf(text)).toBe(value);
  });

  it("keeps a repeated key", () => {
    expect(valueOf('{"a":1,"b":2,"a":3}')).toEqual(
      new RepeatedMembers([
        ["a", 1],
        ["b", 2],
        ["a", 3],
      ]),
    );
  });

  it.each([
    { name: "white space before the colon", text: '{"a" :1,"b":2,"b":3}' },
    { name: "a quote and a colon inside a string", text: '{"a":"\\":","b":2,"b":3}' },
    { name: "an escaped spelling of the same key", text: '{"\\u0061":1,"a":2}' },
    { name: "the name of the prototype", text: '{"__proto__":1,"__proto__":2}' },
  ])("notices a repeated key despite $name", ({ text }) => {
    expect(valueOf(text)).toBeInstanceOf(RepeatedMembers);
  });

  it.each([
    { text: '{\n  "a": [1,]\n}', line: 2, column: 11 },
    { text: '{"a":1} x', line: 1, column: 9 },
    { text: "", line: 1, column: 1 },
    { text: '{"a" 1}', line: 1, column: 6 },
  ])("names line and column of the problem in $text", ({ text, line, column }) => {
    expect(valueOf(text)).toMatchObject({ line, column });
  });

  it("refuses what is nested deeper than EventBridge takes, without running out of stack", () => {
    expect(readJson("[".repeat(1_000) + "]".repeat(1_000)).ok).toBe(true);
    expect(readJson("[".repeat(200_000) + "]".repeat(200_000)).ok).toBe(false);
  });

  it("reads a string of a megabyte", () => {
    const long = "x\\n".repeat(400_000);
    expect(readJson(`{"a":"${long}","a":1}`).ok).toBe(true);
  });
});

describe("reading an event", () => {
  it.each([
    { literal: "9007199254740993", found: true },
    { literal: "12345678901234567890", found: true },
    { literal: "0.1", found: true },
    { literal: "1.0000000000000001", found: false },
    { literal: "0.1234567890123456789", found: false },
    { literal: "1e309", found: false },
    { literal: "1e-400", found: false },
  ])("a pattern with the same literal $literal matches: $found", ({ literal, found }) => {
    const event = readEvent(`{"a":${literal}}`);
    if (!event.ok) throw new Error(event.problem.problem);
    expect(matches(`{"a":[${literal}]}`, event.value)).toBe(found);
  });

  it("takes a decimal for the double next to it", () => {
    expect(readEvent('{"a":1.0000000000000001}')).toEqual({ ok: true, value: { a: 1 } });
  });
});
