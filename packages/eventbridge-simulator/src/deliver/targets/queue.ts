import { parseArn } from "../../arn.js";
import { askQueue } from "../dead-letter.js";
import { type Attempt, attemptOf, failed, type Handover, undecided } from "./target.js";

/**
 * Sends an event to a standard queue of the rule's own account, on the word of the queue's policy alone.
 * A queue of another account takes an execution role; that, and FIFO queues, are not modelled.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
 */
export function deliverToQueue({ world, rule, target, evidence }: Handover): Attempt {
  const arn = parseArn(target.arn);
  if (arn?.region !== rule.region) return undecided("unmodelled-region");
  if (arn.account !== rule.account) return undecided("unmodelled-queue-account");
  if (target.roleArn !== undefined) return undecided("unmodelled-queue-role");
  if (arn.resource.endsWith(".fifo")) return undecided("unmodelled-queue-fifo");
  const queue = world.queues.get(target.arn);
  if (queue === undefined) return failed("queue-missing", "NO_RESOURCE");
  return attemptOf(askQueue(world, rule, queue, evidence));
}
