import { plainMatcher } from "../value-matcher.js";
import type { ConditionOperator } from "./condition-operator.js";

/**
 * Compares presence instead of a value: `"true"` wants the key absent. The condition hands it `"true"` for an
 * absent key and `"false"` for a present one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
 */
export const nullOperator: ConditionOperator = {
  compile: (value) =>
    value === "true" || value === "false" ? plainMatcher((isAbsent) => isAbsent === value) : undefined,
};
