import type { ServiceQuestion } from "../authorize.js";
import { settled } from "../circumstances.js";
import { eventBridge, serviceFacts, sourceFacts } from "./service-facts.js";
import type { GuardedResource, SendingRule } from "./resource.js";

/**
 * May EventBridge assume this execution role for the rule? The role's trust policy alone answers; a trust that
 * EventBridge's console writes asks for `aws:SourceArn` and `aws:SourceAccount` of the rule.
 */
export function assumeRole(rule: SendingRule, role: GuardedResource): ServiceQuestion {
  return {
    principal: eventBridge,
    action: "sts:AssumeRole",
    resource: undefined,
    circumstances: settled(new Map([...serviceFacts(eventBridge, role), ...sourceFacts(rule)])),
    resourcePolicies: role.policies,
  };
}
