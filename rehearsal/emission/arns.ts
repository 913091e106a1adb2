import { endpointDomain, partitionOf } from "eventbridge-simulator";
import { createHash } from "node:crypto";

/** Where the provider of a resource points. */
export interface ProviderPlace {
  readonly region: string;
  readonly accountId: string;
}

/** ARNs as AWS makes them, written out again: the rehearsal must not repeat a mistake of the program's. */
export const arnOf = {
  bus: (at: ProviderPlace, name: string) => regional("events", at, `event-bus/${name}`),
  /** AWS leaves the default bus's name out. */
  rule: (at: ProviderPlace, bus: string, name: string) =>
    regional("events", at, bus === "default" ? `rule/${name}` : `rule/${bus}/${name}`),
  archive: (at: ProviderPlace, name: string) => regional("events", at, `archive/${name}`),
  topic: (at: ProviderPlace, name: string) => regional("sns", at, name),
  alarm: (at: ProviderPlace, name: string) => regional("cloudwatch", at, `alarm:${name}`),
  deliverySource: (at: ProviderPlace, name: string) => regional("logs", at, `delivery-source:${name}`),
  deliveryDestination: (at: ProviderPlace, name: string) =>
    regional("logs", at, `delivery-destination:${name}`),
  /** AWS chooses a key's id; here the description stands for it, so that keys of one account differ. */
  key: (at: ProviderPlace, description: string) => regional("kms", at, `key/${keyId(description)}`),
  logGroup: (at: ProviderPlace, name: string) => regional("logs", at, `log-group:${name}`),
  queue: (at: ProviderPlace, name: string) => regional("sqs", at, name),
  /** `https://sqs.<region>.<domain>/<account>/<name>`; undefined if it is no queue URL of that place. */
  queueByUrl: (at: ProviderPlace, url: string) => {
    const prefix = queueUrl(at, "");
    return url.startsWith(prefix) ? regional("sqs", at, url.slice(prefix.length)) : undefined;
  },
  parameter: (at: ProviderPlace, name: string) => regional("ssm", at, `parameter${name}`),
  /** A path begins and ends with a slash. */
  role: (at: ProviderPlace, name: string, path = "/") => global("iam", at, `role${path}${name}`),
  policy: (at: ProviderPlace, name: string) => global("iam", at, `policy/${name}`),
} as const;

type Inputs = Readonly<Record<string, unknown>>;

/**
 * What AWS answers when a resource is created, as far as other resources use it. Under mocks an output that is
 * left unset turns into the text "undefined" inside a policy, so a type that is not listed here is refused.
 */
const answers: Readonly<Record<string, (inputs: Inputs, place: ProviderPlace) => Inputs>> = {
  "aws:cloudwatch/eventBus:EventBus": (inputs, at) => ({ arn: arnOf.bus(at, text(inputs, "name")) }),
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": () => ({}),
  "aws:cloudwatch/eventRule:EventRule": (inputs, at) => ({
    arn: arnOf.rule(at, text(inputs, "eventBusName"), text(inputs, "name")),
  }),
  "aws:cloudwatch/eventTarget:EventTarget": () => ({}),
  "aws:cloudwatch/logGroup:LogGroup": (inputs, at) => ({ arn: arnOf.logGroup(at, text(inputs, "name")) }),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": () => ({}),
  "aws:iam/policy:Policy": (inputs, at) => ({ arn: arnOf.policy(at, text(inputs, "name")) }),
  "aws:iam/role:Role": (inputs, at) => ({ arn: arnOf.role(at, text(inputs, "name"), rolePath(inputs)) }),
  "aws:iam/rolePolicy:RolePolicy": () => ({}),
  "aws:cloudwatch/dashboard:Dashboard": () => ({}),
  "aws:cloudwatch/eventArchive:EventArchive": (inputs, at) => ({
    arn: arnOf.archive(at, text(inputs, "name")),
  }),
  "aws:cloudwatch/logDelivery:LogDelivery": () => ({}),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": (inputs, at) => ({
    arn: arnOf.deliveryDestination(at, text(inputs, "name")),
  }),
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": (inputs, at) => ({
    arn: arnOf.deliverySource(at, text(inputs, "name")),
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (inputs, at) => ({
    arn: arnOf.alarm(at, text(inputs, "name")),
  }),
  "aws:kms/alias:Alias": () => ({}),
  "aws:kms/key:Key": (inputs, at) => ({
    arn: arnOf.key(at, text(inputs, "description")),
    keyId: keyId(text(inputs, "description")),
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": () => ({}),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": () => ({}),
  "aws:sns/topic:Topic": (inputs, at) => ({ arn: arnOf.topic(at, text(inputs, "name")) }),
  "aws:sns/topicPolicy:TopicPolicy": () => ({}),
  "aws:sns/topicSubscription:TopicSubscription": () => ({}),
  "aws:sqs/queue:Queue": (inputs, at) => ({
    arn: arnOf.queue(at, text(inputs, "name")),
    url: queueUrl(at, text(inputs, "name")),
  }),
  "aws:sqs/queuePolicy:QueuePolicy": () => ({}),
  "aws:ssm/parameter:Parameter": (inputs, at) => ({ arn: arnOf.parameter(at, text(inputs, "name")) }),
};

/** @throws Error naming the type if the rehearsal has not been taught it */
export function answerOf(type: string, inputs: Inputs, place: ProviderPlace): Inputs {
  const answer = answers[type];
  if (answer === undefined) {
    throw new Error(
      `the rehearsal does not know what AWS answers for ${type}; add it to rehearsal/emission/arns.ts`,
    );
  }
  return answer(inputs, place);
}

function keyId(description: string): string {
  const digest = createHash("sha256").update(description).digest("hex");
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function regional(service: string, { region, accountId }: ProviderPlace, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
}

function global(service: string, { region, accountId }: ProviderPlace, resource: string): string {
  return `arn:${partitionOf(region)}:${service}::${accountId}:${resource}`;
}

/** What SQS calls a queue. */
export function queueUrl({ region, accountId }: ProviderPlace, name: string): string {
  return `https://sqs.${region}.${endpointDomain(region)}/${accountId}/${name}`;
}

function rolePath({ path }: Inputs): string | undefined {
  return typeof path === "string" ? path : undefined;
}

function text(inputs: Inputs, key: string): string {
  const value = inputs[key];
  if (typeof value !== "string")
    throw new Error(`a fixed ${key} is needed to know the ARN, found ${typeof value}`);
  return value;
}
