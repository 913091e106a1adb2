import { z } from "zod";

/** One statement of an emitted policy, with single values written as lists. */
export interface StatementText {
  /** Sid, or the statement's number. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  /** `*`, or `AWS arn:…`, `Service events.amazonaws.com`; empty in identity policies. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  /** Empty in trust policies. */
  readonly resources: readonly string[];
  readonly conditions: readonly ConditionText[];
  /** Elements that say what is not meant, such as NotAction. */
  readonly negations: readonly string[];
}

export interface ConditionText {
  /** As written: `ForAllValues:StringEquals`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** IAM takes booleans and numbers in conditions, too. */
const scalar = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const oneOrMany = z.union([scalar.transform((value) => [value]), z.array(scalar)]);

const statementShape = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: z.union([z.literal("*"), z.record(z.string(), oneOrMany)]).optional(),
  Action: oneOrMany.default([]),
  Resource: oneOrMany.default([]),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMany)).default({}),
  NotPrincipal: z.unknown().optional(),
  NotAction: z.unknown().optional(),
  NotResource: z.unknown().optional(),
});

const policyShape = z.object({
  Statement: z.union([statementShape.transform((statement) => [statement]), z.array(statementShape)]),
});

/** The statements of a policy; undefined if it has a form that nobody here writes. */
export function statementsOf(policy: string): StatementText[] | undefined {
  return policyShape.safeParse(JSON.parse(policy)).data?.Statement.map((statement, index) => ({
    name: statement.Sid ?? `#${index}`,
    effect: statement.Effect,
    principals: principalsOf(statement.Principal),
    actions: statement.Action,
    resources: statement.Resource,
    conditions: Object.entries(statement.Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
    negations: Object.entries(statement).flatMap(([element, value]) =>
      element.startsWith("Not") && value !== undefined ? [element] : [],
    ),
  }));
}

function principalsOf(principal: "*" | Readonly<Record<string, readonly string[]>> | undefined): string[] {
  if (principal === undefined) return [];
  if (principal === "*") return ["*"];
  return Object.entries(principal).flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`));
}
