import type { Evidence } from "./authorize/verdict.js";
import type { Identity } from "./authorize/identity.js";
import { callerFacts } from "./authorize/requests/caller-facts.js";
import { useKey, type KeyUse } from "./authorize/requests/use-key.js";
import { encryptionContextKey, one } from "./authorize/context.js";
import { settled } from "./authorize/circumstances.js";
import type { World } from "./built-world.js";
import { checkRole, checkService } from "./checks.js";
import type { Reason } from "./reasons.js";
import type { Check } from "./steps.js";

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
  if (key === undefined) return { outcome: "denied", reason: "key-missing", subject: keyArn, checks: [] };
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
      bothSides: true,
    },
    evidence,
  );
}
