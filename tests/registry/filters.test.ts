import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as z3 from "zod/v3";
import type { JsonObject } from "../../infra/aws/event-pattern.js";
import { parseRegistry, type Problem } from "../../infra/registry/index.js";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const contractPath = ["services", "orders", "contracts", "Order.Created"] as const;

/** The shop with another detail of orders/Order.Created and a filter on it. */
function shopWith(detail: unknown, filter: JsonObject, more: object = {}): unknown {
  return editedAll(shopRegistry, [
    [[...contractPath, "detail"], acceptingAnyExample(detail)],
    [["routes", 0], { events: "orders/Order.Created", to: "delivery", filter, ...more }],
  ]);
}

/** Examples are not what is tried here. */
function acceptingAnyExample(detail: unknown): unknown {
  const accepting = { safeParse: () => ({ success: true }) };
  return typeof detail === "object" && detail !== null && "_zod" in detail
    ? { ...accepting, _zod: detail._zod }
    : accepting;
}

function warningsOf(detail: unknown, filter: JsonObject, more?: object): readonly Problem[] {
  return parseRegistry(shopWith(detail, filter, more)).warnings;
}

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

interface Verdict {
  readonly name: string;
  readonly detail: z.ZodType;
  readonly filter: JsonObject;
  /** Below `routes[0].filter`. */
  readonly at: string;
  readonly says: string;
}

