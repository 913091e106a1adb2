import { parseRuleArn } from "./arn.js";
import type { Evidence } from "./authorize/verdict.js";
import { assumeRole } from "./authorize/requests/assume-role.js";
import { createLogStream, putLogEvents } from "./authorize/requests/log-delivery.js";
import type { SendingRule } from "./authorize/requests/resource.js";
import { sendMessage } from "./authorize/requests/send-message.js";
import type { World } from "./built-world.js";
import { checkService } from "./checks.js";
import type { Check } from "./steps.js";

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
