import type { BusArn, LogGroupArn, PolicyArn, RoleArn, RuleArn } from "../aws/arn.js";
import type { EventPattern } from "../aws/event-pattern.js";
import type { PolicyDocument } from "../aws/policy-document.js";
import type { Operability } from "./operability-plan.js";
import type { PlannedDeadLetterQueue } from "./planned-queue.js";

/** A role the provider takes on before it touches the account. */
export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly sessionName?: string;
}

/** What one stack emits, as plain data; every choice has been made. */
export type StackPlan = BackbonePlan | MemberPlan;

interface CommonPlan extends Operability {
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
}

export interface BackbonePlan extends CommonPlan {
  readonly kind: "backbone";
  /** One per member that receives something. */
  readonly forwards: readonly PlannedForward[];
}

export interface MemberPlan extends CommonPlan {
  readonly kind: "member";
  /** One per service the account hosts. */
  readonly publisherPolicies: readonly PlannedPublisherPolicy[];
}

export interface PlannedBus {
  readonly name: string;
  readonly arn: BusArn;
  readonly description: string;
  readonly policy: PolicyDocument;
}

/** Everything the bus receives, kept in a log group of the same account. */
export interface PlannedEventLog {
  readonly logGroupName: string;
  readonly logGroupArn: LogGroupArn;
  /** Days. */
  readonly retentionDays: number;
  readonly ruleName: string;
  readonly eventPattern: EventPattern;
  readonly targetId: string;
  readonly policy: PolicyDocument;
}

/** Who may put dead letters of an account's queue back, and where. */
export interface PlannedRedrive {
  readonly roleName: string;
  readonly roleArn: RoleArn;
  readonly trustPolicy: PolicyDocument;
  readonly policy: PolicyDocument;
}

/** Carries one member's events from the global bus to its local bus. */
export interface PlannedForward {
  readonly member: string;
  readonly roleName: string;
  readonly roleArn: RoleArn;
  readonly trustPolicy: PolicyDocument;
  readonly executionPolicy: PolicyDocument;
  /** The member's local bus. */
  readonly targetBus: BusArn;
  readonly targetId: string;
  /** One, or several where one pattern would grow over AWS's limit. */
  readonly rules: readonly PlannedForwardRule[];
}

export interface PlannedForwardRule {
  readonly name: string;
  readonly arn: RuleArn;
  readonly description: string;
  readonly eventPattern: EventPattern;
  /** Routes it carries, by what they name: `orders/Order.Created`, `orders/*` or `*`. */
  readonly routes: readonly string[];
  readonly cost: PatternCost;
}

/** What AWS limits of an event pattern. */
export interface PatternCost {
  readonly characters: number;
  /** Ways through the pattern's `$or`s, as AWS counts them. */
  readonly combinations: number;
  readonly usesWildcard: boolean;
  readonly wildcardComplexity: number;
}

/** What a service attaches to the role it publishes with. */
export interface PlannedPublisherPolicy {
  readonly service: string;
  readonly name: string;
  readonly arn: PolicyArn;
  readonly description: string;
  readonly policy: PolicyDocument;
}

/** A fact that applications read from SSM instead of from this project's state. */
export interface PlannedParameter {
  /** Last part of the name, such as `local-bus-arn`; also tells parameters of one stack apart. */
  readonly leaf: string;
  readonly name: string;
  readonly value: string;
}
