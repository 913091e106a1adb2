import { createHash } from "node:crypto";

/**
 * Every physical name of the backbone, in one place. Two accounts agree on a name because both ask here;
 * nothing is looked up and nothing is cut to fit (too long is an error of the registry).
 */
export const names = {
  bus: (prefix: string, account: string) => `${prefix}-${account}`,
  logGroup: (prefix: string, account: string) => `/aws/events/${prefix}-${account}`,
  logRule: () => "log-all-events",
  sensitiveLogRule: () => "log-sensitive-events",
  /**
   * What forwards to an account: from the global bus called as the account, from a bus that is there without the backbone
   * (`default`, or a partner's) by its short name, too. No name of an account has a dot, so nothing else is called so, and
   * `<account>.*` stands for all the latter.
   */
  forward: (account: string, bus?: string): string =>
    bus === undefined ? account : `${account}.${["default", "*"].includes(bus) ? bus : shortened(bus)}`,
  /** On the account's own bus; the second rule of `orders` and the first of an account called `orders-1` stay apart. */
  forwardRule: (forward: string, part: number | "*", second = 0) =>
    second > 0
      ? `forward-${forward}.${part}.${second}`
      : part === 0
        ? `forward-${forward}`
        : `forward-${forward}.${part}`,
  /** On a bus that is there without the backbone, and that has rules of others, those of other environments among them. */
  awsEventsRule: (prefix: string, forward: string, part: number | "*") =>
    `${prefix}-${names.forwardRule(forward, part)}`,
  forwardRole: (prefix: string, forward: string) => `${prefix}-forward-${forward}`,
  /** Puts dead letters of the account's queue back on the bus they belong to. */
  redriveRole: (prefix: string, account: string) => `${prefix}-redrive-${account}`,
  deadLetterQueue: (prefix: string, account: string) => `${prefix}-${account}-dead-letters`,
  archive: (prefix: string, account: string) => `${prefix}-${account}`,
  /** The prefix `/aws/vendedlogs/` is what AWS's own log delivery expects. */
  busLogGroup: (prefix: string, account: string) => `/aws/vendedlogs/events/event-bus/${prefix}-${account}`,
  logDeliverySource: (prefix: string, account: string, level: string) =>
    `${prefix}-${account}-${level.toLowerCase()}-logs`,
  logDeliveryDestination: (prefix: string, account: string) => `${prefix}-${account}-bus-logs`,
  /** What a bus under a customer key could not encrypt or decrypt. */
  encryptionFailures: (prefix: string, account: string) => `${prefix}-${account}-encryption-failures`,
  keyAlias: (prefix: string, account: string) => `alias/${prefix}-${account}`,
  alarmTopic: (prefix: string, account: string) => `${prefix}-${account}-alarms`,
  /** The dot, which no account's name has, keeps `orders` and an account called `orders-log` apart. */
  alarm: (prefix: string, account: string, subject: string, metric: string) =>
    `${prefix}-${account}.${subject}.${metric}`,
  dashboard: (prefix: string, account: string) => `${prefix}-${account}`,
  trail: (prefix: string) => `${prefix}-trail`,
  /** Bucket names are shared by all of AWS, so account and Region stand in it. */
  trailBucket: (prefix: string, accountId: string, region: string) =>
    `${prefix}-trail-${accountId}-${region}`,
  trailLogGroup: (prefix: string) => `/aws/cloudtrail/${prefix}-trail`,
  routingChangeRule: (prefix: string) => `${prefix}-routing-changes`,
  publisherPolicy: (prefix: string, service: string) => `${prefix}-publish-${service}`,
  /**
   * What a subscription consists of: role, queue, function. No name of a service or an account has two hyphens side by
   * side, so nothing else is called so.
   */
  subscription: (prefix: string, service: string, name: string) => `${prefix}-${service}--${name}`,
  /** What the consumer of a subscription's queue gives up. */
  subscriptionLetters: (prefix: string, service: string, name: string) =>
    `${prefix}-${service}--${name}-letters`,
  /** Always with a number, so that one wildcard stands for all that a subscription may come to have, and no other. */
  subscriptionRule: (service: string, name: string, part: number | "*") => `${service}--${name}.${part}`,
  /** Where Lambda looks for it. */
  functionLogGroup: (name: string) => `/aws/lambda/${name}`,
  parameter: (prefix: string, account: string, leaf: string) => `/${prefix}/${account}/${leaf}`,
} as const;

/** Names of partner buses are longer than a role's may be. It begins with a letter, which numbers of rules do not. */
function shortened(partnerBus: string): string {
  return `p${createHash("sha256").update(partnerBus).digest("hex").slice(0, 7)}`;
}

/** What AWS allows in a name. */
export interface NameRule {
  /** How the field calls the thing: "bus", "execution role". */
  readonly what: string;
  readonly maxLength: number;
  readonly characters: RegExp;
  /** The characters in words, for the error. */
  readonly allowed: string;
  readonly source: string;
}

