import {
  authorizeRole,
  authorizeService,
  type RoleQuestion,
  type ServiceQuestion,
} from "./authorize/authorize.js";
import { principalName } from "./authorize/request.js";
import type { Evidence } from "./authorize/verdict.js";
import type { Check } from "./steps.js";

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
