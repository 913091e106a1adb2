import type { LoadedAccount } from "../load.js";
import { requireThat } from "../permission.js";
import { arnOf } from "../physical-identity.js";
import { outcomeOf, type CheckOutcome, type ProofCheck, type ProofFailure } from "../proof.js";
import { deliverServiceEvent } from "../simulator/index.js";
import type { Stage } from "../stage.js";
import { routingCalls, type ApiCall } from "./api-calls.js";

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
      title: "every change of the routing that the deploy role did not make is told, and nothing else",
      run: () => isTold(stage, account, auditTrail.deployRoleArn),
    },
  ];
}

function isRecorded(stage: Stage, account: LoadedAccount, retentionDays: number): ProofFailure[] {
  const { trails, closedBuckets, encryptedBuckets } = account.operability;
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

function isTold(stage: Stage, account: LoadedAccount, deployRoleArn: string): CheckOutcome {
  const place = { region: account.region, accountId: account.id };
  const bus = arnOf.bus(place, "default");
  const topics = new Set(account.operability.topics.map(({ arn }) => arn));
  return outcomeOf(routingCalls(place, deployRoleArn), (call) => {
    const { arrivals, undecided } = deliverServiceEvent(stage.world, bus, call.event);
    const told = arrivals.filter(({ kind, arn }) => kind === "topic" && topics.has(arn)).length;
    return requireThat(
      told === (call.isTold ? 1 : 0) && undecided.length === 0,
      aboutCall(account, call, told),
    );
  });
}

function aboutCall(
  { name, operability }: LoadedAccount,
  { who, isTold: wanted, event }: ApiCall,
  told: number,
) {
  const topics = operability.topics.map(({ arn }) => arn).join(", ") || "any topic";
  return {
    account: name,
    step: "routing change",
    attempt: `${event.detail.eventName} by ${who} is told ${told} times on ${topics}, not ${wanted ? "once" : "never"}`,
    mend: `mend the rule on the default bus of ${name}, its target, or the policies of the topic and its key`,
  };
}
