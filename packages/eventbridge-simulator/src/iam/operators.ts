import {
  compileArnPattern,
  compileWildcards,
  plainMatcher,
  type PlainToken,
  templateMatcher,
  type ValueMatcher,
} from "./text.js";

/** How one family of condition operators compares a value of the policy with a value of the request. */
export interface ConditionOperator {
  /**
   * @param value as written in the policy
   * @param variables whether `${…}` is a policy variable in this document (Version 2012-10-17)
   * @returns undefined if the operator does not take such a value
   */
  readonly compile: (value: string, variables: boolean) => ValueMatcher | undefined;
}

export type SetOperator = "ForAllValues" | "ForAnyValue";

/** A condition operator as a policy writes it, taken apart. */
export interface OperatorUse {
  readonly operator: ConditionOperator;
  /** Holds when no value of the policy matches. */
  readonly negated: boolean;
  /** Asks whether the key is there, not what it says. */
  readonly presence: boolean;
  readonly set: SetOperator | undefined;
  /** `…IfExists`: holds when the key is absent. */
  readonly ifExists: boolean;
}

/** Part by part, each with wildcards. ArnEquals and ArnLike behave identically (IAM, condition operators). */
const arnLike: ConditionOperator = {
  compile: (value, variables) => templateMatcher(value, variables, compileArnPattern),
};

/** `true` or `false`; takes no policy variables. */
const bool: ConditionOperator = {
  compile: (value) => {
    const wanted = value.toLowerCase();
    if (wanted !== "true" && wanted !== "false") return undefined;
    return plainMatcher((actual) => actual.toLowerCase() === wanted);
  },
};

/**
 * Compares presence instead of a value: `"true"` wants the key absent. The condition hands it `"true"` for an
 * absent key and `"false"` for a present one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
 */
const nullOperator: ConditionOperator = {
  compile: (value) =>
    value === "true" || value === "false" ? plainMatcher((isAbsent) => isAbsent === value) : undefined,
};

/** Exact but for case; `*` and `?` are characters. */
const stringEqualsIgnoreCase: ConditionOperator = {
  compile: (value, variables) =>
    templateMatcher(value, variables, (tokens) => {
      const text = asWritten(tokens).toLowerCase();
      return (actual) => actual.toLowerCase() === text;
    }),
};

/** Exact and case-sensitive; `*` and `?` are characters. */
const stringEquals: ConditionOperator = {
  compile: (value, variables) =>
    templateMatcher(value, variables, (tokens) => {
      const text = asWritten(tokens);
      return (actual) => actual === text;
    }),
};

/** The text of tokens where wildcards mean themselves. */
function asWritten(tokens: readonly PlainToken[]): string {
  return tokens.map((token) => (token.kind === "text" ? token.text : wildcardText[token.kind])).join("");
}

const wildcardText = { "any-characters": "*", "one-character": "?" } as const;

/** Case-sensitive, with `*` and `?` anywhere. */
const stringLike: ConditionOperator = {
  compile: (value, variables) => templateMatcher(value, variables, compileWildcards),
};

const operators: ReadonlyMap<string, Pick<OperatorUse, "operator" | "negated" | "presence">> = new Map([
  ["StringEquals", compares(stringEquals)],
  ["StringNotEquals", compares(stringEquals, { negated: true })],
  ["StringEqualsIgnoreCase", compares(stringEqualsIgnoreCase)],
  ["StringNotEqualsIgnoreCase", compares(stringEqualsIgnoreCase, { negated: true })],
  ["StringLike", compares(stringLike)],
  ["StringNotLike", compares(stringLike, { negated: true })],
  ["ArnEquals", compares(arnLike)],
  ["ArnNotEquals", compares(arnLike, { negated: true })],
  ["ArnLike", compares(arnLike)],
  ["ArnNotLike", compares(arnLike, { negated: true })],
  ["Bool", compares(bool)],
  ["Null", compares(nullOperator, { presence: true })],
  // Numeric, Date, IpAddress and Binary operators are left out on purpose: no key that the simulator knows has
  // such a value, and an operator that is not in this table never allows.
]);

function compares(
  operator: ConditionOperator,
  { negated = false, presence = false } = {},
): Pick<OperatorUse, "operator" | "negated" | "presence"> {
  return { operator, negated, presence };
}

const writtenForm = /^(?:(?<set>ForAllValues|ForAnyValue):)?(?<name>[A-Za-z]+?)(?<ifExists>IfExists)?$/u;

/**
 * Reads `[ForAllValues:|ForAnyValue:]<operator>[IfExists]`. Null takes neither prefix nor suffix.
 * @returns undefined if the simulator does not know the operator
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function parseOperator(written: string): OperatorUse | undefined {
  const { set, name, ifExists } = writtenForm.exec(written)?.groups ?? {};
  const known = name === undefined ? undefined : operators.get(name);
  if (known === undefined) return undefined;
  if (known.presence && (set !== undefined || ifExists !== undefined)) return undefined;
  return {
    ...known,
    set: set === "ForAllValues" || set === "ForAnyValue" ? set : undefined,
    ifExists: ifExists !== undefined,
  };
}
