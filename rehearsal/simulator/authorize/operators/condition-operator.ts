import type { ValueMatcher } from "../value-matcher.js";

/** How one family of condition operators compares a value of the policy with a value of the request. */
export interface ConditionOperator {
  /**
   * @param value as written in the policy
   * @param variables whether `${…}` is a policy variable in this document (Version 2012-10-17)
   * @returns undefined if the operator does not take such a value
   */
  readonly compile: (value: string, variables: boolean) => ValueMatcher | undefined;
}
