import { topicUses } from "../../ask/key-uses.js";
import { eventBridge } from "../../ask/requests.js";
import { askTopic } from "../../ask/topics.js";
import { resourceKind } from "./resource-kind.js";

/**
 * A standard topic.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export const topic = resourceKind({
  isOf: ({ service }) => service === "sns",
  gives: { actions: ["sns:Publish"], keyUses: (arn) => topicUses(eventBridge.service, arn, "") },
  known: ({ topics }) => topics,
  byPolicy: ({ world, rule, evidence }, one) =>
    askTopic(world, one, { service: eventBridge.service, source: rule.arn }, evidence),
  missing: "topic-missing",
});
