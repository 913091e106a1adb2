import { parseArn } from "../../arn.js";
import { answerOf, checkService, inTurn } from "../../ask/answer.js";
import { logGroupUses } from "../../ask/key-uses.js";
import { askKey } from "../../ask/keys.js";
import { createLogStream, putLogEvents } from "../../ask/requests.js";
import { type Attempt, attemptOf, failed, type Handover, notAdmitted } from "./target.js";

/**
 * Writes an event into a log group, which needs two permissions of the log group's resource policies and no role.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
 */
export function deliverToLogGroup({ world, rule, target, evidence }: Handover): Attempt {
  if (target.roleArn !== undefined) return notAdmitted("target-role-refused");
  const arn = parseArn(target.arn);
  if (arn?.resource.endsWith(":*") === true) return notAdmitted("target-log-group-form");
  if (arn?.account !== rule.account || arn.region !== rule.region)
    return notAdmitted("target-log-group-elsewhere");
  const logGroup = world.logGroups.get(target.arn);
  if (logGroup === undefined) return failed("log-group-missing", "NO_RESOURCE");

  const checks = [
    checkService("create-log-stream", createLogStream(rule, logGroup), logGroup.arn, evidence),
    checkService("put-log-events", putLogEvents(rule, logGroup), logGroup.arn, evidence),
  ];
  return attemptOf(
    inTurn(
      () => answerOf(checks, "log-group-denied"),
      () => askKey(world, logGroup.keyArn, logGroupUses(logGroup.arn), evidence),
    ),
  );
}
