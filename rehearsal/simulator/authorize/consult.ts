import type { PolicyReading } from "./policy-document.js";
import type { Grant } from "./principal-part.js";
import type { AccessRequest } from "./request.js";
import { conditionEvidence, differences, evaluateStatement, unknownThings } from "./statement.js";
import type { Evidence, PartEvidence, StatementEvidence, StatementRef, Unknown } from "./verdict.js";

/** A policy that takes part in a decision. */
export interface ConsultedPolicy {
  readonly name: string;
  readonly reading: PolicyReading;
}

export interface AllowFinding {
  readonly statement: StatementRef;
  readonly grant: Grant;
}

/** What a set of policies says about one request. */
export interface Finding {
  readonly policies: readonly ConsultedPolicy[];
  readonly denies: readonly StatementEvidence[];
  readonly allows: readonly AllowFinding[];
  /** What would have to be known to say that nothing else denies. */
  readonly mayDeny: readonly Unknown[];
  /** What would have to be known to say that nothing else allows. */
  readonly mayAllow: readonly Unknown[];
}

/** Asks policies about a request. A malformed policy may hold anything, so it counts as both unknowns. */
export function consult(
  policies: readonly ConsultedPolicy[],
  request: AccessRequest,
  evidence: Evidence,
): Finding {
  const denies: StatementEvidence[] = [];
  const allows: AllowFinding[] = [];
  const mayDeny: Unknown[] = [];
  const mayAllow: Unknown[] = [];
  for (const { name, reading } of policies) {
    if (!reading.ok) {
      const unknowns = reading.problems.map((problem): Unknown => ({ ...problem, policy: name }));
      mayDeny.push(...unknowns);
      mayAllow.push(...unknowns);
      continue;
    }
    for (const statement of reading.document.statementsFor(request.principal)) {
      const answer = evaluateStatement(statement, request);
      if (answer === "no") continue;
      const ref: StatementRef = { policy: name, statement: statement.label };
      if (answer === "unknown") {
        const list = statement.effect === "Deny" ? mayDeny : mayAllow;
        list.push(...unknownThings(statement, request).map((thing) => ({ ...thing, ...ref })));
      } else if (statement.effect === "Deny") {
        const conditions = evidence === "full" ? conditionEvidence(statement.conditions, request) : [];
        denies.push({ statement: ref, parts: conditions });
      } else {
        allows.push({ statement: ref, grant: statement.principal?.grant(request.principal) ?? "direct" });
      }
    }
  }
  return { policies, denies, allows, mayDeny, mayAllow };
}

/** How many statements are worth a look. */
const mostNearMisses = 3;

/** The Allow statements that come nearest to allowing the request, with all in which they differ from it. */
export function nearMisses(
  policies: readonly ConsultedPolicy[],
  request: AccessRequest,
): readonly StatementEvidence[] {
  const misses = policies.flatMap(({ name, reading }) => {
    if (!reading.ok) return [];
    return reading.document.statements
      .filter((statement) => statement.effect === "Allow" && evaluateStatement(statement, request) === "no")
      .map((statement) => {
        const parts = differences(statement, request);
        const distance = parts.reduce((sum, part) => sum + weightOf(part, request), 0);
        return { distance, evidence: { statement: { policy: name, statement: statement.label }, parts } };
      });
  });
  const nearest = Math.min(...misses.map(({ distance }) => distance));
  return misses
    .filter(({ distance }) => distance === nearest)
    .slice(0, mostNearMisses)
    .map(({ evidence }) => evidence);
}

/**
 * How far a difference takes a statement from the request. One about the same action and resource was meant before one
 * about others, and least likely one that names another kind of caller, or a key that the request does not carry.
 */
function weightOf(part: PartEvidence, { principal }: AccessRequest): number {
  switch (part.part) {
    case "action":
    case "resource":
      return 2;
    case "principal":
      return part.wants.some(isService) === (principal.kind === "service") ? 1 : 3;
    case "condition":
      return part.has === undefined ? 3 : 1;
  }
}

function isService(name: string): boolean {
  return name.endsWith(".amazonaws.com");
}
