import { checkService } from "../ask/ask.js";
import { topicUses } from "../ask/key-uses.js";
import { askKey, type KeyAnswer } from "../ask/keys.js";
import { publishOn } from "../ask/requests.js";
import type { Evidence } from "../iam/verdict.js";
import type { World } from "../world.js";

/**
 * Asks whether a service may publish on a topic on behalf of a rule or an alarm: the topic's policy, and the
 * policy of the key that the topic may be encrypted with.
 * @param source ARN of the rule or alarm
 */
export function publishToTopic(
  world: World,
  topicArn: string,
  service: string,
  source: string,
  evidence: Evidence,
): KeyAnswer {
  const topic = world.topics.get(topicArn);
  if (topic === undefined) return { outcome: "denied", reason: "topic-missing", checks: [] };
  const check = checkService("publish", publishOn(topic, service, source), topic.arn, evidence);
  const { outcome } = check.verdict;
  if (outcome === "denied") return { outcome, reason: "topic-denied", checks: [check] };
  const key = askKey(world, topic.keyArn, topicUses(service, topic.arn, source), evidence);
  const checks = [check, ...key.checks];
  if (key.outcome === "denied" || outcome === "allowed") return { ...key, checks };
  return { outcome: "undecided", reason: "check-undecided", checks };
}
