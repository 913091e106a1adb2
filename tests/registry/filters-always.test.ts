import { describe, expect, it } from "vitest";
import { z } from "zod";
import { warningsOf, type FilterCase } from "../fixtures/filter-case.js";

const status = z.enum(["placed", "shipped", "delivered", "cancelled"]);
const total = z.object({ amount: z.number(), currency: z.string() });
const union = z.discriminatedUnion("t", [
  z.object({ t: z.literal("a"), p: z.string() }),
  z.object({ t: z.literal("b"), q: z.string() }),
]);

const idle: readonly FilterCase[] = [
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
const undecided: readonly Pick<FilterCase, "name" | "detail" | "filter">[] = [
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
    name: "absence of what is an object, or dropped if it is there",
    detail: z.union([z.object({ id: z.string() }), z.object({ id: z.string(), total })]),
    filter: { total: [{ exists: false }] },
  },
  {
    name: "a field twice, of which the later one counts",
    detail: z.object({ status: z.enum(["a", "b"]), id: z.string() }),
    filter: { $or: [{ status: ["a"] }, { id: ["o-1"] }], status: ["a", "b"] },
  },
  {
    name: "a field without a name",
    detail: z.object({ "": z.enum(["a"]) }),
    filter: { "": ["b"] },
  },
  {
    name: "presence or more of a list that may be empty",
    detail: z.object({ tags: z.array(z.string()) }),
    filter: { tags: [{ exists: true }] },
  },
  {
    name: "fields of one alternative",
    detail: union,
    filter: { t: ["a", "b"], q: ["x"] },
  },
];

describe("a filter", () => {
  it.each(idle)("that asks for $name is warned of, once", ({ detail, filter, at, says }) => {
    const warnings = warningsOf(detail, filter);
    expect(warnings.map(({ path }) => path)).toContain(`routes[0].filter${at}`);
    expect(warnings.find(({ path }) => path === `routes[0].filter${at}`)?.message).toContain(says);
    expect(warnings).toHaveLength(1);
  });

  it.each(undecided)("that asks for $name is taken as it stands", ({ detail, filter }) => {
    // Notes on the pattern alone begin with its own path, and know nothing of the contract.
    const warnings = warningsOf(detail, filter).filter(
      ({ path, message }) => !message.startsWith("detail.") && !path.endsWith(".t"),
    );
    expect(warnings).toEqual([]);
  });
});
