import type { Evidence } from "./authorize/verdict.js";
import { settled } from "./authorize/circumstances.js";
import type { Identity } from "./authorize/identity.js";
import { callerFacts } from "./authorize/requests/caller-facts.js";
import type { GuardedResource } from "./authorize/requests/resource.js";
import { guardOf } from "./bus-lookup.js";
import type { World } from "./built-world.js";
import { checkRole } from "./checks.js";
import type { Check } from "./steps.js";

/**
 * Asks whether a role may do something with a queue, such as `sqs:ReceiveMessage`.
 * @returns undefined if the world has no such queue
 */
export function checkQueueAccess(
  world: World,
  caller: Identity,
  action: string,
  queueArn: string,
  evidence: Evidence = "brief",
): Check | undefined {
  const queue = world.queues.get(queueArn);
  return queue && checkUse(world, caller, "use-queue", action, queue, evidence);
}

/** Asks whether a role may see that a bus is there, by `events:DescribeEventBus`. */
export function checkBusSight(
  world: World,
  caller: Identity,
  busArn: string,
  evidence: Evidence = "brief",
): Check {
  const bus = guardOf(world, busArn, caller.principal.account);
  return checkUse(world, caller, "see-bus", "events:DescribeEventBus", bus, evidence);
}

function checkUse(
  world: World,
  caller: Identity,
  check: Check["check"],
  action: string,
  resource: GuardedResource,
  evidence: Evidence,
): Check {
  const { account } = caller.principal;
  return checkRole(
    check,
    {
      principal: caller.principal,
      action,
      resource: resource.arn,
      resourceAccount: resource.account,
      circumstances: settled(new Map(callerFacts(caller, world.organizations.get(account), resource))),
      identityPolicies: caller.policies,
      resourcePolicy: resource.policies[0],
      permissionsBoundary: caller.permissionsBoundary,
    },
    evidence,
  );
}

/**
 * Asks whether a role may take on another one. The trust policy must allow it, and the caller's own policies too
 * where the trust names its account.
 * @returns undefined if the world has no such role
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function checkTakeOver(
  world: World,
  caller: Identity,
  roleArn: string,
  evidence: Evidence = "brief",
): Check | undefined {
  const role = world.roles.get(roleArn);
  if (role === undefined) return undefined;
  const { account } = caller.principal;
  return checkRole(
    "assume-role",
    {
      principal: caller.principal,
      action: "sts:AssumeRole",
      resource: role.arn,
      resourceAccount: role.account,
      circumstances: settled(new Map(callerFacts(caller, world.organizations.get(account), role))),
      identityPolicies: caller.policies,
      resourcePolicy: role.policies[0],
      permissionsBoundary: caller.permissionsBoundary,
      bothSides: true,
    },
    evidence,
  );
}
