import { describeMismatch } from "event-patterns";
import {
  type Delivery,
  type EncryptionStep,
  type Reason,
  renderReason,
  type RuleStep,
  type TargetStep,
} from "eventbridge-simulator";
import type { Contract, JsonObject } from "../infra/registry/index.js";
import type { ProofFailure } from "./claim.js";
import { evidenceOf } from "./claim.js";
import { publish, type Stage } from "./stage.js";

/** Finds out why the owner could not publish: says which policy stands in the way. */
export function diagnosePublishing(stage: Stage, contract: Contract, detail: JsonObject): ProofFailure {
  const delivery = publish(stage, { contract, detail }, "trace");
  const step = delivery.steps.find(({ kind }) => kind === "put-events");
  const checks = step?.kind === "put-events" ? step.checks : [];
  const bus = step?.kind === "put-events" ? step.bus : "the global bus";
  const reason = step?.kind === "put-events" ? step.reason : undefined;
  return {
    contract: contract.key,
    account: contract.account,
    step: "put events on the global bus",
    problem: `${contract.account} cannot publish it on ${bus}${reason === undefined ? "" : `: ${renderReason(reason)}`}`,
    mend: `let statement publish-${contract.service} of the bus policy and the managed policy publish-${contract.service} say what the registry says: this account, this bus, source ${contract.source} and the detail-type`,
    evidence: evidenceOf(checks),
  };
}

/**
 * Finds out why a resource did not get an event it should have: follows the event again, step by step, to the
 * first that went wrong on the way there.
 */
export function diagnoseMissing(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  account: string,
  arn: string,
  step: string,
): ProofFailure {
  const common = { contract: contract.key, account, step };
  const delivery = publish(stage, { contract, detail }, "trace");
  const unreadable = delivery.steps.find(
    (candidate) => candidate.kind === "encryption" && candidate.outcome !== "encrypted",
  );
  if (unreadable?.kind === "encryption") return { ...common, ...unencrypted(unreadable) };
  const sender =
    arn === stage.account(account).bus ? stage.busOf(stage.registry.backbone) : stage.busOf(account);
  const target = delivery.steps.find((candidate) => candidate.kind === "target" && candidate.to === arn);
  if (target?.kind === "target") return { ...common, ...refusedTarget(target, arn) };

  const rules = [...stage.world.rules.values()].filter(
    (rule) => rule.busArn === sender && rule.targets.some(({ arn: to }) => to === arn),
  );
  const [rule] = rules;
  if (rule === undefined) {
    return {
      ...common,
      problem: `no rule on ${sender} has the target ${arn}`,
      mend: "emit the rule and its target; compare the target's ARN with the receiver's name, account and Region",
      evidence: [...rulesElsewhere(stage, sender, arn), ...nearTargets(stage, sender)],
    };
  }
  if (!hasArrived(delivery, sender)) {
    return {
      ...common,
      problem: `the event never reached ${sender}, where rule ${rule.arn} waits for it`,
      mend: "mend the forward to that bus first",
      evidence: [],
    };
  }
  const looked = delivery.steps.filter(
    (candidate): candidate is RuleStep =>
      candidate.kind === "rule" && rules.some((one) => one.arn === candidate.rule),
  );
  return {
    ...common,
    problem: `no rule with the target ${arn} matches it: ${rules.map((one) => one.arn).join(", ")}`,
    mend: "make the rule's pattern carry what the registry routes there, and let the rule be enabled",
    evidence: looked.map(describeRule),
  };
}

function unencrypted(step: EncryptionStep): Pick<ProofFailure, "problem" | "mend" | "evidence"> {
  return {
    problem: `${step.bus} cannot encrypt it with ${step.key}: ${step.reason === undefined ? step.outcome : renderReason(step.reason, step.subject)}`,
    mend:
      step.reason === undefined || step.reason === "key-denied"
        ? `the policy of ${step.key} must let events.amazonaws.com use it for ${step.bus}`
        : mendOf(step.reason),
    evidence: evidenceOf(step.checks),
  };
}

/** Rules with the right target on a wrong bus: without `eventBusName` AWS takes the default bus. */
function rulesElsewhere({ world }: Stage, sender: string, target: string): string[] {
  return [...world.rules.values()]
    .filter(({ busArn, targets }) => busArn !== sender && targets.some(({ arn }) => arn === target))
    .map(({ arn, busArn }) => `rule ${arn} has this target, but is on ${busArn}; it should be on ${sender}`);
}

/** Rules that send to something the world does not have are the likely place of a wrong ARN. */
function nearTargets({ world }: Stage, bus: string): string[] {
  return [...world.rules.values()]
    .filter(({ busArn }) => busArn === bus)
    .flatMap((rule) =>
      rule.targets
        .filter(({ arn }) => !world.buses.has(arn) && !world.logGroups.has(arn) && !world.queues.has(arn))
        .map(({ id, arn }) => `target ${id} of ${rule.arn} sends to ${arn}, which no stack emits`),
    )
    .concat(
      [...world.rules.values()]
        .filter(({ busArn, targets }) => busArn === bus && targets.length === 0)
        .map(({ arn }) => `rule ${arn} has no target`),
    );
}

function hasArrived(delivery: Delivery, bus: string): boolean {
  return delivery.arrivals.some(({ kind, arn }) => kind === "bus" && arn === bus);
}

function refusedTarget(step: TargetStep, arn: string): Pick<ProofFailure, "problem" | "mend" | "evidence"> {
  return {
    problem: `rule ${step.rule} hands it to ${arn} (target ${step.target}), but ${step.reason === undefined ? step.outcome : renderReason(step.reason, step.subject)}`,
    mend: step.reason === undefined ? "look at the evidence" : mendOf(step.reason),
    evidence: evidenceOf(step.checks),
  };
}

/** What to do about a reason; the simulator says what is wrong, the backbone's makers know where it is written. */
export function mendOf(
  reason: Reason,
  otherwise = "look at the evidence and at what the two stacks emit",
): string {
  return mends.get(reason) ?? otherwise;
}

const mends: ReadonlyMap<Reason, string> = new Map([
  [
    "forward-denied",
    "the role's policy must allow the receiver's bus ARN, and the receiver's bus policy must admit that role",
  ],
  [
    "assume-role-denied",
    "the role's trust policy must name events.amazonaws.com, this rule's ARN and its account",
  ],
  ["role-not-found", "emit the execution role, or give the target the role that is emitted"],
  ["role-elsewhere", "use an execution role of the rule's own account"],
  ["target-role-missing", "give the target an execution role"],
  [
    "target-role-refused",
    "remove the role from the log target: the log group's own policy lets EventBridge in",
  ],
  ["log-group-denied", "the log group's policy must allow CreateLogStream, and PutLogEvents for this rule"],
  ["log-group-missing", "emit the log group, or mend the target's ARN"],
  ["key-denied", "the key's policy must let the service use it for this resource"],
  ["key-missing", "name an emitted key, by ARN, id or alias, or emit it"],
  [
    "key-of-aws",
    "name a customer key whose policy lets the service in, or none: encryption by the service itself needs nobody's permission",
  ],
  ["bus-missing", "deploy the receiver's stack, or mend the target's ARN: AWS reports no error here"],
  ["third-bus", "publish on the global bus itself: EventBridge forwards an event once"],
]);

function describeRule({ rule, outcome, mismatch }: RuleStep): string {
  if (outcome === "disabled") return `${rule} is disabled`;
  return mismatch === undefined ? `${rule}: ${outcome}` : `${rule}: ${describeMismatch(mismatch)}`;
}
