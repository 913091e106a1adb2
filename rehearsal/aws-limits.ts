import { complexityOf, parsePattern } from "event-patterns";
import { z } from "zod";
import { defaultQuota, logRetentionDays, type QuotaName, quotas } from "../infra/aws/limits.js";
import { type NameRule, nameRules } from "../infra/aws/names.js";
import type { Environment } from "../infra/registry/index.js";
import { type Inputs, type Kind, kinds, textIn, valueAt } from "./kinds.js";

export type { NameRule };

/** A bound of one resource. */
export interface Limit {
  readonly of: readonly Kind[];
  /** What is counted, behind its number: "characters in its policy". */
  readonly what: string;
  /** Undefined where there is nothing to count. */
  readonly count: (inputs: Inputs) => number | undefined;
  readonly most: number | QuotaName;
  readonly source: string;
  readonly least: number;
}

/** Quotas that AWS raises have the value that the environment says. */
export function mostOf({ quotas: raised, region }: Environment, most: Limit["most"]): number {
  return typeof most === "number" ? most : (raised.get(most) ?? defaultQuota(most, region));
}

/** How to get room beyond a bound, if AWS gives any. */
export function raiseOf({ name }: Environment, most: Limit["most"]): string {
  return typeof most === "string" && quotas[most].adjustable
    ? `, or ask AWS for more and write it in environments.${name}.quotas.${most}`
    : "";
}

function limit(
  of: readonly Kind[],
  what: string,
  count: Limit["count"],
  most: Limit["most"],
  source: string,
  least = 0,
): Limit {
  return { of, what, count, most, source, least };
}

const aws = "https://docs.aws.amazon.com";
const eventBridge = `${aws}/eventbridge/latest/APIReference`;
export const iam = `${aws}/IAM/latest/UserGuide/reference_iam-quotas.html`;
const kms = `${aws}/kms/latest/APIReference`;
export const logs = `${aws}/AmazonCloudWatchLogs/latest/APIReference`;
const sqs = `${aws}/AWSSimpleQueueService/latest/SQSDeveloperGuide`;
const parameters = `${aws}/systems-manager/latest/APIReference/API_PutParameter.html`;
const alarms = `${aws}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html`;
const lambda = `${aws}/lambda/latest/api/API_CreateFunction.html`;
const sns = `${aws}/sns/latest/api`;

const bytes = (input: string) => (inputs: Inputs) => Buffer.byteLength(textIn(inputs, input));
const length = (path: string) => (inputs: Inputs) => {
  const value = valueAt(inputs, path);
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
};
export function number(path: string): Limit["count"] {
  return (inputs) => {
    const value = valueAt(inputs, path);
    return typeof value === "number" ? value : undefined;
  };
}
const inEnvironment = (inputs: Inputs) =>
  JSON.stringify(valueAt(inputs, "environment.variables") ?? {}).length;
/** IAM does not count white space. */
const packed = (input: string) => (inputs: Inputs) =>
  JSON.stringify(JSON.parse(textIn(inputs, input))).length;
const inPattern =
  (count: (pattern: Parameters<typeof complexityOf>[0]) => number) =>
  (inputs: Inputs): number | undefined => {
    const parsed = parsePattern(textIn(inputs, "eventPattern"));
    return parsed.ok ? count(parsed.pattern) : undefined;
  };
const policyShape = z.object({ Statement: z.unknown() });
const statements = (inputs: Inputs) => {
  const policy = policyShape.safeParse(JSON.parse(textIn(inputs, "policy"))).data;
  return policy === undefined ? undefined : [policy.Statement].flat().length;
};

const { busPolicyCharacters, managedPolicyCharacters, eventPatternCharacters } = quotas;
const matched = [kinds.rule, kinds.archive];

const anything = { what: "name", characters: /^[^\p{Cc}]+$/u, allowed: "any but control characters" };

