import type { EventPattern } from "event-patterns";
import type { JsonObject } from "../../infra/registry/index.js";
import { validPattern } from "../expectations.js";
import type { ProviderPlace } from "../physical-identity.js";
import type { ServiceEvent } from "eventbridge-simulator";

/** Calls that change where events go, who may send them, or whether anybody hears of it, by service. */
const changes = {
  "aws.events": [
    "CreateEventBus",
    "UpdateEventBus",
    "DeleteEventBus",
    "PutRule",
    "EnableRule",
    "DisableRule",
    "DeleteRule",
    "PutTargets",
    "RemoveTargets",
    "PutPermission",
    "RemovePermission",
    "CreateArchive",
    "UpdateArchive",
    "DeleteArchive",
  ],
  "aws.cloudtrail": ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"],
};

const detailType = "AWS API Call via CloudTrail";

/**
 * Every change by everybody but the deploy role. Root and users have no session issuer, and `anything-but` never
 * takes a field that is absent.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function routingChanges(deployRoleArn: string): EventPattern {
  const others = deployRoleArn.includes("*") ? { wildcard: deployRoleArn } : deployRoleArn;
  return validPattern({
    source: Object.keys(changes),
    "detail-type": [detailType],
    detail: {
      eventName: Object.values(changes).flat(),
      $or: [issuedBy({ "anything-but": others }), issuedBy({ exists: false })],
    },
  });
}

function issuedBy(matcher: JsonObject): JsonObject {
  return { userIdentity: { sessionContext: { sessionIssuer: { arn: [matcher] } } } };
}

/** The root user making a rule, as CloudTrail tells it to EventBridge. */
export function someRoutingChange({ region, accountId: account }: ProviderPlace): ServiceEvent {
  return {
    version: "0",
    id: "rehearsal-routing-change",
    "detail-type": detailType,
    source: "aws.events",
    account,
    time: "2026-01-01T12:00:00Z",
    region,
    resources: [],
    detail: { userIdentity: { type: "Root", accountId: account }, eventName: "PutRule" },
  };
}
