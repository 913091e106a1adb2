import type { EventPattern } from "event-patterns";
import { deliverServiceEvent, type ServiceEvent, type Step } from "eventbridge-simulator";
import type { JsonObject } from "../../infra/registry/index.js";
import {
  type CheckOutcome,
  passedIn,
  type ProofCheck,
  type ProofFailure,
  requireSameEvents,
  requireThat,
} from "../claim.js";
import type { ProviderPlace } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { validPattern } from "../expectations.js";
import type { Stage } from "../stage.js";
import { defaultBus } from "./rules.js";

/** Who changes the routing is recorded, and told at once unless it is the deploy role. */
export function auditTrailChecks(stage: Stage): ProofCheck[] {
  const { auditTrail } = stage.environment;
  if (auditTrail === undefined) return [];
  const account = stage.account(stage.registry.backbone);
  return [
    {
      id: "audit-trail",
      title: `changes in ${account.name} are recorded, in a closed and encrypted bucket`,
      run: () => ({ cases: 1, failures: isRecorded(stage, account, auditTrail.retentionDays) }),
    },
    {
      id: "routing-watch",
      title:
        "every change of the routing, or of what watches it, that the deploy role did not make is told, and nothing else",
      run: () => isTold(stage, account, auditTrail.deployRoleArn),
    },
  ];
}

function isRecorded(stage: Stage, account: LoadedAccount, retentionDays: number): ProofFailure[] {
  const { trails, closedBuckets, encryptedBuckets } = account.switchedOn;
  const [trail, ...others] = trails;
  const about = (attempt: string) => ({
    account: account.name,
    step: "audit trail",
    attempt,
    mend: `mend the audit trail of ${account.name}'s stack`,
  });
  if (trail === undefined || others.length > 0) {
    return requireThat(false, about(`${account.name} emits ${trails.length} trails, not one`));
  }
  return [
    ...requireThat(
      closedBuckets.includes(trail.bucket),
      about(`bucket ${trail.bucket} of trail ${trail.name} could be made public`),
    ),
    ...requireThat(
      encryptedBuckets.includes(trail.bucket),
      about(`bucket ${trail.bucket} of trail ${trail.name} does not say how it encrypts`),
    ),
    ...requireThat(
      trail.forceDestroy !== stage.environment.protect,
      about(`bucket ${trail.bucket} ${trail.forceDestroy ? "can" : "cannot"} be deleted with its records`),
    ),
    ...requireThat(
      trail.retentionDays === retentionDays,
      about(`log group ${trail.logGroup} keeps ${trail.retentionDays} days, not ${retentionDays}`),
    ),
  ];
}

/** One rule takes exactly these changes, and what it takes arrives at the topic. */
function isTold(stage: Stage, account: LoadedAccount, deployRoleArn: string): CheckOutcome {
  const { name, switchedOn } = account;
  const bus = defaultBus(account);
  const rules = stage.world.buses.get(bus)?.rules ?? [];
  const topics = switchedOn.topics.map(({ arn }) => arn);
  const change = someRoutingChange({ region: account.region, accountId: account.id });
  const { steps, arrivals, undecided } = deliverServiceEvent(stage.world, bus, change);
  const told = arrivals.filter(({ kind, arn }) => kind === "topic" && topics.includes(arn)).length;
  const about = { account: name, step: "routing change" };
  return {
    cases: 3,
    failures: [
      ...requireThat(rules.length === 1, {
        ...about,
        attempt: `${bus} has ${rules.length} rules (${rules.map(({ arn }) => arn).join(", ") || "none"}), not one`,
        mend: `emit one rule on the default bus of ${name}`,
      }),
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
        passes: [...passedOnTheWay(steps), ...topics],
        attempt: `a change of the routing is told ${told} times on ${topics.join(", ") || "any topic"}, not once`,
        mend: `mend the rule on the default bus of ${name}, its target, or the policies of the topic and its key`,
      }),
    ],
  };
}

function passedOnTheWay(steps: readonly Step[]): string[] {
  return steps.flatMap((step) =>
    step.kind === "target" ? [step.rule, step.to, ...passedIn(step.checks)] : [],
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
