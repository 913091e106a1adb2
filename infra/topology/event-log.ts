import { type LogGroupArn, logGroupArn, ruleArn } from "../aws/arn.js";
import { type EventPattern, everyEvent } from "../aws/event-pattern.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import type { Scope } from "./scope.js";

/** Everything the bus receives, kept in a log group of the same account. */
export interface PlannedEventLog {
  readonly logGroupName: string;
  readonly logGroupArn: LogGroupArn;
  /** Days. */
  readonly retentionDays: number;
  readonly ruleName: string;
  readonly eventPattern: EventPattern;
  readonly targetId: string;
  readonly policy: PolicyDocument;
}

/**
 * The log of everything a bus receives. The policy is the log group's own: an account has only ten
 * account-level ones per Region. CreateLogStream is called without `aws:SourceArn`, so only PutLogEvents can
 * be limited to the rule.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function eventLog(scope: Scope, account: string): PlannedEventLog {
  const { prefix, logRetentionDays } = scope.environment;
  const place = scope.place(account);
  const bus = names.bus(prefix, account);
  const logGroupName = names.logGroup(prefix, account);
  const arn = logGroupArn(place, logGroupName);
  const ruleName = names.logRule();
  const services = { Service: ["delivery.logs.amazonaws.com", "events.amazonaws.com"] };
  return {
    logGroupName,
    logGroupArn: arn,
    retentionDays: logRetentionDays,
    ruleName,
    eventPattern: everyEvent,
    targetId: "event-log",
    policy: policyDocument(
      {
        Sid: "AllowLogStreams",
        Effect: "Allow",
        Principal: services,
        Action: "logs:CreateLogStream",
        Resource: `${arn}:*`,
      },
      {
        Sid: "AllowLogEvents",
        Effect: "Allow",
        Principal: services,
        Action: "logs:PutLogEvents",
        Resource: `${arn}:*:*`,
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn(place, bus, ruleName) } },
      },
    ),
  };
}
