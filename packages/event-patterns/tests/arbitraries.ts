import fc from "fast-check";
import type { JsonValue } from "../src/json.js";

// A small vocabulary, so that patterns and events meet often.
const text = fc.constantFrom(
  "",
  "a",
  "b",
  "ab",
  "abc",
  "A",
  "AB",
  "ba",
  "é",
  "É",
  "ß",
  "10.0.0.1",
  "::1",
  'a"',
);
const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 5, 10, 1e21);
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: number },
  fc.constantFrom(true, false, null),
);
const wildcard = fc
  .array(fc.constantFrom("a", "b", "ab", "*", "\\*"), { maxLength: 5 })
  .map((pieces) => pieces.join("").replace(/\*{2,}/g, "*"))
  .filter((pieces) => !pieces.includes("\\**"));
const several = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));
const nonEmptyText = text.filter((value) => value !== "");

const numeric = fc.oneof(
  fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), number),
  fc
    .tuple(fc.constantFrom(">", ">="), number, fc.constantFrom("<", "<="), number)
    .filter(([, low, , high]) => low < high),
);

const matcher: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  text.map((prefix) => ({ prefix })),
  text.map((suffix) => ({ suffix })),
  text.map((value) => ({ "equals-ignore-case": value })),
  text.map((value) => ({ prefix: { "equals-ignore-case": value } })),
  text.map((value) => ({ suffix: { "equals-ignore-case": value } })),
  several(text).map((value) => ({ "anything-but": value })),
  several(number).map((value) => ({ "anything-but": value })),
  several(nonEmptyText).map((prefix) => ({ "anything-but": { prefix } })),
  several(nonEmptyText).map((suffix) => ({ "anything-but": { suffix } })),
  several(wildcard).map((value) => ({ "anything-but": { wildcard: value } })),
  several(text).map((value) => ({ "anything-but": { "equals-ignore-case": value } })),
  numeric.map((terms) => ({ numeric: terms })),
  fc.constantFrom("10.0.0.0/8", "10.0.0.0/31", "::/0", "fe80::/10").map((cidr) => ({ cidr })),
  fc.boolean().map((exists) => ({ exists })),
  wildcard.map((value) => ({ wildcard: value })),
);

/** Lists of one field. */
export const listArbitrary = fc.array(matcher, { minLength: 1, maxLength: 3 });

const key = fc.constantFrom("a", "b", "c", "d");

function patternTo(depth: number): fc.Arbitrary<JsonValue> {
  const field: fc.Arbitrary<JsonValue> =
    depth === 0 ? listArbitrary : fc.oneof(listArbitrary, patternTo(depth - 1));
  const fields = fc.dictionary(key, field, { minKeys: 1, maxKeys: 3 });
  if (depth === 0) return fields;
  const branches = fc.array(patternTo(depth - 1), { minLength: 2, maxLength: 3 });
  return fc
    .tuple(fields, fc.option(branches, { freq: 2, nil: undefined }))
    .map(([named, or]) => (or === undefined ? named : { ...named, $or: or }));
}

function valueTo(depth: number): fc.Arbitrary<JsonValue> {
  if (depth === 0) return scalar;
  return fc.oneof(scalar, fc.array(valueTo(depth - 1), { maxLength: 3 }), objectTo(depth - 1));
}

function objectTo(depth: number): fc.Arbitrary<JsonValue> {
  return fc.dictionary(key, valueTo(depth), { maxKeys: 4 });
}

/** Valid patterns of every operator, nested and with `$or`. */
export const patternArbitrary = patternTo(2);

/** Events with the same keys: objects, arrays of objects, nested arrays, leaf values. */
export const eventArbitrary = objectTo(3);
