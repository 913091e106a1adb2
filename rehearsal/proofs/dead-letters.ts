import {
  checkQueueAccess,
  compileIdentity,
  deliverDeadLetter,
  renderReason,
  type Rule,
} from "eventbridge-simulator";
import {
  failureBy,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requireRefusal,
  requireThat,
} from "../claim.js";
import { mendOf } from "../mends.js";
import { administratorOf, outsider, type Stage } from "../stage.js";

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
  return requireThat(own === wanted, {
    account: name,
    step: "dead letter",
    attempt: `bus ${bus} has ${own ?? "no queue"} for what it cannot encrypt`,
    expected: wanted ?? "no queue",
    found: own ?? "no queue",
    at: [bus],
    mend: wanted === undefined ? "give it none: it has no key" : `it must be ${wanted}`,
  });
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
        passes: [rule.arn],
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
        : `is lost: ${step.reason === undefined ? step.outcome : renderReason(step.reason, step.subject)}`;
    const attempt = `what target ${target.id} of ${rule.arn} refuses ${why} (queue ${step.to ?? "none"})`;
    const about = { account, step: "dead letter", attempt, mend: mendOf(step, giveQueue) };
    return [failureBy({ ...about, passes: [rule.arn, step.to ?? ""] }, attempt, step.checks)];
  });
}
