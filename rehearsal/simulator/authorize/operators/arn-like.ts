import { compileArnPattern } from "../arn-pattern.js";
import { templateMatcher } from "../value-matcher.js";
import type { ConditionOperator } from "./condition-operator.js";

/** Part by part, each with wildcards. ArnEquals and ArnLike behave identically (IAM, condition operators). */
export const arnLike: ConditionOperator = {
  compile: (value, variables) => templateMatcher(value, variables, compileArnPattern),
};
