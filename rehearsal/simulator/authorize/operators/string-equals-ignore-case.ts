import { templateMatcher } from "../value-matcher.js";
import type { ConditionOperator } from "./condition-operator.js";
import { asWritten } from "./string-equals.js";

/** Exact but for case; `*` and `?` are characters. */
export const stringEqualsIgnoreCase: ConditionOperator = {
  compile: (value, variables) =>
    templateMatcher(value, variables, (tokens) => {
      const text = asWritten(tokens).toLowerCase();
      return (actual) => actual.toLowerCase() === text;
    }),
};
