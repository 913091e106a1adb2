import type { Mismatch } from "event-patterns";
import { parseArn } from "./arn.js";
import type { Verdict } from "./iam/verdict.js";
import type { Reason } from "./reasons.js";

/** What can receive an event from a rule. */
export type TargetKindName =
  "bus" | "log-group" | "queue" | "topic" | "function" | "state-machine" | "stream" | "firehose";

/** An action of IAM's, by its name. */
export type Action = `${string}:${string}`;

/** One authorisation that a step needed. */
export interface Check {
  readonly check:
    | "put-events"
    | "assume-role"
    | "send-message"
    | "create-log-stream"
    | "put-log-events"
    | "publish"
    | Action;
  /** Role ARN, or service principal. */
  readonly principal: string;
  readonly resource: string;
  readonly verdict: Verdict;
}

/** A caller puts one event on a bus. */
export interface PutEventsStep {
  readonly kind: "put-events";
  /** Account of the caller. */
  readonly account: string;
  readonly principal: string;
  readonly bus: string;
  readonly eventId: string;
  readonly outcome: "accepted" | "refused" | "lost" | "undecided";
  readonly reason?: Reason;
  /** What the reason speaks of, such as the field that is missing. */
  readonly subject?: string;
  readonly checks: readonly Check[];
}

/** A bus under a customer key takes an event in; buses without one need nobody's permission and have no such step. */
export interface EncryptionStep {
  readonly kind: "encryption";
  readonly account: string;
  readonly bus: string;
  readonly key: string;
  readonly eventId: string;
  /** `dead-letter`: in the bus's own dead-letter queue, which is `to`. */
  readonly outcome: "encrypted" | "dead-letter" | "lost" | "undecided";
  readonly to?: string;
  readonly reason?: Reason;
  readonly subject?: string;
  readonly checks: readonly Check[];
}

/** A rule of a bus looks at an event. Rules that do not match are only listed in a trace. */
export interface RuleStep {
  readonly kind: "rule";
  readonly account: string;
  readonly bus: string;
  readonly rule: string;
  readonly eventId: string;
  readonly outcome: "matched" | "not-matched" | "disabled" | "kept-back";
  /** What in the pattern keeps the rule from matching. */
  readonly mismatch?: Mismatch | undefined;
}

/** A rule that matched hands the event to one of its targets. */
export interface TargetStep {
  readonly kind: "target";
  readonly account: string;
  readonly bus: string;
  readonly rule: string;
  readonly target: string;
  readonly to: string;
  readonly targetKind: TargetKindName | "other";
  readonly eventId: string;
  /**
   * `failed`: refused at delivery, so a dead-letter step follows. `lost`: gone without an error. `not-admitted`:
   * AWS would not have taken the target in the first place, so the event is lost too.
   */
  readonly outcome: "delivered" | "failed" | "lost" | "not-admitted" | "undecided";
  readonly reason?: Reason;
  readonly subject?: string;
  /** ERROR_CODE that the dead letter carries. */
  readonly errorCode?: ErrorCode;
  /** What the target got in place of the event, if it did and the target has an input transformer. */
  readonly input?: string;
  readonly checks: readonly Check[];
}

/** A refused delivery goes to the dead-letter queue of its target, if that accepts it. */
export interface DeadLetterStep {
  readonly kind: "dead-letter";
  readonly account: string;
  readonly bus: string;
  readonly rule: string;
  readonly target: string;
  /** The dead-letter queue; undefined if the target has none. */
  readonly to: string | undefined;
  readonly eventId: string;
  readonly outcome: "delivered" | "lost" | "undecided";
  readonly reason?: Reason;
  readonly subject?: string;
  readonly checks: readonly Check[];
}

/** Lambda takes a message from a queue and invokes a function with it. */
export interface MappingStep {
  readonly kind: "mapping";
  /** Account of the queue. */
  readonly account: string;
  readonly queue: string;
  /** The function. */
  readonly to: string;
  readonly eventId: string;
  /** `waiting`: it stays in the queue, until somebody takes it or its time there is over. */
  readonly outcome: "delivered" | "waiting" | "undecided";
  readonly reason?: Reason;
  readonly subject?: string;
  readonly checks: readonly Check[];
}

export type Step = PutEventsStep | EncryptionStep | RuleStep | TargetStep | DeadLetterStep | MappingStep;

/**
 * ERROR_CODE of a dead letter.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export type ErrorCode = "NO_PERMISSIONS" | "NO_RESOURCE" | "THIRD_ACCOUNT_HOP_DETECTED";

/** The rule and target by which an event came, through a queue too; absent for one that was put directly. */
export interface Via {
  readonly rule: string;
  readonly target: string;
}

export interface Arrival {
  readonly kind: TargetKindName | "dead-letter";
  /** Account of what received the event. */
  readonly account: string;
  readonly arn: string;
  readonly eventId: string;
  readonly via?: Via;
}

/** An event, or a copy of it, that is gone, or of which nobody can say whether it arrives. */
export interface Miss {
  /** What should have received it; undefined for a dead letter without a queue. */
  readonly arn: string | undefined;
  readonly eventId: string;
  readonly reason: Reason;
  readonly via?: Via;
}

/** What became of one PutEvents call. */
export interface Delivery {
  /** AWS acknowledged every entry; says nothing of what arrived. */
  readonly accepted: boolean;
  /** In the order in which they happened. */
  readonly steps: readonly Step[];
  readonly arrivals: readonly Arrival[];
  readonly lost: readonly Miss[];
  readonly undecided: readonly Miss[];
}

/** Collects what happens to the events of one call. */
export class Recorder {
  private readonly steps: Step[] = [];
  private readonly arrivals: Arrival[] = [];
  private readonly lost: Miss[] = [];
  private readonly undecided: Miss[] = [];

  add(step: Step): void {
    this.steps.push(step);
    const { outcome } = step;
    const list = outcome === "undecided" ? this.undecided : this.lost;
    if (step.kind === "rule" || !["undecided", "lost", "not-admitted"].includes(outcome)) return;
    list.push({
      arn: "bus" in step && !("rule" in step) ? step.bus : step.to,
      eventId: step.eventId,
      reason: step.reason ?? "check-undecided",
      ...("rule" in step ? { via: { rule: step.rule, target: step.target } } : {}),
    });
  }

  arrive(kind: Arrival["kind"], arn: string, eventId: string, via?: Via): void {
    const account = parseArn(arn)?.account ?? "";
    this.arrivals.push({ kind, account, arn, eventId, ...(via === undefined ? {} : { via }) });
  }

  finish(): Delivery {
    const { steps, arrivals, lost, undecided } = this;
    const puts = steps.filter((step) => step.kind === "put-events");
    const accepted =
      puts.length > 0 && puts.every(({ outcome }) => outcome === "accepted" || outcome === "lost");
    return { accepted, steps, arrivals, lost, undecided };
  }
}
