import { describe, expect, it } from "vitest";
import { z } from "zod";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopWith, type FilterCase } from "../fixtures/filter-case.js";

const status = z.enum(["placed", "shipped", "delivered", "cancelled"]);
const total = z.object({ amount: z.number(), currency: z.string() });
const union = z.discriminatedUnion("t", [
  z.object({ t: z.literal("a"), p: z.string() }),
  z.object({ t: z.literal("b"), q: z.string() }),
]);
const tree = z.object({
  value: z.enum(["leaf"]),
  get below() {
    return z.array(tree).optional();
  },
});

const dead: readonly FilterCase[] = [
  {
    name: "a value that an enum does not have",
    detail: z.object({ status }),
    filter: { status: ["shiped"] },
    at: ".status[0]",
    says: 'status of orders/Order.Created can be placed, shipped, delivered or cancelled; "shiped" is none of them: did you mean "shipped"?',
  },
  {
    name: "one such value among others",
    detail: z.object({ status }),
    filter: { status: ["placed", "Shipped"] },
    at: ".status[1]",
    says: 'did you mean "shipped"?',
  },
  {
    name: "another text than a literal",
    detail: z.object({ type: z.literal("order") }),
    filter: { type: ["parcel"] },
    at: ".type[0]",
    says: 'type of orders/Order.Created can only be order; "parcel" never matches',
  },
  {
    name: "text for a number",
    detail: z.object({ total }),
    filter: { total: { amount: ["100"] } },
    at: ".total.amount[0]",
    says: 'total.amount of orders/Order.Created can only be a number; "100" never matches: write 100',
  },
  {
    name: "a number for text",
    detail: z.object({ id: z.string() }),
    filter: { id: [7] },
    at: ".id[0]",
    says: 'can only be text; 7 never matches: write "7"',
  },
  {
    name: "numeric on text",
    detail: z.object({ id: z.string() }),
    filter: { id: [{ numeric: [">", 100] }] },
    at: ".id[0]",
    says: '{ numeric: [">", 100] } never matches',
  },
  {
    name: "prefix on a number",
    detail: z.object({ id: z.number() }),
    filter: { id: [{ prefix: "7" }] },
    at: ".id[0]",
    says: '{ prefix: "7" } never matches',
  },
  {
    name: "true as text",
    detail: z.object({ express: z.boolean() }),
    filter: { express: ["true"] },
    at: ".express[0]",
    says: 'can be true or false; "true" never matches: write true',
  },
  {
    name: "absence of what is required",
    detail: z.object({ id: z.string() }),
    filter: { id: [{ exists: false }] },
    at: ".id[0]",
    says: "always has id, as its schema says, so { exists: false } never matches",
  },
  {
    name: "null where it is not allowed",
    detail: z.object({ id: z.string() }),
    filter: { id: [null] },
    at: ".id[0]",
    says: "can only be text; null never matches",
  },
  {
    name: "null for what may be left out",
    detail: z.object({ id: z.string().optional() }),
    filter: { id: [null] },
    at: ".id[0]",
    says: 'write { exists: false } where "id" may be left out',
  },
  {
    name: "presence of an object",
    detail: z.object({ total }),
    filter: { total: [{ exists: true }] },
    at: ".total",
    says: "total of orders/Order.Created is an object, and EventBridge compares only the single values inside, so { exists: true } never matches; ask for one of its fields: { total: { amount: [{ exists: true }] } }",
  },
  {
    name: "values of a list of objects, all at once",
    detail: z.object({ lines: z.array(z.object({ sku: z.string() })) }),
    filter: { lines: ["tea", "pot"] },
    at: ".lines",
    says: 'is a list of objects, and EventBridge compares only the single values inside, so "tea" or "pot" never matches; compare one of its fields: lines.sku',
  },
  {
    name: "numbers below the least",
    detail: z.object({ total: z.number().nonnegative() }),
    filter: { total: [{ numeric: ["<", 0] }] },
    at: ".total[0]",
    says: 'a number of at least 0; { numeric: ["<", 0] } never matches',
  },
  {
    name: "numbers between two whole ones",
    detail: z.object({ total: z.int().positive() }),
    filter: { total: [{ numeric: [">", 1, "<", 2] }] },
    at: ".total[0]",
    says: "a whole number above 0",
  },
  {
    name: "every number but all that there are",
    detail: z.object({ total: z.int().min(1).max(2) }),
    filter: { total: [{ "anything-but": [1, 2] }] },
    at: ".total[0]",
    says: "never matches",
  },
  {
    name: "anything but all of an enum",
    detail: z.object({ status }),
    filter: { status: [{ "anything-but": ["placed", "shipped", "delivered", "cancelled"] }] },
    at: ".status[0]",
    says: "matches none of them",
  },
  {
    name: "another spelling of an enum's value",
    detail: z.object({ status }),
    filter: { status: [{ "equals-ignore-case": "SHIPED" }] },
    at: ".status[0]",
    says: '{ "equals-ignore-case": "SHIPED" } matches none of them',
  },
  {
    name: "a start longer than the text",
    detail: z.object({ currency: z.string().length(3) }),
    filter: { currency: [{ prefix: "EURO" }] },
    at: ".currency[0]",
    says: "text of exactly 3 characters",
  },
  {
    name: "text that a regular expression excludes",
    detail: z.object({ id: z.string().regex(/^ord-\d+$/) }),
    filter: { id: ["cus-1"] },
    at: ".id[0]",
    says: String.raw`text that fits /^ord-\d+$/; "cus-1" never matches`,
  },
  {
    name: "an element that a list cannot have",
    detail: z.object({ tags: z.array(z.enum(["gift", "fragile"])) }),
    filter: { tags: ["gfit"] },
    at: ".tags[0]",
    says: 'did you mean "gift"?',
  },
  {
    name: "a list that is never empty, as absent",
    detail: z.object({ tags: z.array(z.string()).min(1) }),
    filter: { tags: [{ exists: false }] },
    at: ".tags[0]",
    says: "always has tags",
  },
  {
    name: "an entry of a record",
    detail: z.object({ names: z.record(z.string(), z.number()) }),
    filter: { names: { en: ["tea"] } },
    at: ".names.en[0]",
    says: "names.en of orders/Order.Created can only be a number",
  },
  {
    name: "a value deep in a schema that refers to itself",
    detail: tree,
    filter: { below: { below: { value: ["laef"] } } },
    at: ".below.below.value[0]",
    says: 'did you mean "leaf"?',
  },
  {
    name: "a value in one branch of $or",
    detail: z.object({ status, id: z.string() }),
    filter: { $or: [{ id: ["o-1"] }, { status: ["shiped"] }] },
    at: ".$or[1].status[0]",
    says: 'did you mean "shipped"?',
  },
  {
    name: "fields of two alternatives",
    detail: union,
    filter: { t: ["a"], q: [{ exists: true }] },
    at: "",
    says: 'orders/Order.Created never has t: ["a"] and q: [{ exists: true }] at once, though it can have each; where q: [{ exists: true }] holds, write { t: ["b"] }',
  },
  {
    name: "fields of two alternatives, in one branch of $or",
    detail: union,
    filter: { $or: [{ t: ["a"], q: ["x"] }, { t: ["b"] }] },
    at: ".$or[0]",
    says: "never has",
  },
  {
    name: "fields of two alternatives in a list of them",
    detail: z.object({ parts: z.array(union) }),
    filter: { parts: { t: ["b"], p: ["x"] } },
    at: "",
    says: 'write { parts: { t: ["a"] } }',
  },
  {
    name: "text before a transformation makes it a number",
    detail: z.object({ count: z.string().transform(Number) }),
    filter: { count: [5] },
    at: ".count[0]",
    says: 'write "5"',
  },
];

describe("a filter", () => {
  it.each(dead)("that asks for $name is a mistake, told once", ({ detail, filter, at, says }) => {
    const problems = problemsOf(shopWith(detail, filter));
    expect(problems.map(({ path }) => path)).toEqual([`routes[0].filter${at}`]);
    expect(problems[0]?.message).toContain(says);
  });

  it("is told each of its dead values", () => {
    const problems = problemsOf(shopWith(z.object({ status }), { status: ["shiped", "placed", "canceled"] }));
    expect(problems.map(({ path }) => path)).toEqual([
      "routes[0].filter.status[0]",
      "routes[0].filter.status[2]",
    ]);
  });

  it("is not told twice of a field that the schema lacks", () => {
    const problems = problemsOf(
      shopWith(z.object({ status }), { $or: [{ stats: ["a"] }, { stats: ["b"] }] }),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain('has no field "stats"');
  });
});
