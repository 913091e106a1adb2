import type { ServiceQuestion } from "../authorize.js";
import { settled } from "../circumstances.js";
import { eventBridge, serviceFacts, sourceFacts } from "./service-facts.js";
import type { GuardedResource, SendingRule } from "./resource.js";

/**
 * May EventBridge send a message to this queue for the rule, as an event or as a dead letter?
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function sendMessage(rule: SendingRule, queue: GuardedResource): ServiceQuestion {
  return {
    principal: eventBridge,
    action: "sqs:SendMessage",
    resource: queue.arn,
    circumstances: settled(new Map([...serviceFacts(eventBridge, queue), ...sourceFacts(rule)])),
    resourcePolicies: queue.policies,
  };
}
