import { type EventPattern, matchEvent, parsePattern } from "../src/index.js";
import type { JsonValue } from "../src/json.js";

/** A pattern that is known to be valid. */
export function patternOf(input: string | JsonValue): EventPattern {
  const parsed = parsePattern(input);
  if (parsed.ok) return parsed.pattern;
  throw new Error(`not a valid pattern: ${JSON.stringify(parsed.problems)}`);
}

export function matches(pattern: string | JsonValue, event: JsonValue): boolean {
  return matchEvent(patternOf(pattern), event);
}

/** The first problem of a pattern, with its mend; empty if it is valid. */
export function firstProblem(input: string | JsonValue): string {
  const parsed = parsePattern(input);
  const [first] = parsed.ok ? [] : parsed.problems;
  return first === undefined ? "" : `${first.problem}: ${first.mend}`;
}

/** The places of the problems of a pattern; empty if it is valid. */
export function problemsAt(input: string | JsonValue): readonly string[] {
  const parsed = parsePattern(input);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}
