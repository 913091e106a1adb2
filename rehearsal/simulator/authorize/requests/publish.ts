import type { ServiceQuestion } from "../authorize.js";
import { settled } from "../circumstances.js";
import { one } from "../context.js";
import type { GuardedResource } from "./resource.js";
import { serviceFacts } from "./service-facts.js";

/**
 * May a service publish on this topic on behalf of a rule or an alarm?
 * @param source ARN of the rule or alarm
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function publishOn(topic: GuardedResource, service: string, source: string): ServiceQuestion {
  const principal = { kind: "service", service } as const;
  return {
    principal,
    action: "sns:Publish",
    resource: topic.arn,
    circumstances: settled(
      new Map([
        ...serviceFacts(principal, topic),
        ["aws:sourcearn", one(source)],
        ["aws:sourceaccount", one(source.split(":")[4] ?? "")],
      ]),
    ),
    resourcePolicies: topic.policies,
  };
}
