import type { PlannedAlarms } from "./alarms.js";
import type { PlannedArchive } from "./archive.js";
import type { PlannedAuditTrail } from "./audit-trail.js";
import type { PlannedBusLog } from "./bus-logging.js";
import type { PlannedBus } from "./bus.js";
import type { PlannedDeadLetterQueue } from "./dead-letter-queue.js";
import type { PlannedEncryption } from "./encryption.js";
import type { PlannedEventLog } from "./event-log.js";
import type { PlannedForward } from "./forward.js";
import type { PlannedPublisherPolicy } from "./publisher-policy.js";
import type { PlannedRedrive } from "./redrive.js";
import type { PlannedSubscription } from "./subscription.js";

/** A role the provider takes on before it touches the account. */
export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly sessionName?: string;
}

/** What one stack emits, as plain data; every choice has been made. */
export type StackPlan = BackbonePlan | MemberPlan;

interface CommonPlan extends SwitchedOn {
  readonly environment: string;
  readonly account: string;
  /** Twelve digits; deploying into any other account is refused by the provider. */
  readonly accountId: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether Pulumi refuses to delete or replace what the stack has once, or to take it for another stack. */
  readonly protect: boolean;
  readonly bus: PlannedBus;
  readonly log: PlannedEventLog;
  readonly deadLetterQueue: PlannedDeadLetterQueue;
  readonly redrive: PlannedRedrive;
  readonly parameters: readonly PlannedParameter[];
  /** Of the backbone one per member that receives something; of any account one per bus of AWS's events and receiver. */
  readonly forwards: readonly PlannedForward[];
}

export interface BackbonePlan extends CommonPlan {
  readonly kind: "backbone";
  /**
   * Whether the global bus's policy stands before the forwards, which leave to it what publishers may claim, or after them, where they
   * tell publishers apart and it lets in everybody.
   */
  readonly opens: "first" | "last";
}

export interface MemberPlan extends CommonPlan {
  readonly kind: "member";
  /** One per service of the account that publishes. */
  readonly publisherPolicies: readonly PlannedPublisherPolicy[];
  readonly subscriptions: readonly PlannedSubscription[];
}

/** A fact that applications read from SSM instead of from this project's state. */
export interface PlannedParameter {
  /** Last part of the name, such as `local-bus-arn`; also tells parameters of one stack apart. */
  readonly leaf: string;
  readonly name: string;
  readonly value: string;
}

/** What an environment switches on; each part is there only where it does. */
export interface SwitchedOn {
  readonly archive?: PlannedArchive;
  readonly busLog?: PlannedBusLog;
  readonly alarms?: PlannedAlarms;
  readonly encryption?: PlannedEncryption;
  readonly auditTrail?: PlannedAuditTrail;
}

/** Paths of the files that the stack's functions are made of. */
export function handlersOf(plan: StackPlan): string[] {
  return plan.kind === "backbone" ? [] : plan.subscriptions.flatMap((one) => one.function?.handler ?? []);
}