/** Name rules of the AWS APIs, each with the page or model that states it. */
export const nameRules = {
  bus: {
    what: "bus",
    maxLength: 256,
    characters: /^[A-Za-z0-9._-]+$/,
    allowed: "letters, digits, dots, hyphens and underscores",
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html",
  },
  rule: {
    what: "rule",
    maxLength: 64,
    characters: /^[A-Za-z0-9._-]+$/,
    allowed: "letters, digits, dots, hyphens and underscores",
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
  },
  role: {
    what: "role",
    maxLength: 64,
    characters: /^[A-Za-z0-9+=,.@_-]+$/,
    allowed: "letters, digits and +=,.@_-",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  },
  managedPolicy: {
    what: "managed policy",
    maxLength: 128,
    characters: /^[A-Za-z0-9+=,.@_-]+$/,
    allowed: "letters, digits and +=,.@_-",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  },
  queue: {
    what: "queue",
    maxLength: 80,
    characters: /^[A-Za-z0-9_-]+$/,
    allowed: "letters, digits, hyphens and underscores",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html",
  },
  logGroup: {
    what: "log group",
    maxLength: 512,
    characters: /^[A-Za-z0-9_/.#-]+$/,
    allowed: "letters, digits and _/.#-",
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
  },
  archive: {
    what: "archive",
    maxLength: 48,
    characters: /^[A-Za-z0-9._-]+$/,
    allowed: "letters, digits, dots, hyphens and underscores",
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html",
  },
  logDeliverySource: {
    what: "log delivery source",
    maxLength: 60,
    characters: /^[\w-]+$/,
    allowed: "letters, digits, hyphens and underscores",
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html",
  },
  bucket: {
    what: "bucket",
    maxLength: 63,
    characters: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
    allowed: "small letters, digits, dots and hyphens",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  },
  parameter: {
    what: "SSM parameter",
    // 1,011 counts the ARN before the name as well; a hundred characters are left for it.
    maxLength: 911,
    characters: /^(?!\/(?:aws|ssm))[A-Za-z0-9_./-]+$/i,
    allowed: 'letters, digits and _./-, not beginning with "aws" or "ssm"',
    source: "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html",
  },
} as const satisfies Record<string, NameRule>;

export type NameKind = keyof typeof nameRules;

/** One physical name and the rule it must keep. */
export interface PhysicalName {
  readonly kind: NameKind;
  readonly name: string;
  /** The service, member or subscription (`<service>/<name>`) whose name it contains, if not the owning account's. */
  readonly concerns?: string;
}

/** What an environment's switches give names to, beside what every account has. */
export interface SwitchedNames {
  /** Whether the account's bus has an archive. */
  readonly archived: boolean;
  /** Levels of the bus's own log, each with a delivery source. */
  readonly logLevels: readonly string[];
  readonly encrypted: boolean;
  /** Whether forwards bind publishers' accounts, and so may have a second number. */
  readonly byAccount: boolean;
  /** Where the backbone's trail stands, if it has one. */
  readonly trail: { readonly accountId: string; readonly region: string } | undefined;
}

/** What stands in an account's names beside its own. */
export interface OwnedNames {
  /** Services that it hosts. */
  readonly services: readonly string[];
  /** Members to which it forwards events of its own bus. */
  readonly forwards: readonly string[];
  /** Members to which it may forward events of AWS. */
  readonly eventsOfAws: readonly string[];
  readonly subscriptions: readonly { readonly service: string; readonly name: string }[];
  readonly switched: SwitchedNames;
}

/** Rules are split by the bits of a 32-bit hash; the digits of the largest number are reserved in the name. */
const widestForwardPart = 2 ** 32 - 1;
/** Of a second hash 20 bits. */
const widestSecondPart = 2 ** 20 - 1;

/**
 * Every fixed name that an account of an environment can come to own, so that length, characters and
 * clashes are checked before anything is planned.
 */
export function physicalNames(
  prefix: string,
  account: string,
  { services, forwards, eventsOfAws, subscriptions, switched }: OwnedNames,
): PhysicalName[] {
  const { archived, logLevels, encrypted, byAccount, trail } = switched;
  return [
    { kind: "bus", name: names.bus(prefix, account) },
    { kind: "logGroup", name: names.logGroup(prefix, account) },
    { kind: "queue", name: names.deadLetterQueue(prefix, account) },
    { kind: "role", name: names.redriveRole(prefix, account) },
    { kind: "parameter", name: names.parameter(prefix, account, "dead-letter-queue-arn") },
    // Topics, aliases, dashboards and alarms take 255 characters and more, which the names above never reach.
    ...(archived ? [{ kind: "archive", name: names.archive(prefix, account) } as const] : []),
    ...logLevels.map((level): PhysicalName => ({
      kind: "logDeliverySource",
      name: names.logDeliverySource(prefix, account, level),
    })),
    ...(encrypted ? [{ kind: "queue", name: names.encryptionFailures(prefix, account) } as const] : []),
    ...(trail === undefined
      ? []
      : [{ kind: "bucket", name: names.trailBucket(prefix, trail.accountId, trail.region) } as const]),
    ...services.flatMap((service): PhysicalName[] => [
      { kind: "managedPolicy", name: names.publisherPolicy(prefix, service), concerns: service },
      { kind: "parameter", name: names.parameter(prefix, account, `publisher-policies/${service}`) },
    ]),
    ...subscriptions.flatMap(({ service, name }): PhysicalName[] => {
      const concerns = `${service}/${name}`;
      return [
        { kind: "rule", name: names.subscriptionRule(service, name, widestForwardPart), concerns },
        // Functions take as many characters as roles.
        { kind: "role", name: names.subscription(prefix, service, name), concerns },
        { kind: "queue", name: names.subscriptionLetters(prefix, service, name), concerns },
      ];
    }),
    ...forwards.flatMap((member): PhysicalName[] => [
      {
        kind: "rule",
        name: names.forwardRule(member, widestForwardPart, byAccount ? widestSecondPart : 0),
        concerns: member,
      },
      { kind: "role", name: names.forwardRole(prefix, member), concerns: member },
    ]),
    ...eventsOfAws.flatMap((member): PhysicalName[] => [
      {
        kind: "rule",
        name: names.awsEventsRule(prefix, names.forward(member, "aws.partner/any/other"), widestForwardPart),
        concerns: member,
      },
    ]),
  ];
}
