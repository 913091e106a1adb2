import { logsPrincipal, parseArn } from "../arn.js";
import type { ServiceQuestion } from "../iam/authorize.js";
import { absent, encryptionContextKey, type KeyFact, one, type OpenFact } from "../iam/request.js";
import { eventBridge, type GuardedResource, serviceFacts } from "./requests.js";

/** One service using a KMS key for one purpose. */
export interface KeyUse {
  readonly service: string;
  /** Every one of them is needed. */
  readonly actions: readonly `kms:${string}`[];
  /** What the call names as encryption context; several values where AWS's pages do not agree on one. */
  readonly context?: { readonly key: string; readonly values: readonly string[] };
  /** On whose behalf, and whether the call to KMS says so; `open` where AWS does not document it. */
  readonly source: { readonly arn: string; readonly told: "yes" | "no" | "open" };
}

/**
 * A bus with its events.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
 */
export function busUses(bus: string): readonly KeyUse[] {
  return [
    {
      service: eventBridge.service,
      actions: ["kms:DescribeKey"],
      source: { arn: bus, told: "open" },
    },
    {
      service: eventBridge.service,
      actions: ["kms:GenerateDataKey", "kms:Decrypt"],
      context: { key: busContext, values: [bus] },
      source: { arn: bus, told: "yes" },
    },
  ];
}

const busContext = "aws:events:event-bus:arn";

/**
 * An archive of a bus. AWS's page says that the context holds the archive's ARN; the provider's test, that it
 * holds the bus's.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
 */
export function archiveUses(archive: string, bus: string): readonly KeyUse[] {
  return [
    {
      service: eventBridge.service,
      actions: ["kms:DescribeKey"],
      source: { arn: archive, told: "open" },
    },
    {
      service: eventBridge.service,
      actions: ["kms:GenerateDataKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
      context: { key: busContext, values: [archive, bus] },
      source: { arn: archive, told: "open" },
    },
  ];
}

/**
 * EventBridge sending to an encrypted queue, through SQS.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export function queueUses(queue: string, source: string): readonly KeyUse[] {
  return [
    {
      service: eventBridge.service,
      actions: ["kms:GenerateDataKey", "kms:Decrypt"],
      context: { key: "aws:sqs:arn", values: [queue] },
      source: { arn: source, told: "open" },
    },
  ];
}

/**
 * Taking messages from an encrypted queue, through SQS.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export function receivingUses(queue: string): readonly Pick<KeyUse, "actions" | "context">[] {
  return [{ actions: ["kms:Decrypt"], context: { key: "aws:sqs:arn", values: [queue] } }];
}

/**
 * A service publishing on an encrypted topic, through SNS. For EventBridge AWS documents that the key's policy cannot ask
 * on whose behalf: `aws:SourceArn` and `aws:SourceAccount` are not supported.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function topicUses(service: string, topic: string, source: string): readonly KeyUse[] {
  return [
    {
      service,
      actions: ["kms:GenerateDataKey", "kms:Decrypt"],
      context: { key: "aws:sns:topicArn", values: [topic] },
      source: { arn: source, told: service === eventBridge.service ? "no" : "open" },
    },
  ];
}

/**
 * CloudWatch Logs keeping an encrypted log group.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function logGroupUses(logGroup: string): readonly KeyUse[] {
  return [
    {
      service: logsPrincipal(parseArn(logGroup)?.region ?? ""),
      actions: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:DescribeKey",
      ],
      context: { key: "aws:logs:arn", values: [logGroup] },
      source: { arn: logGroup, told: "open" },
    },
  ];
}

/**
 * A bus under a customer key handing over its own log: EventBridge encrypts, the log service decrypts.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-bus-logs.html
 */
export function busLogUses(deliverySource: string): readonly KeyUse[] {
  const context = { key: "SourceArn", values: [deliverySource] };
  const source = { arn: deliverySource, told: "open" } as const;
  return [
    { service: eventBridge.service, actions: ["kms:GenerateDataKey"], context, source },
    {
      service: "delivery.logs.amazonaws.com",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      context,
      source,
    },
  ];
}

/** May the service do this with the key? The key's policy alone answers. */
export function useKey(use: KeyUse, action: string, key: GuardedResource): ServiceQuestion {
  const principal = { kind: "service", service: use.service } as const;
  return {
    principal,
    action,
    resource: key.arn,
    circumstances: {
      known: new Map<string, KeyFact>([
        ...serviceFacts(principal, key),
        ...(use.source.told === "yes" ? sourceFacts(use.source.arn) : noSource),
      ]),
      open: [...openSource(use), ...openContext(use)],
    },
    resourcePolicies: key.policies,
  };
}

function sourceFacts(arn: string): readonly (readonly [string, KeyFact])[] {
  return [
    ["aws:sourcearn", one(arn)],
    ["aws:sourceaccount", one(arn.split(":")[4] ?? "")],
  ];
}

const noSource: readonly (readonly [string, KeyFact])[] = [
  ["aws:sourcearn", absent],
  ["aws:sourceaccount", absent],
];

function openSource({ source }: KeyUse): OpenFact[] {
  if (source.told !== "open") return [];
  return [
    {
      subject: "whether the call to KMS carries aws:SourceArn and aws:SourceAccount",
      alternatives: [new Map(sourceFacts(source.arn)), new Map(noSource)],
    },
  ];
}

function openContext({ context }: KeyUse): OpenFact[] {
  if (context === undefined) return [];
  return [
    {
      subject: `the encryption context ${context.key}`,
      alternatives: context.values.map((value) => new Map([[encryptionContextKey(context.key), one(value)]])),
    },
  ];
}
