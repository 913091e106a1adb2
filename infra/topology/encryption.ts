import { accountRootArn, allLogsArn, busArn, logGroupArn, logsPrincipal, queueArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { policyDocument, type PolicyDocument, type Statement } from "../aws/policy-document.js";
import type { PlannedArchive } from "./archive.js";
import type { PlannedAuditTrail } from "./audit-trail.js";
import type { PlannedBusLog } from "./bus-logging.js";
import type { PlannedDeadLetterQueue } from "./dead-letter-queue.js";
import type { PlannedEventLog } from "./event-log.js";
import type { Scope } from "./scope.js";
import { functionLogGroups } from "./subscription-function.js";

/** The account's own key, and the queue for events that it could not be used on. */
export interface PlannedEncryption {
  readonly description: string;
  readonly alias: string;
  readonly policy: PolicyDocument;
  /** False while encryption ends: the key serves what it has encrypted, and encrypts nothing new. */
  readonly encrypts: boolean;
  readonly failures: PlannedDeadLetterQueue;
}

/** What the account's key is used for, beside its bus. */
export interface Encrypted {
  readonly log: PlannedEventLog;
  readonly archive: PlannedArchive | undefined;
  readonly busLog: PlannedBusLog | undefined;
  readonly auditTrail: PlannedAuditTrail | undefined;
}

/**
 * Events that a bus could not encrypt or decrypt. The queue is under SQS's own key: under the customer's it would
 * refuse exactly what it is for.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
 */
export function encryptionFailures(
  { environment, place }: Scope,
  account: string,
): PlannedDeadLetterQueue | undefined {
  if (environment.encryption === false) return undefined;
  const name = names.encryptionFailures(environment.prefix, account);
  const arn = queueArn(place(account), name);
  return {
    name,
    arn,
    policy: policyDocument({
      Sid: "AllowEncryptionFailures",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arn,
      Condition: {
        ArnEquals: { "aws:SourceArn": busArn(place(account), names.bus(environment.prefix, account)) },
      },
    }),
  };
}

/** The account's customer key, if the environment encrypts. */
export function planEncryption(
  scope: Scope,
  account: string,
  encrypted: Encrypted,
  failures: PlannedDeadLetterQueue | undefined,
): PlannedEncryption | undefined {
  if (failures === undefined) return undefined;
  const { prefix, encryption } = scope.environment;
  return {
    description: `Encrypts what bus ${names.bus(prefix, account)} carries and keeps`,
    alias: names.keyAlias(prefix, account),
    policy: keyPolicy(scope, account, encrypted),
    encrypts: encryption === true,
    failures,
  };
}

/** In a key's policy `*` is the key itself. */
const thisKey = "*";

function keyPolicy(scope: Scope, account: string, encrypted: Encrypted): PolicyDocument {
  const place = scope.place(account);
  const { log, archive, busLog, auditTrail } = encrypted;
  const trailLog = auditTrail && logGroupArn(place, auditTrail.logGroupName);
  const functionLogs = functionLogGroups(scope, account).map((name) => logGroupArn(place, name));
  const logGroups = [log.logGroupArn, busLog?.logGroupArn, trailLog, ...functionLogs]
    .filter((arn) => arn !== undefined)
    .sort();
  return policyDocument(
    {
      // Without it nobody could manage the key any more, its policy included.
      Sid: "AllowAccountAdministration",
      Effect: "Allow",
      Principal: { AWS: accountRootArn(place) },
      Action: "kms:*",
      Resource: thisKey,
    },
    {
      // Asked without an encryption context, so it cannot stand with the statement below.
      Sid: "AllowEventBridgeToCheckKey",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "kms:DescribeKey",
      Resource: thisKey,
    },
    allowEvents(scope.bus(account), archive),
    {
      Sid: "AllowLogGroups",
      Effect: "Allow",
      Principal: { Service: logsPrincipal(place) },
      Action: ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: thisKey,
      Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": logGroups } },
    },
    ...(busLog === undefined ? [] : allowBusLog(allLogsArn(place))),
  );
}

/**
 * The bus, and its archive. Calls for an archive carry no `aws:SourceArn`, and name the archive or its bus in the
 * encryption context: AWS's page says one thing, its provider's own test the other.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
 */
function allowEvents(bus: string, archive: PlannedArchive | undefined): Statement {
  const context = "kms:EncryptionContext:aws:events:event-bus:arn";
  return {
    Sid: "AllowEvents",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey", ...(archive === undefined ? [] : ["kms:ReEncrypt*"])],
    Resource: thisKey,
    Condition: {
      StringEquals:
        archive === undefined ? { [context]: bus, "aws:SourceArn": bus } : { [context]: [archive.arn, bus] },
    },
  };
}

/**
 * A bus under a customer key encrypts the details in its own log for the way; the log service decrypts them.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-bus-logs.html
 */
function allowBusLog(allLogs: string): Statement[] {
  const Condition = { StringLike: { "kms:EncryptionContext:SourceArn": allLogs } };
  return [
    {
      Sid: "AllowBusLogEncryption",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "kms:GenerateDataKey",
      Resource: thisKey,
      Condition,
    },
    {
      Sid: "AllowBusLogDelivery",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: thisKey,
      Condition,
    },
  ];
}
