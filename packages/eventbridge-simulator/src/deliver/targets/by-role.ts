import { parseRoleArn } from "../../arn.js";
import { type Answer, answerOf, checkService, doubtful, inTurn, refused } from "../../ask/answer.js";
import { assumeRole } from "../../ask/requests.js";
import type { Role } from "../../world.js";
import type { Handover } from "./target.js";

/**
 * EventBridge assumes the target's execution role for the rule, and then acts as that role.
 * @param question whether the role may do what delivers
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
 */
export function byRole(
  { world, rule, target: { roleArn = "" }, evidence }: Handover,
  question: (role: Role) => Answer,
): Answer {
  // Whoever makes a rule, also on another account's bus, passes it a role of its own (PutTargets).
  if (parseRoleArn(roleArn)?.account !== rule.creator) return doubtful("role-elsewhere", roleArn);
  const role = world.roles.get(roleArn);
  if (role === undefined) return refused("role-not-found", roleArn);
  const assumed = () => checkService("assume-role", assumeRole(rule, role, rule.creator), role.arn, evidence);
  return inTurn(
    () => answerOf([assumed()], "assume-role-denied"),
    () => question(role),
  );
}
