import { compileArnPattern } from "./arn-pattern.js";
import { negate, type StatementPart } from "./statement-part.js";
import type { AccessRequest } from "./request.js";
import type { Tri } from "./tri.js";
import { templateMatcher, type ValueMatcher } from "./value-matcher.js";

export interface ResourcePart extends StatementPart {
  readonly variables: readonly string[];
}

/** Resource or NotResource: `*`, or ARNs with wildcards and policy variables. */
export function resourcePart(
  patterns: readonly string[],
  negated: boolean,
  variables: boolean,
): ResourcePart {
  const everything = patterns.includes("*");
  const matchers: ValueMatcher[] = [];
  const undecided: string[] = [];
  for (const pattern of patterns) {
    if (pattern === "*") continue;
    const matcher = templateMatcher(pattern, variables, compileArnPattern);
    // "arn:aws:sqs:*" has fewer than six parts; some services take it, the documentation does not.
    if (matcher === undefined) undecided.push(pattern);
    else matchers.push(matcher);
  }
  const used = matchers.flatMap((matcher) => matcher.variables);
  const matchesSome = ({ resource, context }: AccessRequest): Tri => {
    if (everything) return "yes";
    if (resource === undefined) return "unknown";
    let doubtful = undecided.length > 0;
    for (const matcher of matchers) {
      const answer = matcher.matches(resource, context);
      if (answer === "yes") return "yes";
      doubtful ||= answer === "unknown" || (negated && answer === "unresolved");
    }
    return doubtful ? "unknown" : "no";
  };
  return {
    variables: used,
    test: (request) => (negated ? negate(matchesSome(request)) : matchesSome(request)),
    evidence: ({ resource = "" }) => ({ part: "resource", negated, has: resource, wants: patterns }),
    unknown: () =>
      undecided.length > 0
        ? { reason: "unknown-resource", subject: undecided.join(", ") }
        : { reason: "unknown-variable", subject: used.join(", ") },
  };
}
