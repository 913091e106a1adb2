import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonValue } from "../../infra/aws/event-pattern.js";
import { conditionAt, withValues, type Condition } from "../../infra/registry/filters/condition.js";
import { contractSchema, type ContractSchema } from "../../infra/registry/filters/schema.js";
import { mayFailTogether, mayPassTogether } from "../../infra/registry/filters/judge.js";
import { matchEvent, parsePattern } from "event-patterns";
import { arbitraryDetail, fieldNames, numbers, texts } from "../fixtures/arbitrary-detail.js";

// Each schema is used for a few values only, which compiling it would not pay for.
z.config({ jitless: true });

const text = fc.constantFrom(...texts);
const number = fc.constantFrom(...numbers);
const someText = text.filter((value) => value !== "");

const matcher: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(text, number, fc.constantFrom(true, false, null)) },
  { weight: 2, arbitrary: fc.boolean().map((exists) => ({ exists })) },
  text.map((prefix) => ({ prefix })),
  text.map((suffix) => ({ suffix })),
  text.map((prefix) => ({ prefix: { "equals-ignore-case": prefix } })),
  text.map((value) => ({ "equals-ignore-case": value })),
  text.map((value) => ({ wildcard: `${value}*` })),
  fc.constant({ cidr: "10.0.0.0/24" }),
  fc
    .tuple(fc.constantFrom("<", "<=", "=", ">", ">="), number)
    .map(([comparison, bound]) => ({ numeric: [comparison, bound] })),
  fc.constant({ numeric: [">=", 0, "<", 1] }),
  fc.array(text, { minLength: 1, maxLength: 3 }).map((excluded) => ({ "anything-but": excluded })),
  fc.array(number, { minLength: 1, maxLength: 3 }).map((excluded) => ({ "anything-but": excluded })),
  someText.map((prefix) => ({ "anything-but": { prefix } })),
  someText.map((value) => ({ "anything-but": { "equals-ignore-case": value } })),
);

const steps = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(["x"], ["y"], ["t"]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...fieldNames), { minLength: 2, maxLength: 3 }) },
);

const conditions: fc.Arbitrary<Condition[]> = fc
  .uniqueArray(fc.record({ steps, values: fc.array(matcher, { minLength: 1, maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 3,
    selector: (asked) => asked.steps.join("."),
  })
  .map((asked) => asked.flatMap((one) => conditionAt(one.steps, [], one.values) ?? []));

/** What EventBridge answers; a field is named with dots, which is the same to it. */
function matches(asked: readonly Condition[], detail: JsonValue): boolean {
  const filter = Object.fromEntries(asked.map(({ name, values }) => [name, values]));
  const parsed = parsePattern({ detail: filter });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ problem }) => problem).join());
  return matchEvent(parsed.pattern, { detail });
}

const cases = arbitraryDetail.chain(({ schema, values }) =>
  fc.record({
    schema: fc.constant(schema),
    asked: conditions,
    details: fc
      .array(values, { minLength: 5, maxLength: 15 })
      .map((details) => details.filter((detail) => satisfies(schema, detail))),
  }),
);

function satisfies(schema: z.ZodType, detail: JsonValue): boolean {
  if (typeof detail !== "object" || detail === null || Array.isArray(detail)) return false;
  try {
    return schema.safeParse(detail).success;
  } catch {
    // zod throws where the two sides of an intersection change a value each in its own way.
    return false;
  }
}

const runs = { numRuns: 3_000 } as const;

function readable(detail: z.ZodType): ContractSchema {
  const schema = contractSchema(detail);
  if (schema === "unreadable") throw new Error("every schema of this test has a JSON Schema");
  return schema;
}

describe("the judge of filters", () => {
  it("says that nothing passes only where no event that satisfies the contract does", () => {
    const judged = { never: 0, open: 0 };
    fc.assert(
      fc.property(cases, ({ schema, asked, details }) => {
        const alone = asked.flatMap((condition) =>
          condition.values.flatMap((value) => withValues(condition, [value]) ?? []),
        );
        for (const together of [asked, ...alone.map((condition) => [condition])]) {
          const may = mayPassTogether(readable(schema), together);
          judged[may ? "open" : "never"] += 1;
          if (!may) expect(details.filter((detail) => matches(together, detail))).toEqual([]);
        }
      }),
      runs,
    );
    expect(Math.min(judged.never, judged.open)).toBeGreaterThan(runs.numRuns / 20);
  });

  it("says that all pass only where every event that satisfies the contract does", () => {
    let always = 0;
    fc.assert(
      fc.property(cases, ({ schema, asked, details }) => {
        for (const condition of asked) {
          if (mayFailTogether(readable(schema), [condition])) continue;
          always += 1;
          expect(details.filter((detail) => !matches([condition], detail))).toEqual([]);
          // Left out, it must be missed by none of the others: they may share a list with it.
          const others = asked.filter((other) => other !== condition);
          if (others.length === 0) continue;
          const missed = details.filter((detail) => matches(asked, detail) !== matches(others, detail));
          expect(missed).toEqual([]);
        }
      }),
      runs,
    );
    expect(always).toBeGreaterThan(runs.numRuns / 50);
  });

  it("says that some condition always passes only where each event passes one", () => {
    let always = 0;
    fc.assert(
      fc.property(cases, ({ schema, asked, details }) => {
        if (mayFailTogether(readable(schema), asked)) return;
        always += 1;
        const failing = details.filter((detail) => asked.every((condition) => !matches([condition], detail)));
        expect(failing).toEqual([]);
      }),
      runs,
    );
    expect(always).toBeGreaterThan(0);
  });
});
