import { parseArn } from "../../arn.js";
import type { TargetStep } from "../../steps.js";
import { deliverToBus } from "./bus.js";
import { deliverToLogGroup } from "./log-group.js";
import { deliverToQueue } from "./queue.js";
import { logRecordOf, renderInput } from "../input.js";
import { type TargetKind, undecided } from "./target.js";
import { deliverToTopic } from "./topic.js";

/** The kinds of targets that are modelled. A further kind is a further file and a line in `targetKindOf`. */
const deliveries: Readonly<Record<TargetStep["targetKind"], TargetKind>> = {
  bus: deliverToBus,
  "log-group": deliverToLogGroup,
  queue: deliverToQueue,
  topic: deliverToTopic,
  other: () => undecided("unmodelled-target"),
};

/** The kind of a target, which its ARN tells. */
export function targetKindOf(targetArn: string): TargetStep["targetKind"] {
  const arn = parseArn(targetArn);
  if (arn?.service === "events" && arn.resource.startsWith("event-bus/")) return "bus";
  if (arn?.service === "logs" && arn.resource.startsWith("log-group:")) return "log-group";
  if (arn?.service === "sns") return "topic";
  return arn?.service === "sqs" ? "queue" : "other";
}

export const deliverTo: TargetKind = (handover) => {
  const { target, rule, event } = handover;
  const kind = targetKindOf(target.arn);
  const attempt =
    rule.creator !== rule.account && kind !== "bus"
      ? undecided("unmodelled-creator", [], rule.creator)
      : deliveries[kind](handover);
  const { inputTransformer } = target;
  if (inputTransformer === undefined || attempt.outcome !== "delivered") return attempt;
  const input = renderInput(inputTransformer, rule, event.envelope);
  if (!input.ok) return undecided("unmodelled-input", attempt.checks, input.subject);
  if (kind === "log-group" && logRecordOf(input.text) === undefined)
    return undecided("unmodelled-log-input", attempt.checks);
  return { ...attempt, input: input.text };
};
