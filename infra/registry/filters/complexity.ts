import {
  complexityOf,
  maxWildcardComplexity,
  type EventPattern,
} from "../../../rehearsal/simulator/pattern/index.js";

/** What EventBridge would say to the wildcards of a pattern, and how to mend it; undefined if it takes them. */
export function tooComplex(pattern: EventPattern): string | undefined {
  const complexity = complexityOf(pattern);
  return complexity <= maxWildcardComplexity
    ? undefined
    : `wildcard complexity ${complexity}, EventBridge takes at most ${maxWildcardComplexity} a rule ("Rule is too complex"); write {"prefix": "x"} for x* and {"suffix": "x"} for *x, fewer wildcards on one field, or longer texts between the stars`;
}
