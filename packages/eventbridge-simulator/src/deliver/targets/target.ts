import type { KeyAnswer } from "../../ask/keys.js";
import type { Evidence, Verdict } from "../../iam/verdict.js";
import type { Reason } from "../../reasons.js";
import type { Check, ErrorCode, TargetStep } from "../../steps.js";
import type { Rule, TargetData, World } from "../../world.js";
import type { TravellingEvent } from "../put-events.js";

/** One rule handing one event to one of its targets. */
export interface Handover {
  readonly world: World;
  readonly rule: Rule;
  readonly target: TargetData;
  readonly event: TravellingEvent;
  readonly evidence: Evidence;
}

/** What came of it. */
export interface Attempt {
  readonly outcome: TargetStep["outcome"];
  readonly reason?: Reason;
  /** What the reason speaks of, such as the role that is not there. */
  readonly subject?: string;
  readonly errorCode?: ErrorCode;
  /** What the target gets in place of the event. */
  readonly input?: string;
  readonly checks: readonly Check[];
}

/** Hands an event to a target of one kind. */
export type TargetKind = (handover: Handover) => Attempt;

export function delivered(checks: readonly Check[]): Attempt {
  return { outcome: "delivered", checks };
}

/** Refused at delivery: EventBridge does not try again, the event goes to the dead-letter queue. */
export function failed(reason: Reason, errorCode: ErrorCode, more: Partial<Attempt> = {}): Attempt {
  return { checks: [], ...more, outcome: "failed", reason, errorCode };
}

/** AWS would not have accepted this target when it was put on the rule. */
export function notAdmitted(reason: Reason, subject?: string): Attempt {
  return { outcome: "not-admitted", reason, ...(subject === undefined ? {} : { subject }), checks: [] };
}

export function undecided(reason: Reason, checks: readonly Check[] = [], subject?: string): Attempt {
  return { outcome: "undecided", reason, ...(subject === undefined ? {} : { subject }), checks };
}

/** The attempt that ends at a verdict which does not allow; undefined if it allows, so that the attempt goes on. */
export function stoppedBy(verdict: Verdict, reason: Reason, checks: readonly Check[]): Attempt | undefined {
  switch (verdict.outcome) {
    case "allowed":
      return undefined;
    case "denied":
      return failed(reason, "NO_PERMISSIONS", { checks });
    case "cannot-decide":
      return undecided("check-undecided", checks);
  }
}

/** The same for a key, or a topic that may be encrypted with one. */
export function stoppedByKey({ outcome, reason, subject, checks }: KeyAnswer): Attempt | undefined {
  if (outcome === "allowed") return undefined;
  if (outcome === "undecided") return undecided("check-undecided", checks);
  return failed(reason ?? "key-denied", "NO_PERMISSIONS", {
    checks,
    ...(subject === undefined ? {} : { subject }),
  });
}