export const limits: readonly Limit[] = [
  limit([kinds.busPolicy], "characters", length("policy"), "busPolicyCharacters", busPolicyCharacters.source),
  // AWS raises it to 4,096, which the registry cannot say.
  limit([kinds.role], "characters in its trust policy", packed("assumeRolePolicy"), 2_048, iam),
  limit(
    [kinds.managedPolicy],
    "characters",
    packed("policy"),
    "managedPolicyCharacters",
    managedPolicyCharacters.source,
  ),
  limit([kinds.queuePolicy], "bytes", bytes("policy"), 8_192, `${sqs}/quotas-policies.html`),
  limit([kinds.queuePolicy], "statements", statements, 20, `${sqs}/quotas-policies.html`),
  limit([kinds.key], "bytes in its policy", bytes("policy"), 32_768, `${kms}/API_PutKeyPolicy.html`),
  limit([kinds.topicPolicy], "bytes", bytes("policy"), 30_720, `${sns}/API_SetTopicAttributes.html`),
  limit(
    [kinds.logGroupPolicy],
    "bytes",
    bytes("policyDocument"),
    51_200,
    `${logs}/API_PutResourcePolicy.html`,
  ),
  limit(
    [kinds.accountLogPolicy],
    "characters",
    length("policyDocument"),
    5_120,
    `${logs}/API_PutResourcePolicy.html`,
  ),

  limit(
    matched,
    "characters in its pattern",
    length("eventPattern"),
    "eventPatternCharacters",
    eventPatternCharacters.source,
  ),
  limit(
    matched,
    "combinations of $or in its pattern",
    inPattern(({ alternatives }) => alternatives),
    "patternCombinations",
    quotas.patternCombinations.source,
  ),
  limit(
    matched,
    "wildcard states in its pattern",
    inPattern(complexityOf),
    "wildcardComplexity",
    quotas.wildcardComplexity.source,
  ),
  limit(
    [kinds.target],
    "characters in its input template",
    length("inputTransformer.inputTemplate"),
    8_192,
    `${eventBridge}/API_InputTransformer.html`,
  ),
  limit(
    [kinds.target],
    "input paths",
    length("inputTransformer.inputPaths"),
    100,
    `${eventBridge}/API_InputTransformer.html`,
  ),

  limit(
    [kinds.bus, ...matched],
    "characters in its description",
    length("description"),
    512,
    `${eventBridge}/API_PutRule.html`,
  ),
  limit(
    [kinds.role, kinds.managedPolicy],
    "characters in its description",
    length("description"),
    1_000,
    iam,
  ),
  limit(
    [kinds.key],
    "characters in its description",
    length("description"),
    8_192,
    `${kms}/API_CreateKey.html`,
  ),
  limit([kinds.parameter], "characters in its description", length("description"), 1_024, parameters),
  limit([kinds.alarm], "characters in its description", length("alarmDescription"), 1_024, alarms),

  limit([kinds.function], "characters in its description", length("description"), 256, lambda),
  limit([kinds.function], "characters in its environment", inEnvironment, 4_096, lambda),
  limit([kinds.parameter], "characters in its value", length("insecureValue"), 4_096, parameters, 1),
  limit(
    [kinds.parameter],
    "levels in its name",
    (inputs) => textIn(inputs, "name").split("/").length - 1,
    15,
    parameters,
  ),
  limit([kinds.alarm], "receivers when it goes off", length("alarmActions"), 5, alarms),
  limit([kinds.alarm], "receivers when it is over", length("okActions"), 5, alarms),
  limit(
    [kinds.queue],
    "seconds for which it keeps a message",
    number("messageRetentionSeconds"),
    1_209_600,
    `${sqs}/quotas-messages.html`,
    60,
  ),
  limit(
    [kinds.queue],
    "bytes for a message",
    number("maxMessageSize"),
    1_048_576,
    `${sqs}/quotas-messages.html`,
    1_024,
  ),
  limit(
    [kinds.key],
    "days to its deletion",
    number("deletionWindowInDays"),
    30,
    `${kms}/API_ScheduleKeyDeletion.html`,
    7,
  ),
];

