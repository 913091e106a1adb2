import type { Evidence } from "../iam/verdict.js";
import type { Encrypted, World } from "../world.js";
import { type Answer, answerOf, checkService, inTurn } from "./answer.js";
import { topicUses } from "./key-uses.js";
import { askKey } from "./keys.js";
import { publishOn } from "./requests.js";

/** Whether a service may publish on a topic for a rule or an alarm: by the topic's policy, and by that of its key. */
export function askTopic(
  world: World,
  topic: Encrypted,
  { service, source }: { readonly service: string; readonly source: string },
  evidence: Evidence,
): Answer {
  const check = checkService("publish", publishOn(topic, service, source), topic.arn, evidence);
  return inTurn(
    () => answerOf([check], "topic-denied"),
    () => askKey(world, topic.keyArn, topicUses(service, topic.arn, source), evidence),
  );
}
