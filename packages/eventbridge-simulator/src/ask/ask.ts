import { parseRuleArn } from "../arn.js";
import {
  authorizeRole,
  authorizeService,
  type RoleQuestion,
  type ServiceQuestion,
} from "../iam/authorize.js";
import { compileIdentity, type Identity } from "../iam/identity.js";
import { principalName, settled } from "../iam/request.js";
import type { Evidence } from "../iam/verdict.js";
import type { Check } from "../steps.js";
import { type CallerData, guardOf, type World } from "../world.js";
import {
  assumeRole,
  callerFacts,
  createLogStream,
  directPutEvents,
  type EventClaims,
  forwardedPutEvents,
  type GuardedResource,
  putLogEvents,
  type SendingRule,
  sendMessage,
} from "./requests.js";

/** Asks whether a role may, and keeps question and verdict as evidence. */
export function checkRole(check: Check["check"], question: RoleQuestion, evidence: Evidence): Check {
  const verdict = authorizeRole(question, evidence);
  return { check, principal: principalName(question.principal), resource: question.resource, verdict };
}

/**
 * Asks whether a service may.
 * @param resource what is guarded; the question itself names none for assuming a role
 */
export function checkService(
  check: Check["check"],
  question: ServiceQuestion,
  resource: string,
  evidence: Evidence,
): Check {
  const verdict = authorizeService(question, evidence);
  return { check, principal: principalName(question.principal), resource, verdict };
}

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
 * where the trust names its account and not the caller itself.
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
      resourceDecides: true,
    },
    evidence,
  );
}

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

/**
 * Asks what EventBridge might do on behalf of a rule that the world need not contain: take on a role, write to
 * a log group, send to a queue. Guards against a rule that somebody else made (the confused deputy).
 * @param resourceArn role, log group or queue of the world
 * @returns the checks that would all have to allow; empty if there is no such rule or resource
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function checkForeignRule(
  world: World,
  ruleArn: string,
  resourceArn: string,
  evidence: Evidence = "brief",
): readonly Check[] {
  const parsed = parseRuleArn(ruleArn);
  if (parsed === undefined) return [];
  const { account } = parsed;
  const rule: SendingRule = { arn: ruleArn, account, organizationId: world.organizations.get(account) };
  const role = world.roles.get(resourceArn);
  if (role !== undefined) return [checkService("assume-role", assumeRole(rule, role), role.arn, evidence)];
  const queue = world.queues.get(resourceArn);
  if (queue !== undefined)
    return [checkService("send-message", sendMessage(rule, queue), queue.arn, evidence)];
  const logGroup = world.logGroups.get(resourceArn);
  if (logGroup === undefined) return [];
  return [
    checkService("create-log-stream", createLogStream(rule, logGroup), logGroup.arn, evidence),
    checkService("put-log-events", putLogEvents(rule, logGroup), logGroup.arn, evidence),
  ];
}
