import type { Evidence } from "../iam/verdict.js";
import type { EncryptionStep } from "../steps.js";
import type { Bus, World } from "../world.js";
import { type Answer, answerOf, checkService, doubtful, granted, refused } from "./answer.js";
import { busUses, type KeyUse, useKey } from "./key-uses.js";
import { sendMessage } from "./requests.js";

/**
 * Asks a key for everything that a purpose needs.
 * @param keyArn undefined where nothing is encrypted with a customer key, which needs nobody's permission
 */
export function askKey(
  world: World,
  keyArn: string | undefined,
  uses: readonly KeyUse[],
  evidence: Evidence,
): Answer {
  if (keyArn === undefined) return granted;
  const key = world.keys.get(keyArn);
  if (key === undefined && world.assumed.has(keyArn)) return doubtful("unmodelled-policy", keyArn);
  if (key === undefined)
    return refused(keyArn.includes(":alias/aws/") ? "key-of-aws" : "key-missing", keyArn);
  const checks = uses.flatMap((use) =>
    use.actions.map((action) => checkService(action, useKey(use, action, key), key.arn, evidence)),
  );
  return answerOf(checks, "key-denied");
}

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
  const queue = world.queues.get(bus.deadLetterArn ?? "");
  const kept = queue && checkService("send-message", sendMessage(bus, queue), queue.arn, evidence);
  return {
    ...step,
    outcome: kept?.verdict.outcome === "allowed" ? "dead-letter" : "lost",
    ...(kept === undefined ? {} : { to: kept.resource }),
    checks: [...checks, ...(kept === undefined ? [] : [kept])],
  };
}
