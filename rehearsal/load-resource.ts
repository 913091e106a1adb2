import { z } from "zod";
import type { ProviderPlace } from "./physical-identity.js";
import { arnOf } from "./physical-identity.js";
import type { RecordedResource } from "./recorded-plan.js";
import type { LogResourcePolicyData, ManagedPolicyData, TargetData } from "./simulator/index.js";

/** What one stack emits, still apart: policies and targets are resources of their own. */
export interface LoadedParts {
  /** Where the stack's provider points; read from the provider, which every other resource comes after. */
  place: ProviderPlace;
  readonly buses: { readonly arn: string; readonly name: string }[];
  readonly busPolicies: { readonly bus: string; readonly policy: string }[];
  readonly rules: {
    readonly arn: string;
    readonly bus: string;
    readonly name: string;
    readonly state: string;
    readonly eventPattern: string;
  }[];
  readonly targets: (TargetData & { readonly bus: string; readonly rule: string })[];
  readonly roles: { readonly arn: string; readonly name: string; readonly trustPolicy: string }[];
  readonly rolePolicies: { readonly role: string; readonly name: string; readonly policy: string }[];
  readonly managedPolicies: ManagedPolicyData[];
  readonly logGroups: { readonly arn: string }[];
  readonly logGroupPolicies: { readonly logGroup: string; readonly policy: string }[];
  readonly accountLogPolicies: LogResourcePolicyData[];
  readonly queues: { readonly arn: string; readonly fifo: boolean }[];
  readonly queuePolicies: { readonly queue: string; readonly policy: string }[];
  readonly parameters: { readonly name: string; readonly value: string }[];
}

type Inputs = RecordedResource["inputs"];

/** Reads one kind of resource into the parts of its stack. */
interface ResourceReader {
  /** @returns what is wrong with it, in words */
  readonly read: (inputs: Inputs, parts: LoadedParts) => string | undefined;
}

/** Properties that people read and delivery does not depend on. */
const harmless = { description: z.string().optional(), tags: z.record(z.string(), z.string()).optional() };

/**
 * Everything a reader's shape does not name is refused: a property that changes delivery must not be passed
 * over because nobody thought of it.
 */
