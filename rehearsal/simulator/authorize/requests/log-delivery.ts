import type { ServiceQuestion } from "../authorize.js";
import { absent, one, oneOrAbsent } from "../context.js";
import { settled } from "../circumstances.js";
import { eventBridge, serviceFacts, sourceFacts } from "./service-facts.js";
import type { GuardedResource, SendingRule } from "./resource.js";

// AWS names the streams itself, so a policy can only reach them by a wildcard.
const streamName = "a-stream-named-by-eventbridge";

/**
 * May EventBridge create a log stream in this log group? The request names a stream that does not exist yet, so
 * its resource ends in an empty stream name, and it carries no `aws:SourceArn`; whether it carries
 * `aws:SourceAccount` is not documented.
 * @see https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/eventtarget/ (CloudWatch Log Group Usage)
 */
export function createLogStream(rule: SendingRule, logGroup: GuardedResource): ServiceQuestion {
  return {
    principal: eventBridge,
    action: "logs:CreateLogStream",
    resource: `${logGroup.arn}:log-stream:`,
    circumstances: {
      known: new Map([...serviceFacts(eventBridge, logGroup), ["aws:sourcearn", absent]]),
      open: [
        {
          subject: "whether CreateLogStream carries aws:SourceAccount",
          alternatives: [
            new Map([
              ["aws:sourceaccount", one(rule.account)],
              ["aws:sourceorgid", oneOrAbsent(rule.organizationId)],
            ]),
            new Map([
              ["aws:sourceaccount", absent],
              ["aws:sourceorgid", absent],
            ]),
          ],
        },
      ],
    },
    resourcePolicies: logGroup.policies,
  };
}

/** May EventBridge write an event of this rule into a stream of the log group? */
export function putLogEvents(rule: SendingRule, logGroup: GuardedResource): ServiceQuestion {
  return {
    principal: eventBridge,
    action: "logs:PutLogEvents",
    resource: `${logGroup.arn}:log-stream:${streamName}`,
    circumstances: settled(new Map([...serviceFacts(eventBridge, logGroup), ...sourceFacts(rule)])),
    resourcePolicies: logGroup.policies,
  };
}
