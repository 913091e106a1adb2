import type { Evidence } from "./authorize/verdict.js";
import { compileIdentity, type Identity } from "./authorize/identity.js";
import { directPutEvents, forwardedPutEvents, type EventClaims } from "./authorize/requests/put-events.js";
import { parseRuleArn } from "./arn.js";
import { guardOf } from "./bus-lookup.js";
import type { World } from "./built-world.js";
import { checkRole } from "./checks.js";
import type { Check } from "./steps.js";
import type { CallerData } from "./world.js";

/** Asks whether a role may put events on a bus by calling PutEvents, and nothing else happens. */
export function checkPublisher(
  world: World,
  caller: Identity,
  busArn: string,
  claims: EventClaims,
  evidence: Evidence = "brief",
): Check {
  const { account } = caller.principal;
  const bus = guardOf(world, busArn, account);
  return checkRole(
    "put-events",
    directPutEvents(caller, world.organizations.get(account), bus, claims),
    evidence,
  );
}

/** A rule outside the world that sends events on to a bus of the world, with an execution role of its own. */
export interface ForgedForward {
  readonly ruleArn: string;
  readonly executionRole: CallerData;
  readonly busArn: string;
  readonly claims: EventClaims;
}

/**
 * Asks whether a bus would take what such a rule sends. Whoever owns the rule's account owns its trust policies,
 * so those are not asked.
 * @returns undefined if the rule or the role has no valid ARN
 */
export function checkForgedForward(
  world: World,
  forged: ForgedForward,
  evidence: Evidence = "brief",
): Check | undefined {
  const rule = parseRuleArn(forged.ruleArn);
  const role = compileIdentity(forged.executionRole);
  if (rule === undefined || role === undefined) return undefined;
  const { account } = rule;
  const sender = { arn: forged.ruleArn, account, organizationId: world.organizations.get(account) };
  const bus = guardOf(world, forged.busArn, role.principal.account);
  return checkRole("put-events", forwardedPutEvents(role, sender, bus, forged.claims), evidence);
}
