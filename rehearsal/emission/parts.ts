import type {
  KeyData,
  LogResourcePolicyData,
  ManagedPolicyData,
  TargetData,
  TopicData,
} from "eventbridge-simulator";
import { z } from "zod";
import type { ProviderPlace } from "./arns.js";
import type { RecordedResource } from "./plan-file.js";

/** What one stack emits, still apart: policies and targets are resources of their own. */
export interface LoadedParts extends SwitchedOnParts {
  /** Where the stack's provider points; read from the provider, which every other resource comes after. */
  place: ProviderPlace;
  /** The provider puts them on whatever AWS lets be tagged. */
  tags: Readonly<Record<string, string>>;
  readonly buses: LoadedBus[];
  readonly busPolicies: { readonly bus: string; readonly policy: string }[];
  readonly rules: {
    readonly arn: string;
    readonly bus: string;
    readonly name: string;
    readonly state: string;
    readonly eventPattern: string;
  }[];
  readonly targets: (TargetData & { readonly bus: string; readonly rule: string })[];
  readonly roles: LoadedRole[];
  readonly rolePolicies: { readonly role: string; readonly name: string; readonly policy: string }[];
  readonly managedPolicies: ManagedPolicyData[];
  readonly logGroups: { readonly arn: string; readonly keyArn?: string | undefined }[];
  readonly logGroupPolicies: { readonly logGroup: string; readonly policy: string }[];
  readonly accountLogPolicies: LogResourcePolicyData[];
  readonly queues: {
    readonly arn: string;
    readonly fifo: boolean;
    readonly keyArn?: string | undefined;
  }[];
  readonly queuePolicies: { readonly queue: string; readonly policy: string }[];
  readonly parameters: { readonly name: string; readonly value: string }[];
}

export interface LoadedRole {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly trustPolicy: string;
  /** ARN of the policy that bounds it. */
  readonly permissionsBoundary?: string | undefined;
}

export interface LoadedBus {
  readonly arn: string;
  readonly name: string;
  readonly keyArn?: string | undefined;
  /** ARN of the queue for events that the key could not be used on. */
  readonly deadLetterArn?: string | undefined;
  /** What the bus logs of its own work, and whether with the events' details. */
  readonly logLevel?: string | undefined;
  readonly logDetail?: string | undefined;
}

/** What makes an account operable; events reach people by it, but no other account. */
export interface SwitchedOnParts {
  readonly keys: (KeyData & { readonly rotates: boolean })[];
  readonly keyAliases: { readonly name: string; readonly keyId: string }[];
  readonly topics: Omit<TopicData, "policy">[];
  readonly topicPolicies: { readonly topic: string; readonly policy: string }[];
  readonly subscriptions: { readonly topic: string; readonly email: string }[];
  readonly alarms: LoadedAlarm[];
  readonly dashboards: { readonly name: string; readonly body: string }[];
  readonly archives: LoadedArchive[];
  readonly deliverySources: {
    readonly name: string;
    readonly arn: string;
    readonly bus: string;
    readonly logType: string;
  }[];
  readonly deliveryDestinations: { readonly arn: string; readonly logGroup: string }[];
  readonly deliveries: { readonly source: string; readonly destination: string }[];
  readonly trails: LoadedTrail[];
  /** Names of buckets that nothing makes public. */
  readonly closedBuckets: string[];
  /** Names of buckets that say how they encrypt. */
  readonly encryptedBuckets: string[];
}

export interface LoadedAlarm {
  readonly arn: string;
  readonly description: string;
  readonly queries: readonly LoadedQuery[];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** What it has to be above: a number, or the upper edge of the band with this id. */
  readonly threshold?: number | undefined;
  readonly thresholdMetricId?: string | undefined;
  /** ARNs of what it tells when it goes off. */
  readonly actions: readonly string[];
  /** ARNs of what it tells when that is over. */
  readonly okActions: readonly string[];
}

/** A series, or what is worked out of series. */
export interface LoadedQuery {
  readonly id: string;
  readonly returnData: boolean;
  readonly metric?: LoadedMetric | undefined;
  readonly expression?: string | undefined;
  /** Seconds. */
  readonly period?: number | undefined;
}

export interface LoadedMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
  /** Seconds. */
  readonly period: number;
}

export interface LoadedArchive {
  readonly arn: string;
  /** ARN of the bus it keeps events of. */
  readonly bus: string;
  /** JSON text. */
  readonly eventPattern: string;
  /** Days. */
  readonly retentionDays: number;
  readonly keyArn?: string | undefined;
}

export interface LoadedTrail {
  readonly name: string;
  readonly bucket: string;
  readonly forceDestroy: boolean;
  readonly logGroup: string;
  /** Days. */
  readonly retentionDays: number;
}

export function emptyParts(place: ProviderPlace): LoadedParts {
  return {
    place,
    tags: {},
    buses: [],
    busPolicies: [],
    rules: [],
    targets: [],
    roles: [],
    rolePolicies: [],
    managedPolicies: [],
    logGroups: [],
    logGroupPolicies: [],
    accountLogPolicies: [],
    queues: [],
    queuePolicies: [],
    parameters: [],
    keys: [],
    keyAliases: [],
    topics: [],
    topicPolicies: [],
    subscriptions: [],
    alarms: [],
    dashboards: [],
    archives: [],
    deliverySources: [],
    deliveryDestinations: [],
    deliveries: [],
    trails: [],
    closedBuckets: [],
    encryptedBuckets: [],
  };
}

/** Reads one kind of resource into the parts of its stack. */
export interface ResourceReader {
  /** @returns what is wrong with it, in words */
  readonly read: (inputs: RecordedResource["inputs"], parts: LoadedParts) => string | undefined;
}

/** Properties that people read and delivery does not depend on. */
export const harmless = {
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
};

/**
 * Everything a reader's shape does not name is refused: a property that changes delivery must not be passed
 * over because nobody thought of it.
 */
export function reader<Shape extends z.ZodRawShape>(
  shape: Shape,
  take: (inputs: z.output<z.ZodObject<Shape>>, parts: LoadedParts) => string | undefined,
): ResourceReader {
  const schema = z.strictObject(shape);
  return {
    read: (inputs, parts) => {
      const result = schema.safeParse(inputs);
      if (result.success) return take(result.data, parts);
      return result.error.issues
        .map((issue) =>
          issue.code === "unrecognized_keys"
            ? `the rehearsal does not model ${issue.keys.join(", ")}`
            : `${issue.path.join(".")}: ${issue.message}`,
        )
        .join("; ");
    },
  };
}

/** Adds to the stack's parts; nothing can go wrong once the inputs have been read. */
export function taking<Inputs>(add: (inputs: Inputs, parts: LoadedParts) => void) {
  return (inputs: Inputs, parts: LoadedParts): undefined => {
    add(inputs, parts);
  };
}

export const jsonText = <Value extends z.ZodType>(value: Value): z.ZodType<z.output<Value>> =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("is not JSON text");
        return z.NEVER;
      }
    })
    .pipe(value);
