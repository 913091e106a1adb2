import {
  authorizeRole,
  authorizeService,
  type RoleQuestion,
  type ServiceQuestion,
} from "../iam/authorize.js";
import { principalName } from "../iam/request.js";
import type { Evidence } from "../iam/verdict.js";
import type { Reason } from "../reasons.js";
import type { Check } from "../steps.js";

/** Whether something may be done, with all that was asked to know it. */
export interface Answer {
  readonly outcome: "allowed" | "denied" | "undecided";
  /** Why not. */
  readonly reason?: Reason;
  /** What the reason speaks of, such as the key that is not there. */
  readonly subject?: string;
  readonly checks: readonly Check[];
}

/** What needs nobody's permission. */
export const granted: Answer = { outcome: "allowed", checks: [] };

/** What cannot be, as something is not there. */
export function refused(reason: Reason, subject?: string): Answer {
  return { outcome: "denied", reason, ...(subject === undefined ? {} : { subject }), checks: [] };
}

/** What nobody can say. */
export function doubtful(reason: Reason, subject: string): Answer {
  return { outcome: "undecided", reason, subject, checks: [] };
}

/** All of these must allow; a certain refusal outweighs a doubt. */
export function answerOf(checks: readonly Check[], reason: Reason): Answer {
  const outcomes = checks.map(({ verdict }) => verdict.outcome);
  if (outcomes.includes("denied")) return { outcome: "denied", reason, checks };
  if (outcomes.includes("cannot-decide")) return { outcome: "undecided", reason: "check-undecided", checks };
  return { outcome: "allowed", checks };
}

/** One after the other must allow: asked until one refuses, beyond those that are in doubt. */
export function inTurn(...steps: readonly (() => Answer)[]): Answer {
  let answer = granted;
  for (const step of steps) {
    const next = step();
    const checks = [...answer.checks, ...next.checks];
    if (next.outcome === "denied") return { ...next, checks };
    answer = { ...(answer.outcome === "undecided" ? answer : next), checks };
  }
  return answer;
}

/** Asks whether a role may, and keeps question and verdict as evidence. */
export function checkRole(check: Check["check"], question: RoleQuestion, evidence: Evidence): Check {
  const verdict = authorizeRole(question, evidence);
  return { check, principal: principalName(question.principal), resource: question.resource, verdict };
}

/**
 * Asks whether a service may.
 * @param resource what is guarded; the question itself names none for assuming a role
 */
export function checkService(
  check: Check["check"],
  question: ServiceQuestion,
  resource: string,
  evidence: Evidence,
): Check {
  const verdict = authorizeService(question, evidence);
  return { check, principal: principalName(question.principal), resource, verdict };
}
