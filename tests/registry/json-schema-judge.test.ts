import fc from "fast-check";
import { matchEvent, parsePattern } from "event-patterns";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../infra/aws/event-pattern.js";
import { Documents } from "../../infra/registry/detail/documents.js";
import { readJsonSchema } from "../../infra/registry/detail/json-schema.js";
import type { DetailSchema } from "../../infra/registry/detail/schema.js";
import { conditionsIn, partsOf } from "../../infra/registry/filters/condition.js";
import { mayFailTogether, mayPassTogether } from "../../infra/registry/filters/judge.js";
import { ProblemList } from "../../infra/registry/read.js";

const scalars: readonly JsonValue[] = ["x", "y", 1, 2, null];
const values: readonly JsonValue[] = [...scalars, true, [], ["x", 1], {}, { a: "x" }, { b: 1 }];

/** Every object with the fields a and b, each absent or with one of the values. */
const details: readonly JsonObject[] = [undefined, ...values].flatMap((a) =>
  [undefined, ...values].map((b) => ({
    ...(a === undefined ? {} : { a }),
    ...(b === undefined ? {} : { b }),
  })),
);

/** Schemas of small objects, with the keywords that hang on one another. */
const { object } = fc.letrec<{ object: JsonObject; part: JsonValue }>((tie) => {
  const part = tie("part");
  const fields = fc.dictionary(fc.constantFrom("a", "b"), part, { maxKeys: 2 });
  const parts = fc.array(part, { minLength: 1, maxLength: 2 });
  return {
    part: fc.oneof(
      { maxDepth: 1, depthIdentifier: "part" },
      fc.constantFrom<JsonValue>(
        ...[true, false, {}, { type: "string" }, { type: ["number", "null"] }, { const: "x" }],
        ...[
          { enum: ["x", 1] },
          { minimum: 2 },
          { type: "array" },
          { $ref: "#/$defs/named" },
          { type: "object" },
        ],
      ),
      { weight: 2, arbitrary: tie("object") },
    ),
    object: fc.record(
      {
        properties: fields,
        required: fc.subarray(["a", "b"]),
        additionalProperties: part,
        unevaluatedProperties: fc.constantFrom(false, false, { type: "string" }),
        patternProperties: fc.constantFrom<JsonObject>({ "^b": { type: "number" } }),
        dependentSchemas: fields,
        allOf: parts,
        anyOf: parts,
        oneOf: parts,
        not: part,
        items: part,
      },
      { requiredKeys: ["properties"] },
    ),
  };
});

const conditional = fc
  .tuple(
    object,
    fc.option(fc.record({ if: object, then: object, else: object }), { nil: {} }),
    fc.constantFrom<JsonValue>(
      { type: "string" },
      { properties: { a: { type: "string" } }, required: ["a"] },
      { properties: { b: { $ref: "#/$defs/named" } }, additionalProperties: false },
    ),
  )
  .map(([base, condition, named]) => ({ type: "object", ...base, ...condition, $defs: { named } }));

const condition = fc.record({
  field: fc.constantFrom("a", "b"),
  inner: fc.option(fc.constantFrom("a", "b"), { nil: undefined, freq: 3 }),
  asked: fc.oneof(
    fc.subarray([...scalars], { minLength: 1, maxLength: 2 }),
    fc.constantFrom<JsonValue[]>([{ exists: true }], [{ exists: false }], [{ "anything-but": ["x"] }]),
  ),
});

const filters = fc
  .uniqueArray(condition, { selector: ({ field }) => field, minLength: 1, maxLength: 2 })
  .map((list) =>
    Object.fromEntries(
      list.map(({ field, inner, asked }) => [field, inner === undefined ? asked : { [inner]: asked }]),
    ),
  );

function read(schema: JsonObject): DetailSchema | undefined {
  return readJsonSchema(new ProblemList(), { jsonSchema: schema }, ["detail"], new Documents());
}

function matches(filter: JsonObject, detail: JsonObject): boolean {
  const parsed = parsePattern({ detail: filter });
  return parsed.ok && matchEvent(parsed.pattern, { detail });
}

describe("the judge of filters on a JSON Schema", () => {
  it("says never and always only where the validator agrees, of every detail of a small world", () => {
    const said = { never: 0, always: 0 };
    fc.assert(
      fc.property(conditional, filters, (schema, filter) => {
        const detail = read(schema);
        const judged = detail?.asRead();
        if (detail === undefined || judged === undefined || judged === "unreadable") return;
        const told = details.map((one) => ({ one, problems: detail.problemsOf(one) }));
        fc.pre(!told.some(({ problems }) => problems.join().includes("cannot be checked")));
        const valid = told.filter(({ problems }) => problems.length === 0).map(({ one }) => one);
        const conditions = conditionsIn(partsOf(filter, []));
        if (!mayPassTogether(judged, conditions)) {
          said.never += 1;
          expect(valid.filter((one) => matches(filter, one))).toEqual([]);
        }
        if (conditions.every((one) => !mayFailTogether(judged, [one]))) {
          said.always += 1;
          expect(valid.filter((one) => !matches(filter, one))).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
    expect(said.never + said.always).toBeGreaterThan(1);
  });
});
