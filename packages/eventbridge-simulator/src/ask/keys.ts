import { type Identity } from "../iam/identity.js";
import { encryptionContextKey, one, settled } from "../iam/request.js";
import type { Evidence } from "../iam/verdict.js";
import type { Reason } from "../reasons.js";
import type { Check, EncryptionStep } from "../steps.js";
import type { Bus, World } from "../world.js";
import { checkRole, checkService } from "./ask.js";
import { busUses, type KeyUse, useKey } from "./key-uses.js";
import { callerFacts, sendMessage } from "./requests.js";

/** Whether a key serves a purpose. */
export interface KeyAnswer {
  readonly outcome: "allowed" | "denied" | "undecided";
  readonly reason?: Reason;
  /** The key that is not there. */
  readonly subject?: string;
  readonly checks: readonly Check[];
}

const unencrypted: KeyAnswer = { outcome: "allowed", checks: [] };

/**
 * Asks a key for everything that a purpose needs.
 * @param keyArn undefined where nothing is encrypted with a customer key, which needs nobody's permission
 */
export function askKey(
  world: World,
  keyArn: string | undefined,
  uses: readonly KeyUse[],
  evidence: Evidence,
): KeyAnswer {
  if (keyArn === undefined) return unencrypted;
  const key = world.keys.get(keyArn);
  if (key === undefined) {
    const reason = keyArn.includes(":alias/aws/") ? "key-of-aws" : "key-missing";
    return { outcome: "denied", reason, subject: keyArn, checks: [] };
  }
  const checks = uses.flatMap((use) =>
    use.actions.map((action) => checkService(action, useKey(use, action, key), key.arn, evidence)),
  );
  const outcomes = checks.map(({ verdict }) => verdict.outcome);
  // A certain refusal outweighs a doubt.
  if (outcomes.includes("denied")) return { outcome: "denied", reason: "key-denied", checks };
  if (outcomes.includes("cannot-decide")) return { outcome: "undecided", reason: "check-undecided", checks };
  return { outcome: "allowed", checks };
}

/**
 * Asks whether a role may do something with a key. Unlike elsewhere, an identity policy is never enough: the key's
 * own policy must name the role, or the account whose identity policies then decide.
 * @param context encryption context of the call, by its keys
 * @returns undefined if the world has no such key
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export function checkKeyAccess(
  world: World,
  caller: Identity,
  action: `kms:${string}`,
  keyArn: string,
  context: Readonly<Record<string, string>> = {},
  evidence: Evidence = "brief",
): Check | undefined {
  const key = world.keys.get(keyArn);
  if (key === undefined) return undefined;
  const { account } = caller.principal;
  const facts = callerFacts(caller, world.organizations.get(account), key);
  const named = Object.entries(context).map(
    ([name, value]) => [encryptionContextKey(name), one(value)] as const,
  );
  return checkRole(
    action,
    {
      principal: caller.principal,
      action,
      resource: key.arn,
      resourceAccount: key.account,
      circumstances: settled(new Map([...facts, ...named])),
      identityPolicies: caller.policies,
      resourcePolicy: key.policies[0],
      permissionsBoundary: caller.permissionsBoundary,
      resourceDecides: true,
    },
    evidence,
  );
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
