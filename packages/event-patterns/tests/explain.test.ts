import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeMismatch, explainMismatch, matchEvent } from "../src/index.js";
import type { JsonValue } from "../src/json.js";
import { eventArbitrary, patternArbitrary } from "./arbitraries.js";
import { matches, patternOf } from "./pattern-of.js";

function explain(pattern: JsonValue, event: JsonValue): string | undefined {
  const mismatch = explainMismatch(patternOf(pattern), event);
  return mismatch && describeMismatch(mismatch);
}

describe("explaining a mismatch", () => {
  it("has nothing to say exactly if the pattern matches", () => {
    fc.assert(
      fc.property(patternArbitrary, eventArbitrary, (pattern, event) => {
        const parsed = patternOf(pattern);
        expect(explainMismatch(parsed, event) === undefined).toBe(matchEvent(parsed, event));
      }),
      { numRuns: 500 },
    );
  });

  it.each<{ name: string; pattern: JsonValue; event: JsonValue; says: string }>([
    {
      name: "every field that fails, with what was wanted and found",
      pattern: {
        source: ["orders"],
        "detail-type": ["Order.Created", "Order.Updated"],
        detail: { n: [1], m: [2] },
      },
      event: { source: "orders", "detail-type": "Delivery.Updated", detail: { n: 2, m: 2 } },
      says: "detail-type: wanted one of Order.Created, Order.Updated; the event has Delivery.Updated; and detail.n: wanted 1; the event has 2",
    },
    {
      name: "an absent field",
      pattern: { detail: { total: [{ numeric: [">", 0, "<=", 5] }] } },
      event: { detail: {} },
      says: "detail.total: wanted a number > 0 and <= 5; the event has no value there",
    },
    {
      name: "text apart from what looks like it",
      pattern: { a: [5, "5", "true", { prefix: "x y" }] },
      event: { a: ["6", 7] },
      says: 'a: wanted one of 5, "5", "true", a value starting with "x y"; the event has "6", 7',
    },
    {
      name: "the branch of $or that fails least",
      pattern: {
        $or: [
          { a: [1], b: [1] },
          { a: [2], c: [1] },
        ],
      },
      event: { a: 2, c: 0 },
      says: "c: wanted 1; the event has 0 (the closest of 2 alternatives)",
    },
    {
      name: "the branch of $or whose source fits, however many of its other fields fail",
      pattern: {
        $or: [
          { source: ["b"], "detail-type": ["T"], detail: { x: [1], y: [1], z: [1] } },
          { source: ["a"], "detail-type": ["T"], detail: { x: [0], y: [0] } },
        ],
      },
      event: { source: "b", "detail-type": "T", detail: { x: 0, y: 0, z: 0 } },
      says: "detail.x: wanted 1; the event has 0; and detail.y: wanted 1; the event has 0; and detail.z: wanted 1; the event has 0 (the closest of 2 alternatives)",
    },
    {
      name: "the branch of $or whose detail-type fits, before one in which fewer fields fail",
      pattern: {
        source: ["a"],
        $or: [{ "detail-type": ["U"] }, { "detail-type": ["T"], detail: { x: [1], y: [1] } }],
      },
      event: { source: "a", "detail-type": "T", detail: { x: 0, y: 0 } },
      says: "detail.x: wanted 1; the event has 0; and detail.y: wanted 1; the event has 0 (the closest of 2 alternatives)",
    },
    {
      name: "the closest of all alternatives where $or stands inside $or",
      pattern: {
        $or: [{ "detail-type": ["T"], detail: { $or: [{ x: [1] }, { y: [1] }] } }, { "detail-type": ["U"] }],
      },
      event: { "detail-type": "T", detail: { x: 0, y: 0 } },
      says: "detail.x: wanted 1; the event has 0 (the closest of 3 alternatives)",
    },
    {
      name: "fields that hold in different elements",
      pattern: { i: { a: [1], b: [2] } },
      event: { i: [{ a: 1 }, { b: 2 }] },
      says: "i.a, i.b: each holds somewhere, but not all in the same element of an array",
    },
    {
      name: "of several arrays the one that has no such element",
      pattern: { i: { a: [1], z: [{ exists: false }] }, j: { a: [1], b: [1] }, k: [1] },
      event: { i: [{ a: 1 }, { z: 1 }], j: [{ a: 1 }, { b: 1 }], k: 1 },
      says: "j.a, j.b: each holds somewhere, but not all in the same element of an array",
    },
    {
      name: "a field that no element may have",
      pattern: { i: { z: [{ exists: false }] } },
      event: { i: [{ a: 1 }, { z: 1 }] },
      says: "i.z: wanted no value; the event has 1",
    },
    {
      name: "an event that is no object",
      pattern: { a: [1] },
      event: [1],
      says: "the event is no JSON object but [1]",
    },
  ])("names $name", ({ pattern, event, says }) => {
    expect(explain(pattern, event)).toBe(says);
  });

  const looksFor = (matcher: JsonValue): JsonValue => ({ detail: { a: { b: [matcher] } } });

  it.each<{ stands: string; detail: JsonValue; says: string; wanted?: JsonValue }>([
    { stands: "nothing", detail: {}, says: "no value there" },
    { stands: "null", detail: { a: { b: null } }, says: "null" },
    {
      stands: "nothing, which fails anything-but too",
      detail: {},
      wanted: { "anything-but": "x" },
      says: "no value there, and without one anything-but does not hold",
    },
    {
      stands: "an object, where it is asked whether there is a value",
      detail: { a: { b: { c: 1 } } },
      wanted: { exists: true },
      says: "an object there: exists looks at single values only",
    },
    {
      stands: "an object",
      detail: { a: { b: {} } },
      says: "an object there: patterns look at single values only",
    },
    {
      stands: "a list of objects",
      detail: { a: [{ b: [{ c: 1 }] }] },
      says: "an object there: patterns look at single values only",
    },
    { stands: "an empty list", detail: { a: { b: [] } }, says: "an empty list there, which is no value" },
    {
      stands: "text where an object would be",
      detail: { a: "plain" },
      says: "no value there: detail.a is text, not an object",
    },
    {
      stands: "JSON written as text",
      detail: '{"a":{"b":1}}',
      says: "no value there: detail is text, not an object: JSON written twice?",
    },
    { stands: "null above", detail: { a: null }, says: "no value there: detail.a is null" },
    {
      stands: "a number above",
      detail: { a: 5 },
      says: "no value there: detail.a is a single value, not an object",
    },
    { stands: "an empty list above", detail: { a: [] }, says: "no value there: detail.a is an empty list" },
    {
      stands: "a list of texts above",
      detail: { a: ["b"] },
      says: "no value there: detail.a is a list of single values, not of objects",
    },
    {
      stands: "an object under a key with a dot",
      detail: { "a.b": { c: 1 } },
      says: "an object there: patterns look at single values only",
    },
  ])("tells what stands there: $stands", ({ detail, wanted = 1, says }) => {
    expect(explain(looksFor(wanted), { detail })?.split("; the event has ")[1]).toBe(says);
  });

  it.each([
    {
      what: "a decomposed letter",
      wanted: "caf\u00e9",
      found: "cafe\u0301",
      has: "U+0065 U+0301 where U+00E9",
    },
    { what: "a byte order mark", wanted: "a", found: "\ufeffa", has: "U+FEFF where nothing" },
    { what: "an invisible space", wanted: "a\u200bb", found: "ab", has: "nothing where U+200B" },
    { what: "a Cyrillic letter", wanted: "Order", found: "\u041erder", has: "U+041E where U+004F" },
    { what: "a space of another kind", wanted: "a b", found: "a\u00a0b", has: "U+00A0 where U+0020" },
  ])("shows the code points of $what", ({ wanted, found, has }) => {
    expect(explain({ a: [wanted] }, { a: found })).toContain(`which looks the same: ${has} is wanted`);
  });

  const accented = "caf\u00e9";
  const decomposed = "cafe\u0301";
  const has = "U+0065 U+0301 where U+00E9";
  it.each<{ what: string; matcher: JsonValue; found: string; has?: string }>([
    { what: "a start", matcher: { prefix: accented }, found: `${decomposed} au lait` },
    { what: "an end", matcher: { suffix: accented }, found: `un ${decomposed}` },
    { what: "a wildcard's start", matcher: { wildcard: `${accented}*t` }, found: `${decomposed} au lait` },
    {
      what: "a wildcard's middle",
      matcher: { wildcard: `u*${accented}*t` },
      found: `un ${decomposed} au lait`,
    },
    {
      what: "a text in any case",
      matcher: { "equals-ignore-case": accented },
      found: decomposed.toUpperCase(),
      has: "U+0045 U+0301 where U+00E9",
    },
    {
      what: "a start in any case",
      matcher: { prefix: { "equals-ignore-case": accented } },
      found: `Cafe\u0301s`,
    },
    {
      what: "an end in any case",
      matcher: { suffix: { "equals-ignore-case": "Order" } },
      found: "my \u041eRDER",
      has: "U+041E where U+004F",
    },
    { what: "a text that is written with exactly", matcher: { exactly: accented }, found: decomposed },
  ])("shows the code points of $what, too", ({ matcher, found, has: shown = has }) => {
    expect(explain({ a: [matcher] }, { a: found })).toContain(`which looks the same: ${shown} is wanted`);
  });

  it("says nothing of code points exactly where the texts look alike and match", () => {
    const piece = fc.constantFrom("a", "b", "*", accented, decomposed, "A");
    const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(""));
    const matcher = fc.tuple(fc.constantFrom("prefix", "suffix", "wildcard", "equals-ignore-case"), text);
    fc.assert(
      fc.property(matcher, text, ([operator, wanted], found) => {
        fc.pre(operator !== "wildcard" || !wanted.includes("**"));
        const pattern = (value: string): JsonValue => ({ a: [{ [operator]: value }] });
        const composed = found.normalize("NFC");
        const alike = matches(pattern(wanted.normalize("NFC")), { a: composed });
        const said = explain(pattern(wanted), { a: found }) ?? "";
        expect(said.includes("looks the same")).toBe(said !== "" && alike);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<{ what: string; path: readonly string[]; detail: JsonValue; says: string }>([
    {
      what: "decomposed",
      path: [accented],
      detail: { [decomposed]: 1 },
      says: `no value there; detail["${decomposed}"] looks the same: ${has} is wanted`,
    },
    {
      what: "in another case",
      path: ["orderID"],
      detail: { a: 1, orderId: 1 },
      says: "no value there; did you mean detail.orderId?",
    },
    {
      what: "with a hyphen",
      path: ["OrderId"],
      detail: { "order-id": 1 },
      says: "no value there; did you mean detail.order-id?",
    },
    {
      what: "with a space",
      path: ["order_id"],
      detail: { "order id": 1 },
      says: 'no value there; did you mean detail["order id"]?',
    },
    {
      what: "further up",
      path: ["Order", "id"],
      detail: { order: { id: 1 } },
      says: "no value there; did you mean detail.order?",
    },
    {
      what: "in an element of an array",
      path: ["items", "SKU"],
      detail: { items: [{}, { sku: 1 }] },
      says: "no value there; did you mean detail.items.sku?",
    },
    {
      what: "with a dot",
      path: ["a", "B"],
      detail: { "a.b": 1 },
      says: 'no value there; did you mean detail["a.b"]?',
    },
    { what: "not at all", path: ["order"], detail: { "-": 1, orders: 1 }, says: "no value there" },
  ])("names the key beside a missing one that is written $what", ({ path, detail, says }) => {
    const wanted = path.reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), [1]);
    expect(explain({ detail: wanted }, { detail })?.split("; the event has ")[1]).toBe(says);
  });

  it("names such a key at the top, and says both where anything-but fails for want of a value", () => {
    const event = { detailType: "a" };
    expect(explain({ "detail-type": [{ "anything-but": "b" }] }, event)).toBe(
      "detail-type: wanted anything but b; the event has no value there, and without one anything-but does not hold; it has detailType, which is no field of an event",
    );
  });

  it("shows no code points where the texts plainly differ", () => {
    expect(explain({ a: ["Order"] }, { a: "order" })).not.toContain("looks the same");
  });

  it("spells out what nobody would see", () => {
    expect(explain({ a: ["x"] }, { a: "\ufeffy\u202e\u{e0001}" })).toContain(
      '"\\ufeffy\\u202e\\udb40\\udc01"',
    );
  });

  it("shortens a long list of what is wanted, with a count", () => {
    const wanted = Array.from({ length: 60 }, (_, index) => `value-${index}`);
    expect(explain({ a: wanted }, { a: "x" })).toContain("value-4 and 55 more; the event has x");
    expect(explain({ a: [{ "anything-but": wanted }] }, { a: "value-1" })).toContain("value-4 and 55 more");
  });

  it("shows the nearest of a long list first", () => {
    const codes = Array.from({ length: 60 }, (_, index) => `EU-${String(index).padStart(3, "0")}`);
    expect(explain({ a: codes }, { a: "EU-0O7" })).toBe(
      "a: wanted one of 60, nearest: EU-007, EU-017, EU-027, EU-037, EU-047; the event has EU-0O7",
    );
    expect(explain({ a: codes }, { a: "eu-042" })).toContain("nearest: EU-042, ");
    expect(explain({ a: ["EU-0O7"] }, { a: codes })).toBe(
      "a: wanted EU-0O7; the event has 60 values, nearest: EU-007, EU-017, EU-027, EU-037, EU-047",
    );
    const starts = codes.map((code) => ({ prefix: `${code}-` }));
    expect(explain({ a: starts }, { a: "EU-0O7-a-long-way-behind" })).toContain(
      "nearest: a value starting with EU-007-, ",
    );
    const ends = codes.map((code) => ({ suffix: { "equals-ignore-case": code } }));
    expect(explain({ a: ends }, { a: "a-long-way-before-eu-0o7" })).toContain(
      "nearest: a value ending with EU-007 in any case, ",
    );
    expect(explain({ a: codes.map((_, index) => 1_000 + index) }, { a: 11_059 })).toContain(
      "nearest: 1059, ",
    );
  });

  it("cuts no value where it still looks like the one that is wanted", () => {
    const [wanted, found] = [`${"x".repeat(100)}1`, `${"x".repeat(100)}2`];
    expect(explain({ a: [wanted] }, { a: found })).toContain(`the event has ${found}`);
  });

  it("shortens what is long", () => {
    const text = explain({ a: [1] }, { a: Array.from({ length: 50 }, () => "x".repeat(500)) });
    expect(text).toContain("and 45 more");
    expect(text?.length).toBeLessThan(600);
  });
});
