import { deliverySourceArn, type LogGroupArn, logGroupArn } from "../aws/arn.js";
import { levelsUpTo } from "../aws/limits.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import type { Scope } from "./scope.js";

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

/**
 * What a bus logs of its own work: receipt, match, delivery, failure. AWS delivers it as best it can, so this is
 * for finding a cause; the event log holds every event. The bus's setting alone delivers nothing: each log type
 * needs a source, and a delivery that ties it to the destination.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html
 */
export function planBusLog({ environment, place }: Scope, account: string): PlannedBusLog | undefined {
  const { prefix, busLogging, logRetentionDays } = environment;
  const { level, includeDetail } = busLogging;
  if (level === "OFF") return undefined;
  const at = place(account);
  const logGroupName = names.busLogGroup(prefix, account);
  const arn = logGroupArn(at, logGroupName);
  const sources = levelsUpTo(level).map((each): PlannedDeliverySource => ({
    level: each.toLowerCase(),
    name: names.logDeliverySource(prefix, account, each),
    logType: `${each}_LOGS`,
  }));
  return {
    level,
    includeDetail: includeDetail ? "FULL" : "NONE",
    logGroupName,
    logGroupArn: arn,
    retentionDays: logRetentionDays,
    // The log group's own policy: an account has only ten account-level ones per Region.
    policy: policyDocument({
      Sid: "AllowLogDelivery",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${arn}:log-stream:*`,
      Condition: {
        StringEquals: { "aws:SourceAccount": at.accountId },
        ArnLike: { "aws:SourceArn": sources.map(({ name }) => deliverySourceArn(at, name)) },
      },
    }),
    sources,
    destinationName: names.logDeliveryDestination(prefix, account),
  };
}
