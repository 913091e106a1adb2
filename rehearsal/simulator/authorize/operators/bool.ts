import { plainMatcher } from "../value-matcher.js";
import type { ConditionOperator } from "./condition-operator.js";

/** `true` or `false`; takes no policy variables. */
export const bool: ConditionOperator = {
  compile: (value) => {
    const wanted = value.toLowerCase();
    if (wanted !== "true" && wanted !== "false") return undefined;
    return plainMatcher((actual) => actual.toLowerCase() === wanted);
  },
};
