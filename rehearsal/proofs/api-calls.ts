import type { ProviderPlace } from "../physical-identity.js";
import type { JsonObject } from "../../infra/registry/index.js";

/** An API call, as CloudTrail describes it to EventBridge. */
export interface ApiCall {
  /** In words. */
  readonly who: string;
  /** Whether people must hear of it. */
  readonly isTold: boolean;
  readonly event: CloudTrailEvent;
}

export type CloudTrailEvent = JsonObject & {
  readonly id: string;
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: JsonObject & { readonly eventName: string };
};

/** Calls that change where events go, who may send them, or whether anybody hears of it. */
const changes: readonly { readonly service: string; readonly names: readonly string[] }[] = [
  {
    service: "events",
    names: [
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
  },
  { service: "cloudtrail", names: ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"] },
];

/**
 * Every change by everybody who can make it, and what must stay quiet.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function routingCalls(place: ProviderPlace, deployRoleArn: string): ApiCall[] {
  const callers = callersOf(place, deployRoleArn);
  const changing = changes.flatMap(({ service, names }) =>
    names.flatMap((name) =>
      callers.map(({ who, isTold, identity }) => ({
        who,
        isTold,
        event: callEvent(place, service, name, identity),
      })),
    ),
  );
  const [someone] = callers;
  if (someone === undefined) return changing;
  const change = callEvent(place, "events", "PutRule", someone.identity);
  const quiet = [
    callEvent(place, "events", "TestEventPattern", someone.identity),
    callEvent(place, "s3", "PutBucketPolicy", someone.identity),
    { ...change, source: "com.example.pretender" },
    { ...change, "detail-type": "AWS Service Event via CloudTrail" },
  ];
  return [
    ...changing,
    ...quiet.map((event) => ({ who: `${someone.who} (${event.source})`, isTold: false, event })),
  ];
}

interface Caller {
  readonly who: string;
  readonly isTold: boolean;
  readonly identity: JsonObject;
}

function callersOf({ accountId }: ProviderPlace, deployRoleArn: string): Caller[] {
  // Whatever a wildcard stands for, the role of this account is one of those meant.
  const deployRole = deployRoleArn.replace(/^(arn:[^:]*:iam::)\*/, `$1${accountId}`).replaceAll("*", "any");
  const otherRole = `arn:aws:iam::${accountId}:role/somebody-elses`;
  const root = { type: "Root", principalId: accountId, arn: `arn:aws:iam::${accountId}:root`, accountId };
  return [
    { who: "the root user", isTold: true, identity: root },
    {
      who: "the root user in the console",
      isTold: true,
      identity: { ...root, sessionContext: { sessionIssuer: {}, attributes: { mfaAuthenticated: "true" } } },
    },
    {
      who: "an IAM user",
      isTold: true,
      identity: {
        type: "IAMUser",
        principalId: "AIDAEXAMPLE",
        arn: `arn:aws:iam::${accountId}:user/somebody`,
        accountId,
        userName: "somebody",
      },
    },
    { who: "a session of another role", isTold: true, identity: sessionOf(otherRole, accountId) },
    { who: "a session of the deploy role", isTold: false, identity: sessionOf(deployRole, accountId) },
  ];
}

function sessionOf(roleArn: string, accountId: string): JsonObject {
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    type: "AssumedRole",
    principalId: "AROAEXAMPLE:session",
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/session`,
    accountId,
    sessionContext: {
      sessionIssuer: { type: "Role", principalId: "AROAEXAMPLE", arn: roleArn, accountId, userName: name },
      attributes: { mfaAuthenticated: "false" },
    },
  };
}

function callEvent(
  { region, accountId }: ProviderPlace,
  service: string,
  eventName: string,
  userIdentity: JsonObject,
): CloudTrailEvent {
  return {
    version: "0",
    id: `rehearsal-${eventName}`,
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${service}`,
    account: accountId,
    time: "2026-01-01T12:00:00Z",
    region,
    resources: [],
    detail: {
      eventVersion: "1.09",
      userIdentity,
      eventTime: "2026-01-01T12:00:00Z",
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: region,
      eventType: "AwsApiCall",
      managementEvent: true,
      readOnly: false,
    },
  };
}
