import type { Arn } from "../../arn.js";
import type { Answer } from "../../ask/answer.js";
import type { RoleKeyUse } from "../../ask/role-calls.js";
import type { Evidence } from "../../iam/verdict.js";
import type { Reason } from "../../reasons.js";
import type { Action, Check, ErrorCode, TargetStep } from "../../steps.js";
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

/** How EventBridge gives to targets of a kind; whoever puts a dead letter back by a role of his own does the same. */
export interface Giving {
  /** The first gives one event, and so a letter; EventBridge's role needs all. */
  readonly actions: readonly [Action, ...Action[]];
  /** What a role needs besides of the customer key of such a thing, given the thing's ARN. */
  readonly keyUses?: (thing: string) => readonly RoleKeyUse[];
}

/** A kind of target. */
export interface TargetKind {
  /** Whether an ARN is that of such a thing. */
  readonly isOf: (arn: Arn) => boolean;
  readonly gives: Giving;
  /** Hands an event to one. */
  readonly deliver: (handover: Handover) => Attempt;
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

/** The attempt that all depends on one answer. */
export function attemptOf({ outcome, reason = "check-undecided", subject, checks }: Answer): Attempt {
  if (outcome === "allowed") return { outcome: "delivered", checks };
  if (outcome === "undecided") return undecided(reason, checks, subject);
  return failed(reason, "NO_PERMISSIONS", { checks, ...(subject === undefined ? {} : { subject }) });
}
