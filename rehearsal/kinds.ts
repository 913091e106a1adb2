import { partitionOf } from "eventbridge-simulator";
import { arnOf, type ProviderPlace } from "./emission/arns.js";
import type { RecordedResource } from "./emission/plan-file.js";

export type Inputs = RecordedResource["inputs"];

/** A kind of emitted resource, as AWS tells one from the next. */
export interface Kind<Key extends string = string> {
  /** Pulumi type token. */
  readonly type: string;
  /** For people. */
  readonly called: string;
  /** Inputs that say which one it is in its account, each with the words that go before its value. */
  readonly by: Readonly<Record<Key, string>>;
  /**
   * ARN of the resource, or of what it belongs to.
   * @param first values of the inputs in `by`
   */
  readonly arn: (at: ProviderPlace, first: string, second: string, inputs: Inputs) => string;
  /** An input by which AWS takes several of what is needed once. */
  readonly besides?: string;
  /** AWS or Pulumi names it, so that a replacement may come first. */
  readonly unnamed?: true;
  /** AWS deletes it with what it belongs to. */
  readonly diesWithOwner?: true;
}

function kind<const Key extends string = never>(
  type: string,
  called: string,
  by: Readonly<Record<Key, string>>,
  arn: Kind["arn"],
  more: Pick<Kind, "besides" | "unnamed" | "diesWithOwner"> = {},
): Kind<Key> {
  return { type, called, by, arn, ...more };
}

const itself = (_: ProviderPlace, arn: string) => arn;
const role: Kind["arn"] = (at, name, _, { path }) =>
  arnOf.role(at, name, typeof path === "string" ? path : undefined);
const rule: Kind["arn"] = (at, name, bus) => arnOf.rule(at, bus, name);
const bucket: Kind["arn"] = ({ region }, name) => `arn:${partitionOf(region)}:s3:::${name}`;
const regional =
  (service: string, prefix = ""): Kind["arn"] =>
  ({ region, accountId }, name) =>
    `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${prefix}${name}`;
const global =
  (service: string, prefix: string): Kind["arn"] =>
  ({ region, accountId }, name) =>
    `arn:${partitionOf(region)}:${service}::${accountId}:${prefix}${name}`;