/** Names that AWS refuses; those that the registry checks, by its rules. */
export const named: readonly (readonly [Kind, input: string, NameRule])[] = [
  [kinds.bus, "name", nameRules.bus],
  [kinds.rule, "name", nameRules.rule],
  [kinds.target, "targetId", { ...nameRules.rule, source: `${eventBridge}/API_Target.html` }],
  [kinds.archive, "name", nameRules.archive],
  [kinds.role, "name", nameRules.role],
  [kinds.rolePolicy, "name", nameRules.managedPolicy],
  [kinds.managedPolicy, "name", nameRules.managedPolicy],
  [kinds.queue, "name", nameRules.queue],
  [kinds.logGroup, "name", nameRules.logGroup],
  [kinds.function, "name", { ...nameRules.queue, maxLength: 64, source: lambda }],
  [kinds.permission, "statementId", { ...nameRules.queue, maxLength: 100, source: lambda }],
  [kinds.table, "name", { ...nameRules.bus, maxLength: 255, source: lambda }],
  [kinds.deliverySource, "name", nameRules.logDeliverySource],
  [kinds.deliveryDestination, "name", nameRules.logDeliverySource],
  [kinds.trail, "s3Bucket.args.bucket", nameRules.bucket],
  [kinds.trail, "cloudWatchLogsGroup.args.name", nameRules.logGroup],
  [kinds.parameter, "name", nameRules.parameter],
  [kinds.topic, "name", { ...nameRules.queue, maxLength: 256, source: `${sns}/API_CreateTopic.html` }],
  [kinds.alarm, "name", { ...anything, maxLength: 255, source: alarms }],
  [
    kinds.dashboard,
    "dashboardName",
    {
      ...nameRules.queue,
      maxLength: 255,
      source: `${aws}/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html`,
    },
  ],
  [
    kinds.alias,
    "name",
    {
      ...nameRules.logGroup,
      characters: /^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/,
      allowed: 'letters, digits and /_- behind "alias/"',
      maxLength: 256,
      source: `${kms}/API_CreateAlias.html`,
    },
  ],
  [
    kinds.accountLogPolicy,
    "policyName",
    { ...anything, maxLength: 255, source: `${logs}/API_PutResourcePolicy.html` },
  ],
];

/** Where days stand that CloudWatch Logs must know. */
export const retentions: readonly (readonly [Kind, path: string, known: readonly number[]])[] = [
  [kinds.logGroup, "retentionInDays", logRetentionDays],
  [kinds.trail, "cloudWatchLogsGroup.args.retentionInDays", logRetentionDays],
];

/** A bound of several resources together. */
export interface Sum {
  readonly of: Kind;
  /** What those have in common that count together, in one AWS account. */
  readonly together: (inputs: Inputs) => string;
  readonly what: string;
  readonly count: (inputs: Inputs) => number | undefined;
  readonly most: number;
  readonly source: string;
}

export const sums: readonly Sum[] = [
  {
    of: kinds.rolePolicy,
    together: (inputs) => textIn(inputs, "role"),
    what: "characters in all inline policies of its role",
    count: packed("policy"),
    most: quotas.rolePolicyCharacters.default,
    source: iam,
  },
  {
    of: kinds.accountLogPolicy,
    together: () => "",
    what: "log policies of its account beside it",
    count: () => 1,
    most: 10,
    source: `${logs}/API_PutResourcePolicy.html`,
  },
  {
    of: kinds.rule,
    together: (inputs) => textIn(inputs, "eventBusName"),
    what: "rules with wildcards on its bus",
    count: inPattern(({ usesWildcard }) => Number(usesWildcard)),
    most: quotas.wildcardRulesPerBus.default,
    source: quotas.wildcardRulesPerBus.source,
  },
];
