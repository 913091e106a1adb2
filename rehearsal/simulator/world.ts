import type { NamedPolicy } from "./authorize/named-policy.js";

/**
 * What the accounts of one environment hold, as AWS would hold it: ARNs and JSON text, nothing of how it came
 * about. Plain data; {@link buildWorld} checks it and compiles it.
 *
 * Kinds that are not modelled yet (functions, streams) get a list of their own here and a file in `targets/`;
 * until then a target of such a kind is "cannot decide", by name.
 */
export interface WorldData {
  readonly accounts: readonly AccountData[];
  readonly buses: readonly BusData[];
  readonly rules: readonly RuleData[];
  readonly roles: readonly RoleData[];
  readonly managedPolicies: readonly ManagedPolicyData[];
  readonly logGroups: readonly LogGroupData[];
  /** Account-level CloudWatch Logs policies: each speaks for every log group of its account and region. */
  readonly logResourcePolicies: readonly LogResourcePolicyData[];
  readonly queues: readonly QueueData[];
  readonly topics: readonly TopicData[];
  readonly keys: readonly KeyData[];
}

export interface AccountData {
  /** Twelve digits. */
  readonly id: string;
  /** Organisation of the account; an account without one, or one that is not listed, is in none. */
  readonly organizationId?: string | undefined;
}

export interface BusData {
  /** `arn:aws:events:<region>:<account>:event-bus/<name>`; account, region and name are read from it. */
  readonly arn: string;
  /** Resource policy, JSON text; without one the bus accepts only its own account. */
  readonly policy?: string | undefined;
  /** Customer key that its events are encrypted with; without one it is a key of AWS's. */
  readonly keyArn?: string | undefined;
  /** Queue for events that the key could not be used on. */
  readonly deadLetterArn?: string | undefined;
}

export interface RuleData {
  /** `arn:aws:events:<region>:<account>:rule/<bus>/<rule>`, or `rule/<rule>` on the default bus. */
  readonly arn: string;
  /** `ENABLED` or `DISABLED`. */
  readonly state: string;
  /** Event pattern, JSON text. */
  readonly eventPattern: string;
  readonly targets: readonly TargetData[];
}

export interface TargetData {
  readonly id: string;
  /** What receives the event: a bus, a log group (without `:*`), a queue, a topic. */
  readonly arn: string;
  /** Execution role that the rule assumes; required for a bus, refused for a log group and a topic. */
  readonly roleArn?: string | undefined;
  /** Standard queue that keeps the events the target refused. */
  readonly deadLetterArn?: string | undefined;
}

/** What makes a principal: the identity policies of a role, its tags, and nothing that trusts it. */
export interface IdentityData {
  /** `arn:aws:iam::<account>:role/<path><name>`. */
  readonly arn: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** ARN of a permissions boundary. Not modelled: a role that has one makes every verdict "cannot decide". */
  readonly permissionsBoundary?: string | undefined;
}

export interface RoleData extends IdentityData {
  /** Assume-role policy, JSON text. */
  readonly trustPolicy: string;
  readonly inlinePolicies: readonly NamedPolicy[];
  /** ARNs of attached managed policies; each must be in {@link WorldData.managedPolicies}. */
  readonly managedPolicies: readonly string[];
}

/** Who calls PutEvents: a role that the world need not contain, with the identity policies it carries. */
export interface CallerData extends IdentityData {
  readonly policies: readonly NamedPolicy[];
}

export interface ManagedPolicyData {
  readonly arn: string;
  readonly policy: string;
}

export interface LogGroupData {
  /** `arn:aws:logs:<region>:<account>:log-group:<name>`, without `:*`. */
  readonly arn: string;
  /** Resource-level policies of this log group (AWS keeps at most one). */
  readonly resourcePolicies: readonly NamedPolicy[];
  readonly keyArn?: string | undefined;
}

export interface LogResourcePolicyData extends NamedPolicy {
  readonly account: string;
  readonly region: string;
}

export interface QueueData {
  readonly arn: string;
  /** Queue policy, JSON text; without one no service may send. */
  readonly policy?: string | undefined;
  readonly fifo?: boolean | undefined;
  readonly keyArn?: string | undefined;
}

export interface TopicData {
  /** `arn:aws:sns:<region>:<account>:<name>`. */
  readonly arn: string;
  /** Topic policy, JSON text; without one no service may publish. */
  readonly policy?: string | undefined;
  readonly keyArn?: string | undefined;
}

/** A KMS key of a customer. */
export interface KeyData {
  /** `arn:aws:kms:<region>:<account>:key/<id>`. */
  readonly arn: string;
  /** Key policy, JSON text; every key has one. */
  readonly policy: string;
}
