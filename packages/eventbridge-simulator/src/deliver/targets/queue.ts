import { queueUses } from "../../ask/key-uses.js";
import { askQueue } from "../dead-letter.js";
import { resourceKind } from "./resource-kind.js";

/**
 * A standard queue.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
 */
export const queue = resourceKind({
  isOf: ({ service }) => service === "sqs",
  gives: { actions: ["sqs:SendMessage"], keyUses: (arn) => queueUses(arn, "") },
  known: ({ queues }) => queues,
  byPolicy: ({ world, rule, evidence }, one) => askQueue(world, rule, one, evidence),
  missing: "queue-missing",
});
