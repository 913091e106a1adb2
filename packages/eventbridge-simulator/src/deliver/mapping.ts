import { type Answer, answerOf, checkService, inTurn, refused } from "../ask/answer.js";
import { receivingUses } from "../ask/key-uses.js";
import { assumeForFunction } from "../ask/requests.js";
import { askRole } from "../ask/role-calls.js";
import type { Evidence } from "../iam/verdict.js";
import type { Action, MappingStep } from "../steps.js";
import type { Queue, World } from "../world.js";

/**
 * What Lambda does with a queue as the function's role.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
 */
const takes: readonly Action[] = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** Lambda takes the message of an event from a queue and invokes the function, which needs no permission for that. */
export function followMapping(
  world: World,
  queue: Queue,
  functionArn: string,
  eventId: string,
  evidence: Evidence,
): MappingStep {
  const { outcome, reason, subject, checks } = askMapping(world, queue, functionArn, evidence);
  return {
    kind: "mapping",
    account: queue.account,
    queue: queue.arn,
    to: functionArn,
    eventId,
    outcome: outcome === "allowed" ? "delivered" : outcome === "denied" ? "waiting" : "undecided",
    ...(reason === undefined ? {} : { reason }),
    ...(subject === undefined ? {} : { subject }),
    checks,
  };
}

function askMapping(world: World, queue: Queue, functionArn: string, evidence: Evidence): Answer {
  const lambda = world.functions.get(functionArn);
  if (lambda === undefined) return refused("target-missing", functionArn);
  const role = world.roles.get(lambda.roleArn ?? "");
  if (role === undefined) return refused("role-not-found", lambda.roleArn);
  const assumed = () => checkService("assume-role", assumeForFunction(lambda, role), role.arn, evidence);
  return inTurn(
    () => answerOf([assumed()], "mapping-role-denied"),
    () =>
      askRole(world, role.identity, takes, queue, receivingUses(queue.arn), evidence, {
        denied: "mapping-denied",
      }),
  );
}
