import type { PolicyReading } from "./policy-document.js";
import type { Grant } from "./principal-part.js";
import type { AccessRequest } from "./request.js";
import { differences, evaluateStatement, narrowing, unknownThings, type Statement } from "./statement.js";
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
        denies.push({ statement: ref, parts: evidence === "full" ? narrowing(statement, request) : [] });
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
        const evidence = { statement: { policy: name, statement: statement.label }, parts };
        return { distance: distanceOf(statement, parts, request), evidence };
      });
  });
  const [nearest] = [...misses].sort((left, right) => compareLists(left.distance, right.distance));
  return misses
    .filter(({ distance }) => nearest !== undefined && compareLists(distance, nearest.distance) === 0)
    .slice(0, mostNearMisses)
    .map(({ evidence }) => evidence);
}

/**
 * How far a statement is from the request; the first number that differs decides. First in how many things it differs,
 * then how much, then how little of it holds, as several things that fit are no chance.
 */
function distanceOf(
  { parts, conditions }: Statement,
  differing: readonly PartEvidence[],
  request: AccessRequest,
): readonly number[] {
  const weight = differing.reduce((sum, part) => sum + (isOtherValue(part, request) ? 1 : 2), 0);
  return [differing.length, weight, differing.length - parts.length - conditions.length];
}

/** Another caller of the same kind, or another value of a key that the request has: a slip, and no other purpose. */
function isOtherValue(part: PartEvidence, { principal }: AccessRequest): boolean {
  switch (part.part) {
    case "action":
    case "resource":
      return false;
    case "principal":
      return part.wants.some(isService) === (principal.kind === "service");
    case "condition":
      return part.has !== undefined;
  }
}

function isService(name: string): boolean {
  return name.endsWith(".amazonaws.com");
}

function compareLists(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}
