import { parseArn } from "../arn.js";
import { type Answer, answerOf, checkService, inTurn } from "../ask/answer.js";
import { queueUses } from "../ask/key-uses.js";
import { askKey } from "../ask/keys.js";
import { sendMessage } from "../ask/requests.js";
import type { Evidence } from "../iam/verdict.js";
import type { Reason } from "../reasons.js";
import type { Check, DeadLetterStep } from "../steps.js";
import type { Queue, Rule, TargetData, World } from "../world.js";

/**
 * Sends a dead letter of one target to its queue, as EventBridge does with a delivery that was refused. Can be asked
 * of any target without breaking its delivery first.
 * @param eventId of the event that was refused; empty if the question is only whether one would be kept
 * @returns the step; `lost` if there is no queue, or it does not accept the letter
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function deliverDeadLetter(
  world: World,
  rule: Rule,
  target: TargetData,
  eventId = "",
  evidence: Evidence = "full",
): DeadLetterStep {
  const step = (
    outcome: DeadLetterStep["outcome"],
    reason?: Reason,
    checks: readonly Check[] = [],
    subject?: string,
  ): DeadLetterStep => ({
    kind: "dead-letter",
    account: rule.account,
    bus: rule.busArn,
    rule: rule.arn,
    target: target.id,
    to: target.deadLetterArn,
    eventId,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(subject === undefined ? {} : { subject }),
    checks,
  });
  if (target.deadLetterArn === undefined) return step("lost", "dead-letter-absent");
  const arn = parseArn(target.deadLetterArn);
  if (arn?.service !== "sqs") return step("lost", "dead-letter-not-a-queue");
  if (arn.resource.endsWith(".fifo")) return step("lost", "dead-letter-fifo");
  if (arn.region !== rule.region) return step("lost", "dead-letter-region");
  const queue = world.queues.get(target.deadLetterArn);
  if (queue === undefined) return step("lost", "queue-missing");

  const answer = askQueue(world, rule, queue, evidence);
  if (answer.outcome === "allowed") return step("delivered", undefined, answer.checks);
  const outcome = answer.outcome === "denied" ? "lost" : "undecided";
  return step(outcome, answer.reason, answer.checks, answer.subject);
}

/** Whether EventBridge may send a message to a queue for a rule: by the queue's policy, and by that of its key. */
export function askQueue(world: World, rule: Rule, queue: Queue, evidence: Evidence): Answer {
  const check = checkService("send-message", sendMessage(rule, queue), queue.arn, evidence);
  return inTurn(
    () => answerOf([check], "send-message-denied"),
    () => askKey(world, queue.keyArn, queueUses(queue.arn, rule.arn), evidence),
  );
}
