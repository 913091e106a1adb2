import type { EventPattern, RuleIndex } from "event-patterns";
import { parseBusArn } from "./arn.js";
import type { GuardedResource, SendingRule } from "./ask/requests.js";
import type { Identity, Tags } from "./iam/identity.js";
import type { NamedPolicy } from "./iam/policy-json.js";

/**
 * What the accounts of one environment hold, as AWS would hold it: ARNs and JSON text, nothing of how it came
 * about. Plain data; {@link buildWorld} checks it and compiles it.
 *
 * A kind of target with policies of its own gets a list here, and every kind a file in `targets/`; until then a target of
 * such a kind is "cannot decide", by name.
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
  readonly functions: readonly FunctionData[];
  readonly mappings: readonly MappingData[];
  /** What is there though none of these lists has it, such as a queue of somebody else's; its own policy nobody knows. */
  readonly assumed: readonly AssumedData[];
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
  /** `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`. */
  readonly state: string;
  /** Event pattern, JSON text. */
  readonly eventPattern: string;
  /** Account that made the rule, where it is not that of the bus; execution roles are of its account. */
  readonly creator?: string | undefined;
  readonly targets: readonly TargetData[];
}

export interface TargetData {
  readonly id: string;
  /** What receives the event: a bus, a log group (without `:*`), a queue, a function… */
  readonly arn: string;
  /**
   * Execution role that the rule assumes. Refused for a log group; required but for a queue, a topic and a function, whose own
   * policy may let the rule in.
   */
  readonly roleArn?: string | undefined;
  /** Standard queue that keeps the events the target refused. */
  readonly deadLetterArn?: string | undefined;
  /** What the target gets in place of the event. */
  readonly inputTransformer?: InputTransformerData | undefined;
}

export interface InputTransformerData {
  /** JSONPath by variable. */
  readonly inputPaths: Readonly<Record<string, string>>;
  /** With variables as `<name>`. */
  readonly inputTemplate: string;
}

/** What makes a principal: the identity policies of a role, its tags, and nothing that trusts it. */
export interface IdentityData {
  /** `arn:aws:iam::<account>:role/<path><name>`. */
  readonly arn: string;
  readonly tags?: Tags | undefined;
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

export interface FunctionData {
  /** `arn:aws:lambda:<region>:<account>:function:<name>`. */
  readonly arn: string;
  /** Its permissions as one policy, JSON text, as AWS keeps them; without one no service may invoke it. */
  readonly policy?: string | undefined;
  /** Execution role, as which its code runs and its event source mappings read. */
  readonly roleArn?: string | undefined;
}

/** An event source mapping: Lambda takes messages from a queue and invokes a function with them. */
export interface MappingData {
  /** ARN of the queue. */
  readonly queue: string;
  /** ARN of the function. */
  readonly function: string;
}

export interface AssumedData {
  readonly arn: string;
  /** Customer key that it is encrypted with. */
  readonly keyArn?: string | undefined;
}

/** A KMS key of a customer. */
export interface KeyData {
  /** `arn:aws:kms:<region>:<account>:key/<id>`. */
  readonly arn: string;
  /** Key policy, JSON text; every key has one. */
  readonly policy: string;
}

/** A world that AWS could hold, compiled so that events can run through it. Made by {@link buildWorld} only. */
export interface World {
  /** By ARN, like all the maps below. */
  readonly buses: ReadonlyMap<string, Bus>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly logGroups: ReadonlyMap<string, Encrypted>;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly topics: ReadonlyMap<string, Encrypted>;
  readonly keys: ReadonlyMap<string, GuardedResource>;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly assumed: ReadonlyMap<string, Encrypted>;
  /** ARNs of the functions that Lambda feeds from a queue, by the queue's ARN. */
  readonly fedBy: ReadonlyMap<string, readonly string[]>;
  /** Organisation by account id; an account that is not in it is in none. */
  readonly organizations: ReadonlyMap<string, string>;
}

/** What may be encrypted with a customer key. */
export interface Encrypted extends GuardedResource {
  readonly keyArn: string | undefined;
}

export interface Bus extends Encrypted {
  readonly name: string;
  /** Queue for events that the key could not be used on. */
  readonly deadLetterArn: string | undefined;
  /** Every rule, disabled ones included. */
  readonly rules: readonly Rule[];
  /** Finds the enabled rules that match an event. */
  readonly index: RuleIndex<Rule>;
}

export interface Rule extends SendingRule {
  readonly region: string;
  readonly busArn: string;
  /** Account that made it, whose execution roles it has. */
  readonly creator: string;
  readonly enabled: boolean;
  /** Whether it is given the management events that only read, too. */
  readonly takesReading: boolean;
  readonly pattern: EventPattern;
  readonly targets: readonly TargetData[];
}

/** An execution role: guarded by its trust policy, and itself a principal. */
export interface Role extends GuardedResource {
  readonly identity: Identity;
}

export interface Queue extends Encrypted {
  readonly fifo: boolean;
}

export interface LambdaFunction extends GuardedResource {
  readonly roleArn: string | undefined;
}

/**
 * A bus that does not exist has no policy that could refuse, so only the caller's own policies speak: the question
 * is asked as if the bus were in the caller's account. What passes is acknowledged and lost (facts, section 0).
 */
export function missingBus(arn: string, callerAccount: string, region: string): GuardedResource {
  return { arn, account: callerAccount, region, organizationId: undefined, policies: [] };
}

/** A bus of the world, or what stands for one that is not there. */
export function guardOf(world: World, busArn: string, callerAccount: string): GuardedResource {
  return world.buses.get(busArn) ?? missingBus(busArn, callerAccount, parseBusArn(busArn)?.region ?? "");
}

/** Whatever of the world, or known to be beside it, can be asked for by its ARN. */
export function resourceAt(world: World, arn: string): (GuardedResource & Partial<Encrypted>) | undefined {
  const { roles, keys, queues, buses, topics, functions, logGroups, assumed } = world;
  return [roles, keys, queues, buses, topics, functions, logGroups, assumed]
    .map((things: ReadonlyMap<string, GuardedResource & Partial<Encrypted>>) => things.get(arn))
    .find((thing) => thing !== undefined);
}
