import type { AlarmArn, ArchiveArn, DefaultBusRuleArn, LogGroupArn, TopicArn } from "../aws/arn.js";
import type { EventPattern, JsonObject } from "../aws/event-pattern.js";
import type { PolicyDocument } from "../aws/policy-document.js";
import type { PlannedDeadLetterQueue } from "./planned-queue.js";

/** What makes an account operable; each part is there only where the environment switches it on. */
export interface Operability {
  readonly archive?: PlannedArchive;
  readonly busLog?: PlannedBusLog;
  readonly alarms?: PlannedAlarms;
  readonly encryption?: PlannedEncryption;
  readonly auditTrail?: PlannedAuditTrail;
}

/** Events of the account's bus, kept for a replay. */
export interface PlannedArchive {
  readonly name: string;
  readonly arn: ArchiveArn;
  readonly description: string;
  readonly eventPattern: EventPattern;
  /** Days. */
  readonly retentionDays: number;
}

/** What the bus logs of its own work, delivered to a log group of the same account. */
export interface PlannedBusLog {
  readonly level: "ERROR" | "INFO" | "TRACE";
  readonly includeDetail: "NONE" | "FULL";
  readonly logGroupName: string;
  readonly logGroupArn: LogGroupArn;
  /** Days. */
  readonly retentionDays: number;
  readonly policy: PolicyDocument;
  /** One per log type of the level. */
  readonly sources: readonly PlannedDeliverySource[];
  readonly destinationName: string;
}

export interface PlannedDeliverySource {
  /** Small letters; tells the sources of one account apart. */
  readonly level: string;
  readonly name: string;
  readonly logType: "ERROR_LOGS" | "INFO_LOGS" | "TRACE_LOGS";
}

/** Who is told of what goes wrong, and a view of it. */
export interface PlannedAlarms {
  readonly topicName: string;
  readonly topicArn: TopicArn;
  readonly topicPolicy: PolicyDocument;
  readonly emails: readonly string[];
  readonly alarms: readonly PlannedAlarm[];
  readonly dashboardName: string;
  readonly dashboard: JsonObject;
}

export interface PlannedAlarm {
  /** Tells the alarms of one account apart: what it watches, and the metric. */
  readonly key: string;
  readonly name: string;
  readonly arn: AlarmArn;
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Sum" | "Maximum";
  /** Seconds. */
  readonly period: number;
  /** The alarm goes off above it. */
  readonly threshold: number;
}

/** The account's own key, and the queue for events that it could not be used on. */
export interface PlannedEncryption {
  readonly description: string;
  readonly alias: string;
  readonly policy: PolicyDocument;
  /** False while encryption ends: the key serves what it has encrypted, and encrypts nothing new. */
  readonly encrypts: boolean;
  readonly failures: PlannedDeadLetterQueue;
}

/** Who changes the routing: a record of it, and a rule that tells at once. */
export interface PlannedAuditTrail {
  readonly trailName: string;
  readonly bucketName: string;
  readonly logGroupName: string;
  /** Days. */
  readonly retentionDays: number;
  /** On the account's default bus, where AWS puts events about API calls. */
  readonly rule: PlannedRoutingRule;
}

export interface PlannedRoutingRule {
  readonly name: string;
  readonly arn: DefaultBusRuleArn;
  readonly description: string;
  readonly eventPattern: EventPattern;
  readonly targetId: string;
  readonly topicArn: TopicArn;
}
