import { arnLike } from "./arn-like.js";
import { bool } from "./bool.js";
import type { ConditionOperator } from "./condition-operator.js";
import { nullOperator } from "./null.js";
import { stringEqualsIgnoreCase } from "./string-equals-ignore-case.js";
import { stringEquals } from "./string-equals.js";
import { stringLike } from "./string-like.js";

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
