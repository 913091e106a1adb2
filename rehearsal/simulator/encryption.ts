import type { Evidence } from "./authorize/verdict.js";
import { sendMessage } from "./authorize/requests/send-message.js";
import { busUses } from "./authorize/requests/use-key.js";
import type { Bus, World } from "./built-world.js";
import { checkService } from "./checks.js";
import { askKey } from "./key-use.js";
import type { Check, EncryptionStep } from "./steps.js";

/**
 * An event arrives on a bus under a customer key. What cannot be encrypted goes to the bus's own dead-letter
 * queue, if that takes it.
 * @returns undefined where the bus has no such key
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
 */
export function encryptOn(
  world: World,
  bus: Bus,
  eventId: string,
  evidence: Evidence,
): EncryptionStep | undefined {
  if (bus.keyArn === undefined) return undefined;
  const { outcome, reason, subject, checks } = askKey(world, bus.keyArn, busUses(bus.arn), evidence);
  const step = {
    kind: "encryption",
    account: bus.account,
    bus: bus.arn,
    key: bus.keyArn,
    eventId,
    ...(reason === undefined ? {} : { reason }),
    ...(subject === undefined ? {} : { subject }),
  } as const;
  if (outcome !== "denied") {
    return { ...step, outcome: outcome === "allowed" ? "encrypted" : "undecided", checks };
  }
  const kept = keepsFailures(world, bus, evidence);
  return {
    ...step,
    outcome: kept?.verdict.outcome === "allowed" ? "dead-letter" : "lost",
    ...(kept === undefined ? {} : { to: kept.resource }),
    checks: [...checks, ...(kept === undefined ? [] : [kept])],
  };
}

/**
 * Asks whether a bus's own dead-letter queue would take an event.
 * @returns undefined if the bus has no such queue, or the world has it not
 */
export function keepsFailures(world: World, bus: Bus, evidence: Evidence): Check | undefined {
  const queue = world.queues.get(bus.deadLetterArn ?? "");
  return queue && checkService("send-message", sendMessage(bus, queue), queue.arn, evidence);
}
