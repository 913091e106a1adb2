import type { PolicyReading } from "./policy-document.js";
import type { Grant } from "./principal-part.js";
import type { AccessRequest } from "./request.js";
import { evaluateStatement, explainStatement, unknownThings, type Statement } from "./statement.js";
import type { NearMiss, StatementRef, Unknown } from "./verdict.js";

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
  readonly denies: readonly StatementRef[];
  readonly allows: readonly AllowFinding[];
  /** What would have to be known to say that nothing else denies. */
  readonly mayDeny: readonly Unknown[];
  /** What would have to be known to say that nothing else allows. */
  readonly mayAllow: readonly Unknown[];
}

/** Asks policies about a request. A malformed policy may hold anything, so it counts as both unknowns. */
export function consult(policies: readonly ConsultedPolicy[], request: AccessRequest): Finding {
  const denies: StatementRef[] = [];
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
        denies.push(ref);
      } else {
        allows.push({ statement: ref, grant: statement.principal?.grant(request.principal) ?? "direct" });
      }
    }
  }
  return { denies, allows, mayDeny, mayAllow };
}

/** Every Allow that could reach the caller and does not speak about the request, with what it misses. */
export function nearMisses(
  policies: readonly ConsultedPolicy[],
  request: AccessRequest,
): readonly NearMiss[] {
  return policies.flatMap(({ name, reading }) => {
    if (!reading.ok) return [];
    return reading.document
      .statementsFor(request.principal)
      .filter((statement) => isNearMiss(statement, request))
      .map((statement) => ({
        statement: { policy: name, statement: statement.label },
        mismatch: explainStatement(statement, request),
      }));
  });
}

function isNearMiss(statement: Statement, request: AccessRequest): boolean {
  if (statement.effect !== "Allow" || evaluateStatement(statement, request) !== "no") return false;
  return statement.principal?.test(request) !== "no";
}
