import { negate, type StatementPart } from "./statement-part.js";
import { parseTemplate, plainTokens } from "./template.js";
import { compileWildcards } from "./wildcard.js";
import type { Tri } from "./tri.js";

/**
 * Action or NotAction: names with wildcards, without regard to case.
 * @param undecided actions that are written in a way whose effect in this kind of policy is not documented
 */
export function actionPart(
  patterns: readonly string[],
  negated: boolean,
  undecided: readonly string[] = [],
): StatementPart {
  const tests = patterns.map(actionTest);
  const undecidedTests = undecided.map(actionTest);
  // A rehearsal asks about a handful of actions, hundreds of thousands of times.
  const answers = new Map<string, Tri>();
  const decide = (action: string): Tri => {
    const name = action.toLowerCase();
    const some: Tri = tests.some((test) => test(name))
      ? "yes"
      : undecidedTests.some((test) => test(name))
        ? "unknown"
        : "no";
    const answer = negated ? negate(some) : some;
    answers.set(action, answer);
    return answer;
  };
  return {
    test: ({ action }) => answers.get(action) ?? decide(action),
    evidence: ({ action }) => ({
      part: "action",
      negated,
      has: action,
      wants: [...patterns, ...undecided],
    }),
    unknown: () => ({ reason: "unknown-action", subject: undecided.join(", ") }),
  };
}

function actionTest(pattern: string): (action: string) => boolean {
  const tokens = plainTokens(parseTemplate(pattern.toLowerCase(), false) ?? []) ?? [];
  return compileWildcards(tokens);
}