function reader<Shape extends z.ZodRawShape>(
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
function taking<Inputs>(add: (inputs: Inputs, parts: LoadedParts) => void) {
  return (inputs: Inputs, parts: LoadedParts): undefined => {
    add(inputs, parts);
  };
}

const jsonText = <Value extends z.ZodType>(value: Value) =>
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

const readers: Readonly<Record<string, ResourceReader>> = {
  "pulumi:providers:aws": reader(
    {
      region: z.string(),
      allowedAccountIds: jsonText(z.tuple([z.string()])),
      defaultTags: z.string().optional(),
      assumeRoles: z.string().optional(),
      skipCredentialsValidation: z.string().optional(),
      skipRegionValidation: z.string().optional(),
    },
    ({ region, allowedAccountIds: [accountId] }, parts) => {
      const { place } = parts;
      parts.place = { region, accountId };
      return place.accountId === accountId && place.region === region
        ? undefined
        : `points to account ${accountId} in ${region}, but the stack is of account ${place.accountId} in ${place.region}`;
    },
  ),
  "aws:cloudwatch/eventBus:EventBus": reader(
    { name: z.string(), ...harmless },
    taking(({ name }, { place, buses }) => buses.push({ name, arn: arnOf.bus(place, name) })),
  ),
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": reader(
    { eventBusName: z.string(), policy: z.string() },
    taking(({ eventBusName: bus, policy }, { busPolicies }) => busPolicies.push({ bus, policy })),
  ),
  "aws:cloudwatch/eventRule:EventRule": reader(
    { name: z.string(), eventBusName: z.string(), eventPattern: z.string(), state: z.string(), ...harmless },
    taking(({ name, eventBusName: bus, eventPattern, state }, { place, rules }) =>
      rules.push({ name, bus, eventPattern, state, arn: arnOf.rule(place, bus, name) }),
    ),
  ),
  "aws:cloudwatch/eventTarget:EventTarget": reader(
    {
      rule: z.string(),
      eventBusName: z.string(),
      targetId: z.string(),
      arn: z.string(),
      roleArn: z.string().optional(),
      deadLetterConfig: z.strictObject({ arn: z.string() }).optional(),
    },
    taking(({ rule, eventBusName: bus, targetId: id, arn, roleArn, deadLetterConfig }, { targets }) =>
      targets.push({ rule, bus, id, arn, roleArn, deadLetterArn: deadLetterConfig?.arn }),
    ),
  ),
  "aws:cloudwatch/logGroup:LogGroup": reader(
    { name: z.string(), retentionInDays: z.number().optional(), ...harmless },
    taking(({ name }, { place, logGroups }) => logGroups.push({ arn: arnOf.logGroup(place, name) })),
  ),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": reader(
    { policyDocument: z.string(), resourceArn: z.string().optional(), policyName: z.string().optional() },
    ({ policyDocument: policy, resourceArn, policyName }, parts) => {
      if ((resourceArn === undefined) === (policyName === undefined)) {
        return "needs exactly one of resourceArn and policyName";
      }
      if (resourceArn !== undefined) parts.logGroupPolicies.push({ logGroup: resourceArn, policy });
      else {
        const { accountId: account, region } = parts.place;
        parts.accountLogPolicies.push({ name: policyName ?? "", policy, account, region });
      }
      return undefined;
    },
  ),
  "aws:iam/role:Role": reader(
    { name: z.string(), assumeRolePolicy: z.string(), ...harmless },
    taking(({ name, assumeRolePolicy: trustPolicy }, { place, roles }) =>
      roles.push({ name, trustPolicy, arn: arnOf.role(place, name) }),
    ),
  ),
  "aws:iam/rolePolicy:RolePolicy": reader(
    { name: z.string(), role: z.string(), policy: z.string() },
    taking((rolePolicy, { rolePolicies }) => rolePolicies.push(rolePolicy)),
  ),
  "aws:iam/policy:Policy": reader(
    { name: z.string(), policy: z.string(), ...harmless },
    taking(({ name, policy }, { place, managedPolicies }) =>
      managedPolicies.push({ arn: arnOf.policy(place, name), policy }),
    ),
  ),
  "aws:sqs/queue:Queue": reader(
    {
      name: z.string(),
      fifoQueue: z.boolean().default(false),
      messageRetentionSeconds: z.number().optional(),
      maxMessageSize: z.number().optional(),
      sqsManagedSseEnabled: z.boolean().optional(),
      ...harmless,
    },
    taking(({ name, fifoQueue: fifo }, { place, queues }) =>
      queues.push({ fifo, arn: arnOf.queue(place, name) }),
    ),
  ),
  "aws:sqs/queuePolicy:QueuePolicy": reader(
    { queueUrl: z.string(), policy: z.string() },
    ({ queueUrl, policy }, parts) => {
      const queue = arnOf.queueByUrl(parts.place, queueUrl);
      if (queue === undefined) return `${queueUrl} is no queue URL`;
      parts.queuePolicies.push({ queue, policy });
      return undefined;
    },
  ),
  "aws:ssm/parameter:Parameter": reader(
    { name: z.string(), type: z.literal("String"), insecureValue: z.string(), ...harmless },
    taking(({ name, insecureValue: value }, { parameters }) => parameters.push({ name, value })),
  ),
};

/** Components group resources and are nothing in AWS. */
const componentType = "backbone:";

/** Reads a resource into its stack's parts; what is not modelled is reported, by name. */
export function readResource(
  { type, inputs }: RecordedResource,
  parts: LoadedParts,
  report: (what: string) => void,
): void {
  if (type.startsWith(componentType)) return;
  const known = readers[type];
  const problem =
    known === undefined ? "the rehearsal does not model this resource type" : known.read(inputs, parts);
  if (problem !== undefined) report(problem);
}