const dead: readonly Verdict[] = [
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

const idle: readonly Verdict[] = [
  {
    name: "all values of an enum",
    detail: z.object({ status }),
    filter: { status: ["placed", "shipped", "delivered", "cancelled"] },
    at: "",
    says: 'every orders/Order.Created passes this filter (status: ["placed", "shipped", "delivered", "cancelled"]), so it keeps nothing back; leave filter out',
  },
  {
    name: "presence of what is required, beside what decides",
    detail: z.object({ id: z.string(), status }),
    filter: { id: [{ exists: true }], status: ["placed"] },
    at: ".id",
    says: "passes id: [{ exists: true }], so it keeps nothing back; leave it out",
  },
  {
    name: "absence of an object",
    detail: z.object({ total }),
    filter: { total: [{ exists: false }] },
    at: "",
    says: "since an object counts as absent",
  },
  {
    name: "numbers from the least on",
    detail: z.object({ total: z.number().nonnegative() }),
    filter: { total: [{ numeric: [">=", 0] }] },
    at: "",
    says: "passes this filter",
  },
  {
    name: "two ranges that together are all numbers",
    detail: z.object({ total: z.number() }),
    filter: { total: [{ numeric: [">", 100] }, { numeric: ["<=", 100] }] },
    at: "",
    says: "passes this filter",
  },
  {
    name: "anything but what an enum does not have",
    detail: z.object({ status }),
    filter: { status: [{ "anything-but": ["lost"] }] },
    at: "",
    says: "passes this filter",
  },
  {
    name: "two exceptions that let each other's pass",
    detail: z.object({ id: z.string() }),
    filter: { id: [{ "anything-but": ["a"] }, { "anything-but": ["b"] }] },
    at: "",
    says: "passes this filter",
  },
  {
    name: "branches of $or that leave nothing",
    detail: union,
    filter: { $or: [{ t: ["a"] }, { t: ["b"] }] },
    at: "",
    says: "passes this filter, so",
  },
  {
    name: "such branches beside what decides",
    detail: z.object({ status: z.enum(["a", "b"]), id: z.string() }),
    filter: { $or: [{ status: ["a"] }, { status: ["b"] }], id: ["o-1"] },
    at: ".$or",
    says: "passes one of the branches of this $or",
  },
  {
    name: "a field beside what decides in a branch of $or",
    detail: z.object({ status, id: z.string() }),
    filter: { $or: [{ status: ["placed"], id: [{ exists: true }] }, { id: ["o-1"] }] },
    at: ".$or[0].id",
    says: "leave it out",
  },
];

/** Filters that some events pass and others do not, however narrow the schema looks. */
const undecided: readonly Pick<Verdict, "name" | "detail" | "filter">[] = [
  { name: "some of an enum", detail: z.object({ status }), filter: { status: ["placed"] } },
  {
    name: "text that only a flag of the expression lets in",
    detail: z.object({ id: z.string().regex(/^ord$/i) }),
    filter: { id: ["ORD"] },
  },
  {
    name: "text that is shortened before it is measured",
    detail: z.object({ id: z.string().trim().max(3) }),
    filter: { id: ["  ord  "] },
  },
  {
    name: "text whose case is changed before it is compared",
    detail: z.object({ id: z.string().toLowerCase().regex(/^ord$/) }),
    filter: { id: ["ORD"] },
  },
  {
    name: "a start that a regular expression may exclude",
    detail: z.object({ id: z.string().regex(/^ord-/) }),
    filter: { id: [{ prefix: "cus-" }] },
  },
  {
    name: "a character that is two units long",
    detail: z.object({ id: z.string().length(2) }),
    filter: { id: ["😀"] },
  },
  {
    name: "absence of what has a default",
    detail: z.object({ id: z.string().default("x") }),
    filter: { id: [{ exists: false }] },
  },
  {
    name: "absence of a list that may be empty",
    detail: z.object({ tags: z.array(z.string()) }),
    filter: { tags: [{ exists: false }] },
  },
  {
    name: "presence of a field of an optional object",
    detail: z.object({ total: total.optional() }),
    filter: { total: { amount: [{ exists: true }] } },
  },
  {
    name: "elements of a list that are not all alike",
    detail: z.object({ tags: z.array(z.enum(["a", "b"])).min(1) }),
    filter: { tags: ["a"] },
  },
  {
    name: "a field that each element has, but each another",
    detail: z.object({
      pair: z.tuple([
        z.object({ k: z.literal("a"), v: z.number() }),
        z.object({ k: z.literal("b"), v: z.number() }),
      ]),
    }),
    filter: { pair: { k: ["a"], v: [{ numeric: [">", 5] }] } },
  },
  {
    name: "the least number itself",
    detail: z.object({ total: z.number().min(5) }),
    filter: { total: [{ numeric: ["<=", 5] }] },
  },
  {
    name: "a refinement, which only narrows",
    detail: z.object({ id: z.string().refine((id) => id !== "o-1") }),
    filter: { id: ["o-1"] },
  },
  {
    name: "fields of one alternative",
    detail: union,
    filter: { t: ["a", "b"], q: ["x"] },
  },
];

describe("a filter", () => {
  it.each(dead)("that asks for $name is a mistake, told once", ({ detail, filter, at, says }) => {
    const problems = problemsOf(shopWith(detail, filter));
    expect(problems.map(({ path }) => path)).toEqual([`routes[0].filter${at}`]);
    expect(problems[0]?.message).toContain(says);
  });

  it.each(idle)("that asks for $name is warned of, once", ({ detail, filter, at, says }) => {
    const warnings = warningsOf(detail, filter);
    expect(warnings.map(({ path }) => path)).toContain(`routes[0].filter${at}`);
    expect(warnings.find(({ path }) => path === `routes[0].filter${at}`)?.message).toContain(says);
    expect(warnings).toHaveLength(1);
  });

  it.each(undecided)("that asks for $name is taken as it stands", ({ detail, filter }) => {
    const warnings = warningsOf(detail, filter).filter(({ path }) => !path.endsWith(".t"));
    expect(warnings).toEqual([]);
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

describe("a field that the schema does not declare", () => {
  const loose = z.looseObject({ status: z.string() });

  it.each([
    { name: "below a single value", detail: z.object({ id: z.string() }), filter: { id: { kind: ["x"] } } },
    {
      name: "in a tuple",
      detail: z.object({ pair: z.tuple([z.object({ sku: z.string() })]) }),
      filter: { pair: { skuu: ["x"] } },
    },
    {
      name: "of a partial record",
      detail: z.object({ names: z.partialRecord(z.enum(["english", "german"]), z.string()) }),
      filter: { names: { germn: ["x"] } },
    },
    {
      name: "of an intersection",
      detail: z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
      filter: { c: ["x"] },
    },
  ])("is a mistake in a closed schema: $name", ({ detail, filter }) => {
    const problems = problemsOf(shopWith(detail, filter));
    expect(problems.map(({ path }) => path)).toEqual(["routes[0].filter"]);
    expect(problems[0]?.message).toContain("has no field");
  });

  it.each([
    { name: "a loose object", detail: loose },
    { name: "a catchall", detail: z.object({ status: z.string() }).catchall(z.string()) },
  ])("is warned of in an open one: $name", ({ detail }) => {
    const warnings = warningsOf(detail, { statsu: ["placed"] });
    expect(warnings.map(({ path }) => path)).toEqual(["routes[0].filter.statsu"]);
    expect(warnings[0]?.message).toContain("write allowUndeclared: true on the route");
    expect(warnings[0]?.message).toContain('did you mean "status"?');
  });

  it("is no matter where the route allows it", () => {
    expect(warningsOf(loose, { statsu: ["placed"] }, { allowUndeclared: true })).toEqual([]);
  });

  it("is not to be allowed where nothing is filtered", () => {
    const problems = problemsOf(edited(shopRegistry, ["routes", 0, "allowUndeclared"], true));
    expect(problems.map(({ path }) => path)).toEqual(["routes[0].allowUndeclared"]);
    expect(problems[0]?.message).toContain("remove it");
  });
});

describe("a schema that cannot be looked into", () => {
  it.each([
    { schema: z.any(), reason: "z.any" },
    { schema: z.unknown(), reason: "z.unknown" },
    { schema: z.date(), reason: "z.date" },
    { schema: z.custom<string>(() => true), reason: "z.custom" },
    { schema: z.coerce.number(), reason: "z.coerce.number" },
    { schema: z.preprocess(String, z.enum(["a"])), reason: "z.preprocess" },
    { schema: z.enum(["a"]).catch("a"), reason: "z.catch" },
    { schema: z.literal([undefined, "a"]), reason: "z.literal" },
    { schema: z.looseRecord(z.enum(["a"]), z.number()), reason: "z.record" },
  ])("is warned of where a filter asks for it: $reason", ({ schema, reason }) => {
    for (const filter of [{ x: ["b"] }, { x: [{ exists: false }] }, { x: { y: ["b"] } }]) {
      expect(warningsOf(z.object({ x: schema, id: z.string() }), filter)).toEqual([
        {
          path: 'services.orders.contracts["Order.Created"].detail',
          message: `the schema of orders/Order.Created cannot be looked into at detail.x (${reason}), so filters on it are not checked`,
        },
      ]);
    }
    expect(warningsOf(z.object({ x: schema, id: z.string() }), { id: ["o-1"] })).toEqual([]);
  });

  it("is warned of as a whole, once, where it is of another zod", () => {
    const registry = editedAll(shopRegistry, [
      [[...contractPath, "detail"], z3.object({ orderId: z3.string() })],
      [["routes", 0, "filter"], { ID: ["o-1"] }],
      [["routes", 3], { events: "orders/Order.Created", to: "archive", filter: { orderId: [1] } }],
      [["stories"], removed],
    ]);
    const { warnings } = parseRegistry(registry);
    expect(warnings.map(({ path }) => path)).toEqual(['services.orders.contracts["Order.Created"].detail']);
    expect(warnings[0]?.message).toContain("the schema of orders/Order.Created cannot be read");
  });
});

describe("a registry", () => {
  it("without a doubtful filter has no warning", () => {
    expect(parseRegistry(shopRegistry).warnings).toEqual([]);
  });
});
