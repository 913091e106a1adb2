import { parseArn } from "../../arn.js";
import { answerOf, checkService, inTurn } from "../../ask/answer.js";
import { logGroupUses } from "../../ask/key-uses.js";
import { askKey } from "../../ask/keys.js";
import { createLogStream, putLogEvents } from "../../ask/requests.js";
import { type Attempt, attemptOf, failed, type Handover, notAdmitted, type TargetKind } from "./target.js";

/** A log group, which takes events by two permissions of its resource policies and no role. */
export const logGroup: TargetKind = {
  isOf: ({ service, resource }) => service === "logs" && resource.startsWith("log-group:"),
  gives: { actions: ["logs:CreateLogStream", "logs:PutLogEvents"] },
  deliver: deliverToLogGroup,
};

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions */
function deliverToLogGroup({ world, rule, target, evidence }: Handover): Attempt {
  if (target.roleArn !== undefined) return notAdmitted("target-role-refused");
  const arn = parseArn(target.arn);
  if (arn?.resource.endsWith(":*") === true) return notAdmitted("target-log-group-form");
  if (arn?.account !== rule.account || arn.region !== rule.region)
    return notAdmitted("target-log-group-elsewhere");
  const group = world.logGroups.get(target.arn);
  if (group === undefined) return failed("log-group-missing", "NO_RESOURCE");

  const checks = [
    checkService("create-log-stream", createLogStream(rule, group), group.arn, evidence),
    checkService("put-log-events", putLogEvents(rule, group), group.arn, evidence),
  ];
  return attemptOf(
    inTurn(
      () => answerOf(checks, "log-group-denied"),
      () => askKey(world, group.keyArn, logGroupUses(group.arn), evidence),
    ),
  );
}
