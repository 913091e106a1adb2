import { type OperatorUse, parseOperator } from "./operators.js";
import { isTag, type KeyFact, lookUp, type RequestContext } from "./request.js";
import type { ValueMatcher } from "./text.js";
import type { ConditionEvidence, Tri, UnknownThing } from "./verdict.js";

/** One key under one operator, compiled. All conditions of a statement must hold. */
export interface Condition {
  readonly test: (context: RequestContext) => Tri;
  /** What it asks and what the request has, whatever the answer. */
  readonly evidence: (context: RequestContext) => ConditionEvidence;
  /** Evidence for an "unknown". */
  readonly unknown: (context: RequestContext) => UnknownThing;
  /** Lower-case keys that the condition reads, as key or as variable. */
  readonly keys: readonly string[];
}

/**
 * Compiles one condition. What the simulator does not know becomes a condition that always answers "unknown".
 * @param written operator as written, such as `ForAllValues:StringEquals`
 * @param variables whether `${…}` is a policy variable in this document
 */
export function compileCondition(
  written: string,
  key: string,
  values: readonly string[],
  variables: boolean,
): Condition {
  const use = parseOperator(written);
  if (use === undefined) return undecidable(key, { reason: "unknown-operator", subject: written });
  const matchers: ValueMatcher[] = [];
  for (const value of values) {
    const matcher = use.operator.compile(value, variables);
    if (matcher === undefined) {
      return undecidable(key, { reason: "unknown-value", subject: `${written} ${key}: ${value}` });
    }
    matchers.push(matcher);
  }
  const lowerKey = key.toLowerCase();
  return {
    keys: [lowerKey, ...matchers.flatMap((matcher) => matcher.variables)],
    test: (context) => testCondition(use, matchers, lookUp(context, lowerKey), context),
    evidence: (context) => ({
      operator: written,
      key,
      negated: use.negated,
      presence: use.presence,
      wants: values,
      has: valuesOf(lookUp(context, lowerKey)),
    }),
    unknown: (context) => {
      const fact = lookUp(context, lowerKey);
      if (fact === undefined)
        return { reason: isTag(lowerKey) ? "unknown-tag" : "unknown-key", subject: key };
      if (fact.kind === "absent") return { reason: "unknown-absent", subject: `${written} ${key}` };
      const variable = matchers
        .flatMap((matcher) => matcher.variables)
        .find((name) => !hasOneValue(context, name));
      return variable === undefined
        ? { reason: "unknown-set", subject: `${written} ${key}` }
        : { reason: "unknown-variable", subject: variable };
    },
  };
}

function undecidable(key: string, thing: UnknownThing): Condition {
  return {
    keys: [key.toLowerCase()],
    test: () => "unknown",
    evidence: () => ({
      operator: thing.subject,
      key,
      negated: false,
      presence: false,
      wants: [],
      has: undefined,
    }),
    unknown: () => thing,
  };
}

function testCondition(
  use: OperatorUse,
  matchers: readonly ValueMatcher[],
  fact: KeyFact | undefined,
  context: RequestContext,
): Tri {
  if (fact === undefined) return "unknown";
  if (use.presence) return testValue(use, matchers, fact.kind === "absent" ? "true" : "false", context);
  switch (fact.kind) {
    case "absent":
      return testAbsent(use);
    case "one":
      return testValue(use, matchers, fact.value, context);
    case "many":
      return testValues(
        use,
        fact.values.map((value) => testValue(use, matchers, value, context)),
      );
  }
}

/**
 * A key that the request does not carry: IfExists holds, ForAllValues holds (no value contradicts), ForAnyValue
 * does not, also under a negated operator; without a prefix a negated operator holds and a positive one does not. For
 * ForAnyValue with IfExists the two contradict each other.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function testAbsent({ ifExists, set, negated }: OperatorUse): Tri {
  if (set === "ForAnyValue") return ifExists ? "unknown" : "no";
  if (ifExists || set === "ForAllValues") return "yes";
  return negated ? "yes" : "no";
}

/**
 * One value of the request against all values of the policy: a positive operator wants any of them, a negated one
 * none. A policy value whose variable has no value equals nothing, and so differs from everything ("inverted condition
 * operators do match against a null value").
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
 */
function testValue(
  { negated }: OperatorUse,
  matchers: readonly ValueMatcher[],
  value: string,
  context: RequestContext,
): Tri {
  let doubtful = false;
  for (const matcher of matchers) {
    const answer = matcher.matches(value, context);
    if (answer === "yes") return negated ? "no" : "yes";
    doubtful ||= answer === "unknown";
  }
  if (doubtful) return "unknown";
  return negated ? "yes" : "no";
}

/**
 * Several values of the request. A set operator on a single value treats it as a set of one (that is `testValue`).
 * Without a set operator AWS documents nothing for several values ("multivalued context keys require a condition
 * set operator"), while its own EventBridge examples use bare StringEquals with one: so it holds, or does not, where
 * both set operators agree, and is unknown where they differ.
 */
function testValues({ set }: OperatorUse, answers: readonly Tri[]): Tri {
  const all = answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
  const any = answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
  if (set === "ForAllValues") return all;
  if (set === "ForAnyValue") return any;
  return all === any ? all : "unknown";
}

function valuesOf(fact: KeyFact | undefined): readonly string[] | undefined {
  if (fact?.kind === "one") return [fact.value];
  return fact?.kind === "many" ? fact.values : undefined;
}

function hasOneValue(context: RequestContext, key: string): boolean {
  return lookUp(context, key)?.kind === "one";
}
