import { complexityOf, type EventPattern } from "event-patterns";
import { quotas } from "../../aws/limits.js";

/** What EventBridge would say to the wildcards of a pattern; undefined if it takes them. */
export function tooComplex(pattern: EventPattern): string | undefined {
  const complexity = complexityOf(pattern);
  const most = quotas.wildcardComplexity.default;
  return complexity <= most
    ? undefined
    : `wildcard complexity ${complexity}, EventBridge takes at most ${most} a rule ("Rule is too complex")`;
}

export const simplerWildcards =
  'write {"prefix": "x"} for x* and {"suffix": "x"} for *x, fewer wildcards on one field, or longer texts between the stars';
