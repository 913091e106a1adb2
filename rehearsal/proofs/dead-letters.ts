import { deliverDeadLetter, renderReason, type Rule } from "eventbridge-simulator";
import { failureBy, outcomeOf, type ProofCheck, type ProofFailure, requireThat } from "../claim.js";
import { mendOf } from "../mends.js";
import type { Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { queueClaims, wantedOf } from "../wanted.js";

/** Each account has one queue for what its targets refuse. */
export function deadLetterNeeds(stage: Stage): Need[] {
  return [stage.registry.backbone, ...stage.registry.members].map((account) => {
    const { place, queue } = wantedOf(stage, account);
    return { account, what: `the dead letters of ${account}`, claims: queueClaims(place, queue, true) };
  });
}

/** What a target refuses is kept. */
export function deadLetterChecks(stage: Stage): ProofCheck[] {
  return [...stage.loaded.accounts.keys()].map((account) => keptCheck(stage, account));
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
