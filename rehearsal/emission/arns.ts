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
  /** The bus a text names, by name or ARN; without one it is the account's default bus. */
  busNamed: (at: ProviderPlace, named = "default") =>
    named.startsWith("arn:") ? named : regional("events", at, `event-bus/${named}`),
  /** Of the bus's account, whoever makes the rule. */
  ruleOn: (bus: string, name: string) =>
    `${bus.replace(/:event-bus\/(?:default$)?/u, ":rule/").replace(/\/$/u, "")}/${name}`,
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
  /** The key, or the alias of one, that a text names: by ARN, alias or id. */
  keyNamed: (at: ProviderPlace, named: string) =>
    named.startsWith("arn:")
      ? named
      : regional("kms", at, named.startsWith("alias/") ? named : `key/${named}`),
  logGroup: (at: ProviderPlace, name: string) => regional("logs", at, `log-group:${name}`),
  queue: (at: ProviderPlace, name: string) => regional("sqs", at, name),
  /** Undefined if it is no queue URL of that place. */
  queueByUrl: (at: ProviderPlace, url: string) => {
    const prefix = queueUrl(at, "");
    return url.startsWith(prefix) ? regional("sqs", at, url.slice(prefix.length)) : undefined;
  },
  function: (at: ProviderPlace, name: string) => regional("lambda", at, `function:${name}`),
  /** The function that a text names, by name or ARN. */
  functionNamed: (at: ProviderPlace, named: string) =>
    named.startsWith("arn:") ? named : regional("lambda", at, `function:${named}`),
  table: (at: ProviderPlace, name: string) => regional("dynamodb", at, `table/${name}`),
  stateMachine: (at: ProviderPlace, name: string) => regional("states", at, `stateMachine:${name}`),
  stream: (at: ProviderPlace, name: string) => regional("kinesis", at, `stream/${name}`),
  firehose: (at: ProviderPlace, name: string) => regional("firehose", at, `deliverystream/${name}`),
  parameter: (at: ProviderPlace, name: string) => regional("ssm", at, `parameter${name}`),
  /** A path begins and ends with a slash. */
  role: (at: ProviderPlace, name: string, path = "/") => global("iam", at, `role${path}${name}`),
  policy: (at: ProviderPlace, name: string, path = "/") => global("iam", at, `policy${path}${name}`),
} as const;

/** AWS chooses it; see {@link arnOf}. */
export function keyId(description: string): string {
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
