import { templateMatcher } from "../value-matcher.js";
import { compileWildcards } from "../wildcard.js";
import type { ConditionOperator } from "./condition-operator.js";

/** Case-sensitive, with `*` and `?` anywhere. */
export const stringLike: ConditionOperator = {
  compile: (value, variables) => templateMatcher(value, variables, compileWildcards),
};
