import { complexityOf, type EventPattern, type PatternProblem } from "event-patterns";
import { quotas } from "../infra/aws/limits.js";

interface Used {
  readonly used: number;
  readonly limit: number;
}

/** What a pattern takes of every limit that AWS sets a rule. */
export interface PatternCost {
  readonly characters: Used;
  readonly combinations: Used;
  readonly wildcardComplexity: Used;
  /** A bus takes few rules with wildcards. */
  readonly usesWildcard: boolean;
}

/**
 * @param text the pattern as it is sent to AWS, which counts white space as well
 * @param characterLimit the quota in force
 */
export function costOf(text: string, pattern: EventPattern, characterLimit: number): PatternCost {
  return {
    characters: { used: text.length, limit: characterLimit },
    combinations: { used: pattern.alternatives, limit: quotas.patternCombinations.default },
    wildcardComplexity: { used: complexityOf(pattern), limit: quotas.wildcardComplexity.default },
    usesWildcard: pattern.usesWildcard,
  };
}

/** For which limits a pattern costs too much. */
export function excesses(text: string, cost: PatternCost): readonly PatternProblem[] {
  const { characters, combinations, wildcardComplexity } = cost;
  const problems: PatternProblem[] = [];
  if (isOver(characters)) problems.push(tooLong(text, characters));
  if (isOver(combinations)) {
    const problem = `its $or branches combine to ${shown(combinations.used)} alternatives; EventBridge takes at most ${shown(combinations.limit)} a rule`;
    const mend = "list values in place of branches, or split the rule in several";
    problems.push({ path: "", problem, mend });
  }
  if (isOver(wildcardComplexity)) {
    const problem = `its wildcard complexity is ${shown(wildcardComplexity.used)}; EventBridge takes at most ${wildcardComplexity.limit} a rule (it would answer "Rule is too complex")`;
    const mend =
      "use prefix for x* and suffix for *x, fewer wildcards on one field, longer texts between the stars, or split the rule in several";
    problems.push({ path: "", problem, mend });
  }
  return problems;
}

function tooLong(text: string, { used, limit }: Used): PatternProblem {
  const { ceiling } = quotas.eventPatternCharacters;
  const compact = withoutSpace(text).length;
  const problem = `it has ${shown(used)} characters; EventBridge takes at most ${shown(limit)}`;
  const raise = `if AWS has raised the quota for an environment, name it with --env`;
  if (compact <= limit) {
    const mend = `send it without white space outside quotes: that leaves ${shown(compact)}`;
    return { path: "", problem: `${problem}, and only its white space is too much`, mend };
  }
  const mend = "use prefix or anything-but in place of long lists, or split the rule in several";
  return compact > ceiling
    ? { path: "", problem: `${problem}, and never more than ${shown(ceiling)}`, mend }
    : { path: "", problem, mend: `${mend}; ${raise}` };
}

function withoutSpace(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

function isOver({ used, limit }: Used): boolean {
  return used > limit;
}

/** "275 of 2,048 characters, 2 of 1,000 combinations, no wildcards". */
export function renderCost({
  characters,
  combinations,
  wildcardComplexity,
  usesWildcard,
}: PatternCost): string {
  const of = ({ used, limit }: Used): string => `${shown(used)} of ${shown(limit)}`;
  const perBus = quotas.wildcardRulesPerBus.default;
  return [
    `${of(characters)} characters`,
    `${of(combinations)} combinations`,
    ...(usesWildcard
      ? [`wildcard complexity ${of(wildcardComplexity)}`, `counts as a wildcard rule (${perBus} per bus)`]
      : ["no wildcards"]),
  ].join(", ");
}

function shown(number: number): string {
  return number.toLocaleString("en");
}
