/** A number AWS sets and this topology can reach. */
export interface Quota {
  /** What is counted, as AWS calls it. */
  readonly title: string;
  readonly unit:
    | "rules"
    | "characters"
    | "buses"
    | "roles"
    | "combinations"
    | "wildcard states"
    | "requests per second"
    | "invocations per second";
  readonly default: number;
  /** Regions where AWS grants another default. */
  readonly regional?: Readonly<Record<string, number>>;
  /** Highest value AWS grants on request; `undefined` where it names none. */
  readonly ceiling?: number;
  /** False where AWS does not raise it. */
  readonly adjustable: boolean;
  /** True where forwards are divided to stay below it: being near it is then nothing to act on. */
  readonly divides?: true;
  /** What AWS does with events beyond it, where it takes the topology all the same: such a quota stops nothing. */
  readonly beyond?: string;
  readonly source: string;
}

const eventBridgeQuotas = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
const iamQuotas = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

/** AWS grants both throughput quotas in the same steps of Regions; all others have the default. */
function throughputOf(first: number, second: number, third: number, fourth: number): Record<string, number> {
  const steps: readonly (readonly [number, readonly string[]])[] = [
    [first, ["us-east-1", "us-west-2", "eu-west-1"]],
    [second, ["us-east-2", "eu-central-1", "eu-south-2"]],
    [third, ["us-west-1", "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-2"]],
    [
      fourth,
      ["ap-east-1", "ap-northeast-2", "ap-south-1", "ca-central-1", "eu-north-1", "eu-west-3", "sa-east-1"],
    ],
  ];
  return Object.fromEntries(steps.flatMap(([value, regions]) => regions.map((region) => [region, value])));
}

/**
 * The quotas the backbone can reach, by the name an environment raises them under. Limits that stay
 * constant however the registry grows (a queue policy, a log group's policy, targets per rule) are not
 * here: nothing in the registry could exceed them.
 */
export const quotas = {
  rulesPerBus: {
    title: "Rules per event bus",
    unit: "rules",
    default: 300,
    regional: { "af-south-1": 100, "eu-south-1": 100 },
    adjustable: true,
    source: eventBridgeQuotas,
  },
  wildcardRulesPerBus: {
    title: "Rules that contain wildcards per event bus",
    unit: "rules",
    default: 30,
    adjustable: false,
    source: eventBridgeQuotas,
  },
  busesPerAccount: {
    title: "Event buses per account and Region",
    unit: "buses",
    default: 100,
    adjustable: true,
    source: eventBridgeQuotas,
  },
  busPolicyCharacters: {
    title: "Event bus policy size",
    unit: "characters",
    default: 10_240,
    adjustable: true,
    source: eventBridgeQuotas,
  },
  eventPatternCharacters: {
    title: "Event pattern size",
    unit: "characters",
    default: 2_048,
    ceiling: 4_096,
    adjustable: true,
    divides: true,
    source: eventBridgeQuotas,
  },
  patternCombinations: {
    title: "$or combinations of an event pattern",
    unit: "combinations",
    default: 1_000,
    adjustable: false,
    divides: true,
    source: eventBridgeQuotas,
  },
  // AWS names no number. Its engine counts the wildcard states that one value can reach at once, and in every public
  // report patterns of up to 10 were accepted, from 11 on refused ("Rule is too complex").
  wildcardComplexity: {
    title: "Wildcard complexity of an event pattern",
    unit: "wildcard states",
    default: 10,
    adjustable: false,
    divides: true,
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html",
  },
  rolePolicyCharacters: {
    title: "Inline policies of a role",
    unit: "characters",
    default: 10_240,
    adjustable: false,
    source: iamQuotas,
  },
  managedPolicyCharacters: {
    title: "Size of a managed policy",
    unit: "characters",
    default: 6_144,
    adjustable: false,
    source: iamQuotas,
  },
  rolesPerAccount: {
    title: "IAM roles per account",
    unit: "roles",
    default: 1_000,
    ceiling: 5_000,
    adjustable: true,
    source: iamQuotas,
  },
  putEventsPerSecond: {
    title: "PutEvents throttle limit in transactions per second",
    unit: "requests per second",
    default: 400,
    regional: throughputOf(10_000, 2_400, 1_200, 600),
    adjustable: true,
    beyond: "AWS refuses the requests beyond it, and publishers must try again",
    source: eventBridgeQuotas,
  },
  invocationsPerSecond: {
    title: "Invocations throttle limit in transactions per second",
    unit: "invocations per second",
    default: 750,
    regional: throughputOf(18_750, 4_500, 2_250, 1_100),
    adjustable: true,
    beyond: "AWS delays the events beyond it, for up to 24 hours",
    source: eventBridgeQuotas,
  },
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof quotas;

/** The value in force without a raise: the region's own default where AWS grants another. */
export function defaultQuota(name: QuotaName, region: string): number {
  const quota: Quota = quotas[name];
  return quota.regional?.[region] ?? quota.default;
}

/** From this share of a quota on, `check` warns. */
export const warningShare = 0.8;

/**
 * Days CloudWatch Logs accepts as a retention.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * Levels of a bus's own log; each holds those before it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html
 */
export const busLogLevels = ["OFF", "ERROR", "INFO", "TRACE"] as const;

/** Metrics a CloudWatch dashboard widget takes (CloudWatch quotas). */
export const metricsPerWidget = 500;

/** Days KMS waits before it deletes a key, at most; whatever the key encrypted is lost then. */
export const keyDeletionDays = 30;

/**
 * Longest path of a role or policy, slashes included, in characters.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const rolePathMaxLength = 512;

/** Longest `detail-type`, in characters, as PutEvents takes it. */
export const detailTypeMaxLength = 128;

/** Longest `source` a PutEvents entry should carry, in characters. */
export const sourceMaxLength = 256;

/** Largest PutEvents entry, in bytes: 1 MB since 2026-01-29. */
export const eventMaxBytes = 1_048_576;

/** SQS keeps a message 14 days at most; the default of four would lose dead letters over a long weekend. */
export const queueRetentionSeconds = 1_209_600;

/** Largest SQS message, in bytes; the provider's own default of 256 KiB would drop large dead letters. */
export const queueMessageMaxBytes = 1_048_576;

/**
 * Days by which a record may be old when CloudWatch Logs gets it, and hours by which it may be ahead. What is outside
 * is refused with status 200, which nobody hears of. EventBridge's records carry the event's own time.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
export const logRecordAcceptance = { oldestDays: 14, aheadHours: 2 } as const;

/**
 * Longest filter pattern of FilterLogEvents, in characters.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const logFilterMaxLength = 1_024;

/** Replays that AWS runs at a time in one account and Region (EventBridge quotas). */
export const concurrentReplays = 10;

/**
 * The levels a bus logs at a level, from the gravest on: each has a log type, and a delivery source, of its own.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html
 */
export function levelsUpTo(level: (typeof busLogLevels)[number]): Exclude<typeof level, "OFF">[] {
  return busLogLevels.slice(0, busLogLevels.indexOf(level) + 1).filter((each) => each !== "OFF");
}