/** Every kind that a stack emits. */
export const kinds = {
  provider: kind("pulumi:providers:aws", "AWS provider", {}, global("iam", "root"), { unnamed: true }),
  bus: kind("aws:cloudwatch/eventBus:EventBus", "bus", { name: "" }, arnOf.bus),
  busPolicy: kind(
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "policy",
    { eventBusName: "of bus" },
    arnOf.bus,
    { diesWithOwner: true },
  ),
  rule: kind("aws:cloudwatch/eventRule:EventRule", "rule", { name: "", eventBusName: "on bus" }, rule),
  target: kind(
    "aws:cloudwatch/eventTarget:EventTarget",
    "target",
    { rule: "of rule", eventBusName: "on bus" },
    rule,
    { besides: "targetId" },
  ),
  role: kind("aws:iam/role:Role", "role", { name: "" }, role),
  rolePolicy: kind("aws:iam/rolePolicy:RolePolicy", "inline policy", { role: "of role" }, role, {
    besides: "name",
  }),
  attachedPolicy: kind(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "attached policy",
    { policyArn: "", role: "of role" },
    (at, _, name, inputs) => role(at, name, "", inputs),
  ),
  managedPolicy: kind("aws:iam/policy:Policy", "managed policy", { name: "" }, (at, name) =>
    arnOf.policy(at, name),
  ),
  logGroup: kind("aws:cloudwatch/logGroup:LogGroup", "log group", { name: "" }, arnOf.logGroup),
  logGroupPolicy: kind(
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "policy",
    { resourceArn: "of log group" },
    itself,
  ),
  accountLogPolicy: kind(
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "log policy of the account",
    { policyName: "" },
    regional("logs", "resource-policy:"),
  ),
  queue: kind("aws:sqs/queue:Queue", "queue", { name: "" }, arnOf.queue),
  queuePolicy: kind(
    "aws:sqs/queuePolicy:QueuePolicy",
    "policy",
    { queueUrl: "of queue" },
    (at, url) => arnOf.queueByUrl(at, url) ?? url,
    { diesWithOwner: true },
  ),
  function: kind("aws:lambda/function:Function", "function", { name: "" }, arnOf.function),
  permission: kind(
    "aws:lambda/permission:Permission",
    "permission",
    { statementId: "", function: "of function" },
    (at, _, named) => arnOf.functionNamed(at, named),
  ),
  mapping: kind(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "event source mapping",
    { eventSourceArn: "from", functionName: "to function" },
    (at, _, named) => arnOf.functionNamed(at, named),
  ),
  table: kind("aws:dynamodb/table:Table", "table", { name: "" }, arnOf.table),
  parameter: kind("aws:ssm/parameter:Parameter", "SSM parameter", { name: "" }, arnOf.parameter),
  key: kind(
    "aws:kms/key:Key",
    "customer key",
    {},
    // AWS chooses a key's id, so one that is missing has none.
    (at, _first, _second, { description }) =>
      arnOf.key(at, typeof description === "string" ? description : ""),
    { unnamed: true },
  ),
  alias: kind("aws:kms/alias:Alias", "key alias", { name: "" }, regional("kms")),
  topic: kind("aws:sns/topic:Topic", "topic", { name: "" }, arnOf.topic),
  topicPolicy: kind("aws:sns/topicPolicy:TopicPolicy", "policy", { arn: "of topic" }, itself, {
    diesWithOwner: true,
  }),
  subscription: kind(
    "aws:sns/topicSubscription:TopicSubscription",
    "subscription",
    { endpoint: "of", topic: "to" },
    (_at, _endpoint, topic) => topic,
  ),
  alarm: kind("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", { name: "" }, arnOf.alarm),
  dashboard: kind(
    "aws:cloudwatch/dashboard:Dashboard",
    "dashboard",
    { dashboardName: "" },
    global("cloudwatch", "dashboard/"),
  ),
  archive: kind("aws:cloudwatch/eventArchive:EventArchive", "archive", { name: "" }, arnOf.archive),
  deliverySource: kind(
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "log delivery source",
    { name: "" },
    arnOf.deliverySource,
  ),
  deliveryDestination: kind(
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "log delivery destination",
    { name: "" },
    arnOf.deliveryDestination,
  ),
  delivery: kind(
    "aws:cloudwatch/logDelivery:LogDelivery",
    "log delivery",
    { deliverySourceName: "of", deliveryDestinationArn: "to" },
    arnOf.deliverySource,
  ),
  trail: kind("awsx:cloudtrail:Trail", "trail", { name: "" }, regional("cloudtrail", "trail/"), {
    unnamed: true,
  }),
  bucketClosing: kind(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "public access block",
    { bucket: "of bucket" },
    bucket,
  ),
  bucketEncryption: kind(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "encryption setting",
    { bucket: "of bucket" },
    bucket,
  ),
};

const byType = new Map<string, Kind>(Object.values<Kind>(kinds).map((one) => [one.type, one]));

/** What kind of resource it is; undefined for those that only the reader of emissions knows, or nobody. */
export function kindOf({ type, inputs }: Pick<RecordedResource, "type" | "inputs">): Kind | undefined {
  // One type of the provider's stands for two things of AWS.
  if (type === kinds.logGroupPolicy.type)
    return "policyName" in inputs ? kinds.accountLogPolicy : kinds.logGroupPolicy;
  return byType.get(type);
}

/** Values of the inputs that say which one it is. */
export function identityOf({ by }: Kind, inputs: Inputs): string[] {
  return Object.keys(by).map((input) => textIn(inputs, input));
}

/** A text among inputs, by name. */
export function textIn(inputs: Inputs, input: string): string {
  const value = inputs[input];
  return typeof value === "string" ? value : "";
}

/** What stands at a path, such as `deadLetterConfig.arn`. */
export function valueAt(inputs: Inputs, path: string): Inputs[string] | undefined {
  return path
    .split(".")
    .reduce<Inputs[string] | undefined>(
      (value, name) =>
        typeof value === "object" && value !== null && !Array.isArray(value) ? value[name] : undefined,
      inputs,
    );
}

/** As people call it: `rule forward-delivery on bus backbone-global`. */
export function nameOf({ called, by }: Kind, id: readonly string[]): string {
  const parts = Object.values(by).flatMap((words, index) => (id[index] ? [words, id[index]] : []));
  return [called, ...parts].filter((part) => part !== "").join(" ");
}

/** ARN of an emitted resource, or of what it belongs to. */
export function arnIn(one: Kind, at: ProviderPlace, inputs: Inputs): string {
  const [first = "", second = ""] = identityOf(one, inputs);
  return one.arn(at, first, second, inputs);
}
