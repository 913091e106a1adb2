import { parseBusArn } from "../../arn.js";
import { type Answer, answerOf, checkRole } from "../../ask/answer.js";
import { forwardedPutEvents, type GuardedResource } from "../../ask/requests.js";
import { missingBus, type Role } from "../../world.js";
import { byRole } from "./by-role.js";
import {
  type Attempt,
  attemptOf,
  failed,
  type Handover,
  notAdmitted,
  type TargetKind,
  undecided,
} from "./target.js";

/** Another bus: EventBridge assumes the execution role, which puts the event there. */
export const bus: TargetKind = {
  isOf: ({ service, resource }) => service === "events" && resource.startsWith("event-bus/"),
  gives: { actions: ["events:PutEvents"] },
  deliver: deliverToBus,
};

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html */
function deliverToBus(handover: Handover): Attempt {
  const { world, rule, target, event } = handover;
  const name = parseBusArn(target.arn);
  if (name?.region !== rule.region) return undecided("unmodelled-region");
  // Required for a bus of another account since 2 March 2023, and taken as required for any (facts, section 2).
  if (target.roleArn === undefined) return notAdmitted("target-role-missing");
  if (event.cameFromBus) return failed("third-bus", "THIRD_ACCOUNT_HOP_DETECTED");
  const known = world.buses.get(target.arn);
  const answer = byRole(handover, (role) =>
    known === undefined ? putOnMissing(role, handover) : put(role, known, handover),
  );
  if (known !== undefined || answer.outcome !== "allowed") return attemptOf(answer);
  if (name.name === "default") return undecided("unmodelled-default-bus", answer.checks);
  return { outcome: "lost", reason: "bus-missing", subject: target.arn, checks: answer.checks };
}

function put(role: Role, onto: GuardedResource, { rule, event, evidence }: Handover): Answer {
  const claims = { sources: [event.source], detailTypes: [event.detailType] };
  const question = forwardedPutEvents(role.identity, rule, onto, claims, role.organizationId);
  return answerOf([checkRole("put-events", question, evidence)], "forward-denied");
}

function putOnMissing(role: Role, handover: Handover): Answer {
  const { rule, target } = handover;
  const answer = put(role, missingBus(target.arn, rule.creator, rule.region), handover);
  return answer.outcome === "allowed" ? answer : { ...answer, subject: `no stack emits ${target.arn}` };
}
