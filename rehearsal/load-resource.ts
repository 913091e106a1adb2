import { z } from "zod";
import type { LoadedParts } from "./loaded-parts.js";
import { busOperability, operabilityReaders } from "./operability-readers.js";
import { arnOf } from "./physical-identity.js";
import type { RecordedResource } from "./recorded-plan.js";
import { harmless, jsonText, reader, taking, type ResourceReader } from "./resource-reader.js";

const dayInSeconds = 86_400;

const readers: Readonly<Record<string, ResourceReader>> = {
  ...operabilityReaders,
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
    { name: z.string(), ...busOperability, ...harmless },
    taking(({ name, kmsKeyIdentifier: keyArn, deadLetterConfig, logConfig }, { place, buses }) =>
      buses.push({
        name,
        arn: arnOf.bus(place, name),
        keyArn,
        deadLetterArn: deadLetterConfig?.arn,
        logLevel: logConfig?.level,
        logDetail: logConfig?.includeDetail,
      }),
    ),
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
    {
      name: z.string(),
      retentionInDays: z.number().optional(),
      kmsKeyId: z.string().optional(),
      ...harmless,
    },
    taking(({ name, kmsKeyId: keyArn }, { place, logGroups }) =>
      logGroups.push({ arn: arnOf.logGroup(place, name), keyArn }),
    ),
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
      messageRetentionSeconds: z.number().min(dayInSeconds * 4, "keeps dead letters for less than four days"),
      maxMessageSize: z.number().min(1_048_576, "is smaller than an event may be"),
      sqsManagedSseEnabled: z.boolean().optional(),
      kmsMasterKeyId: z.string().optional(),
      ...harmless,
    },
    taking(({ name, fifoQueue: fifo, kmsMasterKeyId: keyArn }, { place, queues }) =>
      queues.push({ fifo, arn: arnOf.queue(place, name), keyArn }),
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
