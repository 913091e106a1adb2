import { type RuleArn, ruleArn, type TopicArn, topicArn } from "../aws/arn.js";
import type { EventPattern, JsonObject } from "../aws/event-pattern.js";
import { names } from "../aws/names.js";
import type { Scope } from "./scope.js";

/** Who changes the routing or what watches it: a record of it, and a rule that tells at once. */
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
  readonly arn: RuleArn;
  readonly description: string;
  readonly eventPattern: EventPattern;
  readonly targetId: string;
  readonly topicArn: TopicArn;
}

/**
 * The record of who changes the routing, in the backbone account only: members' consumers write rules on their
 * own local bus all day, and nothing they do there sends events of the backbone to anybody else.
 */
export function planAuditTrail(
  { environment, registry, place }: Scope,
  account: string,
): PlannedAuditTrail | undefined {
  const { auditTrail, prefix } = environment;
  if (auditTrail === undefined || account !== registry.backbone) return undefined;
  const at = place(account);
  const rule = names.routingChangeRule(prefix);
  return {
    trailName: names.trail(prefix),
    bucketName: names.trailBucket(prefix, at.accountId, at.region),
    logGroupName: names.trailLogGroup(prefix),
    retentionDays: auditTrail.retentionDays,
    rule: {
      name: rule,
      arn: ruleArn(at, "default", rule),
      description:
        "Tells of changes of the routing and of what watches it, that the deploy role did not make",
      eventPattern: routingChangePattern(auditTrail.deployRoleArn),
      targetId: "alarms",
      topicArn: topicArn(at, names.alarmTopic(prefix, account)),
    },
  };
}

/** Calls that change where events go, who may send them or whether they can be replayed, and that play them again. */
const routingCalls = [
  "CreateArchive",
  "CreateEventBus",
  "DeleteArchive",
  "DeleteEventBus",
  "DeleteRule",
  "DisableRule",
  "EnableRule",
  "PutPermission",
  "PutRule",
  "PutTargets",
  "RemovePermission",
  "RemoveTargets",
  "StartReplay",
  "UpdateArchive",
  "UpdateEventBus",
];

/**
 * Calls that blind whoever watches, by service: without a trail EventBridge hears of no API call, without its key a bus
 * loses events, and an alarm, a queue or a log that is gone tells nobody. CloudWatch calls itself `monitoring`.
 */
const blindingCalls = {
  "aws.cloudtrail": ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"],
  "aws.kms": ["DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"],
  "aws.logs": ["DeleteLogGroup", "DeleteResourcePolicy", "PutResourcePolicy"],
  "aws.monitoring": ["DeleteAlarms", "DisableAlarmActions"],
  "aws.sns": ["DeleteTopic", "SetTopicAttributes", "Unsubscribe"],
  "aws.sqs": ["AddPermission", "DeleteQueue", "PurgeQueue", "RemovePermission", "SetQueueAttributes"],
};

/**
 * A session of a role names the role as its issuer. The root user and IAM users have no issuer at all, and
 * `anything-but` never matches a field that is absent, so they need a branch of their own. Refused calls match
 * too: an attempt is worth knowing.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
function routingChangePattern(deployRoleArn: string): EventPattern {
  const issuedBy = (matcher: JsonObject) => ({
    userIdentity: { sessionContext: { sessionIssuer: { arn: [matcher] } } },
  });
  return {
    source: [...Object.keys(blindingCalls), "aws.events"].sort(),
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: {
      eventName: [...new Set([...routingCalls, ...Object.values(blindingCalls).flat()])].sort(),
      $or: [
        issuedBy({
          "anything-but": deployRoleArn.includes("*") ? { wildcard: deployRoleArn } : deployRoleArn,
        }),
        issuedBy({ exists: false }),
      ],
    },
  };
}
