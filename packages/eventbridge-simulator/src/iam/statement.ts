import { type Condition } from "./condition.js";
import type { PrincipalPart } from "./principal.js";
import type { AccessRequest, RequestContext } from "./request.js";
import {
  compileArnPattern,
  compileWildcards,
  parseTemplate,
  plainTokens,
  templateMatcher,
  type ValueMatcher,
} from "./text.js";
import type { PartEvidence, StatementPart, Tri } from "./verdict.js";
import { negate, type UnknownThing } from "./verdict.js";

/** One statement, compiled. */
export interface Statement {
  /** Its Sid, or `#<index>`. */
  readonly label: string;
  readonly effect: "Allow" | "Deny";
  /** Absent in identity policies: they speak about whoever carries them. */
  readonly principal: PrincipalPart | undefined;
  /** Principal, action and resource, cheapest first; only those that the statement has. */
  readonly parts: readonly StatementPart[];
  readonly conditions: readonly Condition[];
}

/**
 * Whether a statement speaks about a request. A known part that fails settles it, whatever else is unknown.
 */
export function evaluateStatement(statement: Statement, request: AccessRequest): Tri {
  let answer: Tri = "yes";
  for (const part of statement.parts) {
    const tri = part.test(request);
    if (tri === "no") return "no";
    if (tri === "unknown") answer = "unknown";
  }
  for (const condition of statement.conditions) {
    const tri = condition.test(request.context);
    if (tri === "no") return "no";
    if (tri === "unknown") answer = "unknown";
  }
  return answer;
}

/** Every unknown thing of a statement that answered "unknown". */
export function unknownThings(statement: Statement, request: AccessRequest): readonly UnknownThing[] {
  const parts = statement.parts.filter((part) => part.test(request) === "unknown");
  const conditions = statement.conditions.filter(
    (condition) => condition.test(request.context) === "unknown",
  );
  return [
    ...parts.map((part) => part.unknown(request)),
    ...conditions.map((condition) => condition.unknown(request.context)),
  ];
}

/** Why a statement that answered "no" does not speak: every part and every condition that differs. */
export function differences(statement: Statement, request: AccessRequest): readonly PartEvidence[] {
  return [
    ...statement.parts.filter((part) => part.test(request) === "no").map((part) => part.evidence(request)),
    ...conditionEvidence(
      statement.conditions.filter((condition) => condition.test(request.context) === "no"),
      request,
    ),
  ];
}

/** Why a statement that answered "yes" speaks: what narrows it, all of which holds. */
export function narrowing(statement: Statement, request: AccessRequest): readonly PartEvidence[] {
  const parts = statement.parts.map((part) => part.evidence(request));
  return [
    ...parts.filter((part) => (part.part === "principal" ? part.wants.length > 0 : part.negated)),
    ...conditionEvidence(statement.conditions, request),
  ];
}

function conditionEvidence(
  conditions: readonly Condition[],
  { context }: AccessRequest,
): readonly PartEvidence[] {
  return conditions.map((condition) => ({ part: "condition", ...condition.evidence(context) }));
}

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

export interface ResourcePart extends StatementPart {
  readonly variables: readonly string[];
}

/** One ARN of a Resource element. */
interface ResourceMatcher {
  readonly matcher: ValueMatcher;
  /** The same where a wildcard at the end of a part reaches over colons; undefined without wildcards. */
  readonly loose: ValueMatcher | undefined;
  /** Has a variable where AWS takes none. */
  readonly misplaced: boolean;
}

/**
 * Resource or NotResource: `*`, or ARNs with wildcards and policy variables. A variable may stand in the last part of an ARN
 * only; what one does before it, and how far a `*` at the end of a part reaches beyond the colon, AWS documents too loosely to
 * rely on, so a resource that fits only by that is unknown.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourcePart(
  patterns: readonly string[],
  negated: boolean,
  variables: boolean,
): ResourcePart {
  const everything = patterns.includes("*");
  const matchers: ResourceMatcher[] = [];
  const undecided: string[] = [];
  for (const pattern of patterns) {
    if (pattern === "*") continue;
    const matcher = templateMatcher(pattern, variables, compileArnPattern);
    // "arn:aws:sqs:*" has fewer than six parts; some services take it, the documentation does not.
    if (matcher === undefined) undecided.push(pattern);
    else {
      const loose = pattern.includes("*") ? templateMatcher(pattern, variables, compileWildcards) : undefined;
      matchers.push({ matcher, loose, misplaced: variables && variableBeforeLastPart.test(pattern) });
    }
  }
  const used = matchers.flatMap(({ matcher }) => matcher.variables);
  const answerOf = (
    { matcher, loose, misplaced }: ResourceMatcher,
    resource: string,
    context: RequestContext,
  ) => {
    const answer = matcher.matches(resource, context);
    if (answer === "yes") return misplaced ? "unknown" : "yes";
    return answer === "no" && loose?.matches(resource, context) === "yes" ? "unknown" : answer;
  };
  const matchesSome = ({ resource, context }: AccessRequest): Tri => {
    if (everything) return "yes";
    if (resource === undefined) return "unknown";
    let doubtful = undecided.length > 0;
    for (const matcher of matchers) {
      const answer = answerOf(matcher, resource, context);
      if (answer === "yes") return "yes";
      doubtful ||= answer === "unknown" || (negated && answer === "unresolved");
    }
    return doubtful ? "unknown" : "no";
  };
  return {
    variables: used,
    test: (request) => (negated ? negate(matchesSome(request)) : matchesSome(request)),
    evidence: ({ resource = "" }) => ({ part: "resource", negated, has: resource, wants: patterns }),
    unknown: () => {
      if (undecided.length > 0) return { reason: "unknown-resource", subject: undecided.join(", ") };
      if (matchers.some(({ misplaced }) => misplaced))
        return { reason: "unknown-variable-place", subject: patterns.join(", ") };
      return used.length > 0
        ? { reason: "unknown-variable", subject: used.join(", ") }
        : { reason: "unknown-reach", subject: patterns.join(", ") };
    },
  };
}

/** `${*}`, `${?}` and `${$}` are no variables but characters. */
const variableBeforeLastPart = /^(?:[^:$]*:){0,4}[^:$]*\$\{(?![*?$]\})/u;
