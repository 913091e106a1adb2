import { parseArn } from "../../arn.js";
import { ask } from "../../ask/ask.js";
import { eventBridge } from "../../ask/requests.js";
import { type Attempt, attemptOf, failed, type Handover, notAdmitted, undecided } from "./target.js";

/**
 * Publishes an event on a topic of the rule's own account, on the word of the topic's policy alone. With a role,
 * deliveries to an encrypted topic may fail, so AWS asks to give none.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export function deliverToTopic({ world, rule, target, evidence }: Handover): Attempt {
  const arn = parseArn(target.arn);
  if (arn?.region !== rule.region) return undecided("unmodelled-region");
  if (arn.account !== rule.account) return undecided("unmodelled-topic-account");
  if (target.roleArn !== undefined) return notAdmitted("target-topic-role");
  if (!world.topics.has(target.arn)) return failed("topic-missing", "NO_RESOURCE");
  const question = { service: eventBridge.service, source: rule.arn, topic: target.arn };
  return attemptOf(ask(world, { may: "publish", ...question }, evidence));
}
