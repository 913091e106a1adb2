import { parseBusArn, parseRoleArn } from "../../arn.js";
import { answerOf, checkRole, checkService, inTurn } from "../../ask/answer.js";
import { assumeRole, forwardedPutEvents } from "../../ask/requests.js";
import { missingBus, type Role } from "../../world.js";
import { type Attempt, attemptOf, failed, type Handover, notAdmitted, undecided } from "./target.js";

/**
 * Forwards an event to another bus: EventBridge assumes the execution role, which puts the event there.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export function deliverToBus(handover: Handover): Attempt {
  const { world, rule, target, event } = handover;
  if (parseBusArn(target.arn)?.region !== rule.region) return undecided("unmodelled-region");
  // Required for a bus of another account since 2 March 2023, and taken as required for any (facts, section 2).
  if (target.roleArn === undefined) return notAdmitted("target-role-missing");
  // Whoever makes a rule, also on another account's bus, passes it a role of its own (PutTargets).
  if (parseRoleArn(target.roleArn)?.account !== rule.creator)
    return undecided("role-elsewhere", [], target.roleArn);
  if (event.cameFromBus) return failed("third-bus", "THIRD_ACCOUNT_HOP_DETECTED");
  const role = world.roles.get(target.roleArn);
  return role === undefined
    ? failed("role-not-found", "NO_PERMISSIONS", { subject: target.roleArn })
    : forwardAs(role, handover);
}

function forwardAs(role: Role, { world, rule, target, event, evidence }: Handover): Attempt {
  const known = world.buses.get(target.arn);
  const bus = known ?? missingBus(target.arn, rule.creator, rule.region);
  const claims = { sources: [event.source], detailTypes: [event.detailType] };
  const assumed = () => checkService("assume-role", assumeRole(rule, role, rule.creator), role.arn, evidence);
  const put = () =>
    checkRole(
      "put-events",
      forwardedPutEvents(role.identity, rule, bus, claims, role.organizationId),
      evidence,
    );
  const answer = inTurn(
    () => answerOf([assumed()], "assume-role-denied"),
    () => answerOf([put()], "forward-denied"),
  );
  const attempt = attemptOf(answer);
  if (known !== undefined) return attempt;
  if (answer.reason === "assume-role-denied") return attempt;
  if (answer.outcome !== "allowed") return { ...attempt, subject: `no stack emits ${target.arn}` };
  if (parseBusArn(target.arn)?.name === "default") return undecided("unmodelled-default-bus", answer.checks);
  return { outcome: "lost", reason: "bus-missing", subject: target.arn, checks: answer.checks };
}
