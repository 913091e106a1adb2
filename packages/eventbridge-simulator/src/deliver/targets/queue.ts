import { parseArn } from "../../arn.js";
import { checkService } from "../../ask/ask.js";
import { queueUses } from "../../ask/key-uses.js";
import { askKey } from "../../ask/keys.js";
import { sendMessage } from "../../ask/requests.js";
import {
  type Attempt,
  delivered,
  failed,
  type Handover,
  stoppedBy,
  stoppedByKey,
  undecided,
} from "./target.js";

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
  const check = checkService("send-message", sendMessage(rule, queue), queue.arn, evidence);
  const refused = stoppedBy(check.verdict, "send-message-denied", [check]);
  if (refused !== undefined) return refused;
  const key = askKey(world, queue.keyArn, queueUses(queue.arn, rule.arn), evidence);
  return stoppedByKey(key) ?? delivered([check, ...key.checks]);
}
