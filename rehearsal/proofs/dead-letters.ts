import {
  checkQueueAccess,
  compileIdentity,
  deliverDeadLetter,
  renderReason,
  type Rule,
} from "eventbridge-simulator";
import { evidenceOf, outcomeOf, type ProofCheck, type ProofFailure, requireRefusal } from "../claim.js";
import { mendOf } from "../diagnosis.js";
import type { Need } from "../needs.js";
import { administratorOf, outsider, type Stage } from "../stage.js";
import { queueClaims, wantedOf } from "../wanted.js";

/** Each account has one queue for what its targets refuse. */
export function deadLetterNeeds(stage: Stage): Need[] {
  return [stage.registry.backbone, ...stage.registry.members].map((account) => {
    const { place, queue } = wantedOf(stage, account);
    return { account, what: `the dead letters of ${account}`, claims: queueClaims(place, queue, true) };
  });
}

/** What a target refuses is kept, and only EventBridge can write what a redrive would put on a bus. */
export function deadLetterChecks(stage: Stage): ProofCheck[] {
  return [...stage.loaded.accounts.keys()].flatMap((account) => [
    keptCheck(stage, account),
    forgedCheck(stage, account),
  ]);
}

/** For every target of every rule, a delivery that is refused lands in the target's dead-letter queue. */
function keptCheck(stage: Stage, name: string): ProofCheck {
  const { rules } = stage.account(name);
  return {
    id: `dead-letters:${name}`,
    title: `every target of the rules of ${name} keeps what is refused`,
    run: () => {
      const kept = outcomeOf(
        [...stage.world.rules.values()].filter(({ arn }) => rules.has(arn)),
        (rule) => keepsRefused(stage, name, rule),
      );
      return { ...kept, failures: [...kept.failures, ...wrongBusQueue(stage, name)] };
    },
  };
}

/** What a bus cannot encrypt goes into a queue for nothing else: no rule says where such a letter belongs. */
function wrongBusQueue(stage: Stage, name: string): ProofFailure[] {
  const { bus = "", encryptionFailures: wanted } = stage.account(name);
  const own = stage.world.buses.get(bus)?.deadLetterArn;
  if (own === wanted) return [];
  return [
    {
      account: name,
      step: "dead letter",
      problem: `bus ${bus} has ${own ?? "no queue"} for what it cannot encrypt`,
      mend: wanted === undefined ? "give it none: it has no key" : `it must be ${wanted}`,
      evidence: [],
    },
  ];
}

/** A forged letter would be redriven past the publisher's policies. */
function forgedCheck(stage: Stage, account: string): ProofCheck {
  const { queues } = stage.account(account);
  const writers = [
    { who: `an administrator's role of ${account}`, caller: administratorOf(stage, account) },
    { who: "a role of an account that the registry does not know", caller: outsider(stage, "stranger").role },
  ];
  return {
    id: `forged-letters:${account}`,
    title: `nobody but AWS services can write a letter into a queue of ${account}`,
    run: () =>
      outcomeOf(
        queues.flatMap((queue) => writers.map((writer) => ({ queue, ...writer }))),
        ({ queue, who, caller }) =>
          requireRefusal(
            {
              account,
              step: "forge a dead letter",
              attempt: `${who} does sqs:SendMessage on ${queue}`,
              mend: "the queue's policy must deny sqs:SendMessage where aws:PrincipalIsAWSService is false",
            },
            (evidence) => {
              const identity = compileIdentity(caller);
              const check =
                identity && checkQueueAccess(stage.world, identity, "sqs:SendMessage", queue, evidence);
              return check === undefined ? [] : [check];
            },
          ),
      ),
  };
}

const giveQueue =
  "give the target the account's dead-letter queue, and let the queue's policy allow rules of this bus";

function keepsRefused(stage: Stage, account: string, rule: Rule): ProofFailure[] {
  if (rule.targets.length === 0) {
    return [
      {
        account,
        step: "dead letter",
        problem: `rule ${rule.arn} has no target and delivers nothing`,
        mend: "emit its target, or remove the rule",
        evidence: [],
      },
    ];
  }
  return rule.targets.flatMap((target): ProofFailure[] => {
    const step = deliverDeadLetter(stage.world, rule, target, "refused");
    const kept = step.outcome === "delivered" && step.to !== undefined && stage.ownerOf(step.to) === account;
    if (kept) return [];
    const why =
      step.outcome === "delivered"
        ? "goes to another account's queue"
        : `is lost: ${step.reason === undefined ? step.outcome : renderReason(step.reason)}`;
    return [
      {
        account,
        step: "dead letter",
        problem: `what target ${target.id} of ${rule.arn} refuses ${why} (queue ${step.to ?? "none"})`,
        mend: step.reason === undefined ? giveQueue : mendOf(step.reason, giveQueue),
        evidence: evidenceOf(step.checks),
      },
    ];
  });
}
