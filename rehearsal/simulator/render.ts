import type {
  ConditionFailure,
  StatementMismatch,
  NearMiss,
  StatementRef,
  Unknown,
  Verdict,
} from "./authorize/verdict.js";
import { reasons, type Reason } from "./reasons.js";
import type { Check } from "./steps.js";
import type { WorldProblem } from "./world-problem.js";

/** The words of a reason, with what it speaks of. */
export function renderReason(reason: Reason, subject = ""): string {
  return subject === "" ? reasons[reason] : `${reasons[reason]}: ${subject}`;
}

/** A verdict in words: first the answer, then one line for each piece of evidence. */
export function renderVerdict(verdict: Verdict): readonly string[] {
  switch (verdict.outcome) {
    case "allowed":
      return [`allowed by ${verdict.allowedBy.map(renderStatement).join(" and ")}`];
    case "denied": {
      const by = verdict.deniedBy.map(renderStatement).join(", ");
      return [`denied: ${renderReason(verdict.reason, by)}`, ...verdict.nearMisses.map(renderNearMiss)];
    }
    case "cannot-decide":
      return ["cannot decide", ...verdict.unknowns.map(renderUnknown)];
  }
}

/** A check in words: who asked for what, and the verdict. */
export function renderCheck({ check, principal, resource, verdict }: Check): readonly string[] {
  const [answer = "", ...evidence] = renderVerdict(verdict);
  return [`${check} on ${resource} by ${principal}: ${answer}`, ...evidence];
}

export function renderWorldProblem({ reason, at, subject }: WorldProblem): string {
  return `${at}: ${renderReason(reason, subject)}`;
}

export function renderUnknown({ reason, subject, policy, statement }: Unknown): string {
  const where = [policy, statement].filter((part) => part !== undefined && part !== "").join(" ");
  return where === "" ? renderReason(reason, subject) : `${where}: ${renderReason(reason, subject)}`;
}

export function renderNearMiss({ statement, mismatch }: NearMiss): string {
  return `${renderStatement(statement)} does not allow it: ${renderMismatch(mismatch)}`;
}

function renderStatement({ policy, statement }: StatementRef): string {
  return `${policy} ${statement}`;
}

function renderMismatch(mismatch: StatementMismatch): string {
  switch (mismatch.part) {
    case "principal":
      return `it does not name ${mismatch.has}`;
    case "action":
    case "resource":
      return `${mismatch.part} wants ${mismatch.wants.join(" or ")}; the request has ${mismatch.has}`;
    case "condition":
      return mismatch.failures.map(renderFailure).join("; ");
  }
}

function renderFailure({ operator, key, wants, has }: ConditionFailure): string {
  const request = has === undefined ? "does not carry the key" : `has ${has.join(", ")}`;
  return `condition ${operator} ${key} wants ${wants.join(" or ")}; the request ${request}`;
}
