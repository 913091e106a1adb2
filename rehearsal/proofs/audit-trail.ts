import type { EventPattern } from "event-patterns";
import { deliverServiceEvent, type ServiceEvent, type Step } from "eventbridge-simulator";
import type { JsonObject } from "../../infra/registry/index.js";
import { type CheckOutcome, passedIn, type ProofCheck, requireSameEvents, requireThat } from "../claim.js";
import type { ProviderPlace } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { validPattern } from "../expectations.js";
import { awsForwardsOf, isRuleOfForward } from "../forwards.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { ruleClaims, underNoKey, wantedOf } from "../wanted.js";
import { defaultBus } from "./rules.js";

/** A trail into a closed and encrypted bucket and into a log group, and a rule that tells of what it records. */
export function auditTrailNeeds(stage: Stage): Need[] {
  const { registry, environment } = stage;
  const { auditTrail, prefix, protect } = environment;
  if (auditTrail === undefined) return [];
  const account = registry.backbone;
  const wanted = wantedOf(stage, account);
  const { place, topicArn } = wanted;
  const bucket = `${prefix}-trail-${place.accountId}-${place.region}`;
  const trail = claim(
    kinds.trail,
    { name: `${prefix}-trail` },
    {
      protect: true,
      has: {
        "s3Bucket.args.bucket": bucket,
        "s3Bucket.args.forceDestroy": !protect,
        "cloudWatchLogsGroup.args.name": wanted.trailLogGroup,
        "cloudWatchLogsGroup.args.retentionInDays": auditTrail.retentionDays,
        ...underNoKey(stage, "cloudWatchLogsGroup.args.kmsKeyId"),
      },
    },
  );
  const closing = claim(kinds.bucketClosing, { bucket }, { after: [trail] });
  return [
    {
      account,
      what: "the audit trail",
      claims: [
        trail,
        closing,
        // S3 refuses two changes of a bucket at once.
        claim(kinds.bucketEncryption, { bucket }, { after: [closing] }),
      ],
    },
    {
      account,
      what: "the watch of the routing",
      claims: ruleClaims(
        wanted,
        { name: wanted.routingWatch, eventBusName: "default" },
        {
          sends: { arn: topicArn, roleArn: undefined, inputTransformer: undefined },
          after: [claim(kinds.topicPolicy, { arn: topicArn })],
        },
      ),
    },
  ];
}

/** Who changes the routing is told at once, unless it is the deploy role. */
export function auditTrailChecks(stage: Stage): ProofCheck[] {
  const { auditTrail } = stage.environment;
  if (auditTrail === undefined) return [];
  const account = stage.account(stage.registry.backbone);
  return [
    {
      id: "routing-watch",
      title:
        "every change of the routing, or of what watches it, that the deploy role did not make is told, and nothing else",
      run: () => isTold(stage, account, auditTrail.deployRoleArn),
    },
  ];
}

/** One rule takes exactly these changes, and what it takes arrives at the topic. */
function isTold(stage: Stage, account: LoadedAccount, deployRoleArn: string): CheckOutcome {
  const { name, switchedOn } = account;
  const bus = defaultBus(account);
  const forwarding = awsForwardsOf(stage, { from: name });
  const rules = (stage.world.buses.get(bus)?.rules ?? []).filter(
    ({ arn }) => !forwarding.some((forward) => isRuleOfForward(forward, arn)),
  );
  const topics = switchedOn.topics.map(({ arn }) => arn);
  const change = someRoutingChange({ region: account.region, accountId: account.id });
  const { steps, arrivals, undecided } = deliverServiceEvent(stage.world, bus, change);
  const told = arrivals.filter(({ kind, arn }) => kind === "topic" && topics.includes(arn)).length;
  const about = { account: name, step: "routing change" };
  return {
    cases: 2,
    failures: [
      ...requireSameEvents(
        {
          ...about,
          at: rules.map(({ arn }) => arn),
          attempt: `the routing watch (${rules.map(({ arn }) => arn).join(", ") || "no rule"})`,
          mend: `let the rule on the default bus of ${name} take every change that ${deployRoleArn} does not make`,
        },
        [routingChanges(deployRoleArn)],
        rules.filter(({ enabled }) => enabled).map(({ pattern }) => pattern),
      ),
      ...requireThat(told === 1 && undecided.length === 0, {
        ...about,
        passes: [...passedOnTheWay(steps), ...rules.map(({ arn }) => arn), ...topics],
        attempt: `a change of the routing is told ${told} times on ${topics.join(", ") || "any topic"}, not once`,
        mend: `mend the rule on the default bus of ${name}, its target, or the policies of the topic and its key`,
      }),
    ],
  };
}

function passedOnTheWay(steps: readonly Step[]): string[] {
  return steps.flatMap((step) =>
    step.kind === "target" ? [...passedIn(step.checks), step.rule, step.to] : [],
  );
}

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
    "StartReplay",
  ],
  "aws.cloudtrail": ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"],
  "aws.kms": ["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"],
  "aws.logs": ["DeleteLogGroup", "PutResourcePolicy", "DeleteResourcePolicy"],
  "aws.monitoring": ["DeleteAlarms", "DisableAlarmActions"],
  "aws.sns": ["Unsubscribe", "DeleteTopic", "SetTopicAttributes"],
  "aws.sqs": ["PurgeQueue", "DeleteQueue", "SetQueueAttributes", "AddPermission", "RemovePermission"],
};

const detailType = "AWS API Call via CloudTrail";

/**
 * Every change by everybody but the deploy role. Root and users have no session issuer, and `anything-but` never
 * takes a field that is absent.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
function routingChanges(deployRoleArn: string): EventPattern {
  const others = deployRoleArn.includes("*") ? { wildcard: deployRoleArn } : deployRoleArn;
  return validPattern({
    source: Object.keys(changes),
    "detail-type": [detailType],
    detail: {
      eventName: [...new Set(Object.values(changes).flat())],
      $or: [issuedBy({ "anything-but": others }), issuedBy({ exists: false })],
    },
  });
}

function issuedBy(matcher: JsonObject): JsonObject {
  return { userIdentity: { sessionContext: { sessionIssuer: { arn: [matcher] } } } };
}

/** The root user making a rule, as CloudTrail tells it to EventBridge. */
function someRoutingChange({ region, accountId: account }: ProviderPlace): ServiceEvent {
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
