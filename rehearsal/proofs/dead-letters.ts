import { evidenceOf } from "../diagnosis.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../proof.js";
import { deliverDeadLetter, renderReason, type Rule } from "../simulator/index.js";
import type { Stage } from "../stage.js";

/** For every target of every rule, a delivery that is refused lands in the target's dead-letter queue. */
export function deadLetterChecks(stage: Stage): ProofCheck[] {
  return [...stage.loaded.accounts.values()].map(({ name, rules }) => ({
    id: `dead-letters:${name}`,
    title: `every target of the rules of ${name} keeps what is refused`,
    run: () =>
      outcomeOf(
        [...stage.world.rules.values()].filter(({ arn }) => rules.has(arn)),
        (rule) => keepsRefused(stage, name, rule),
      ),
  }));
}

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
        mend: "give the target the account's dead-letter queue, and let the queue's policy allow rules of this bus",
        evidence: evidenceOf(step.checks),
      },
    ];
  });
}
