import { parseArn } from "../../arn.js";
import type { TargetKindName, TargetStep } from "../../steps.js";
import { logRecordOf, renderInput } from "../input.js";
import { bus } from "./bus.js";
import { firehose } from "./firehose.js";
import { lambdaFunction } from "./function.js";
import { logGroup } from "./log-group.js";
import { queue } from "./queue.js";
import { stateMachine } from "./state-machine.js";
import { stream } from "./stream.js";
import { type Attempt, type Giving, type Handover, type TargetKind, undecided } from "./target.js";
import { topic } from "./topic.js";

/** The kinds of targets that are modelled. A further kind is a further file and a line here. */
const kinds: Readonly<Record<TargetKindName, TargetKind>> = {
  bus,
  "log-group": logGroup,
  queue,
  topic,
  function: lambdaFunction,
  "state-machine": stateMachine,
  stream,
  firehose,
};

const isKindName = (name: string): name is TargetKindName => name in kinds;
const kindNames = Object.keys(kinds).filter(isKindName);

/** The kind of a target, which its ARN tells. */
export function targetKindOf(targetArn: string): TargetStep["targetKind"] {
  const arn = parseArn(targetArn);
  return (arn && kindNames.find((name) => kinds[name].isOf(arn))) ?? "other";
}

/** By which actions EventBridge gives to a target, and a dead letter of it goes back; undefined of a kind that is not modelled. */
export function givingTo(targetArn: string): Giving | undefined {
  const kind = targetKindOf(targetArn);
  return kind === "other" ? undefined : kinds[kind].gives;
}

export function deliverTo(handover: Handover): Attempt {
  const { target, rule, event } = handover;
  const kind = targetKindOf(target.arn);
  const attempt =
    rule.creator !== rule.account && kind !== "bus"
      ? undecided("unmodelled-creator", [], rule.creator)
      : kind === "other"
        ? undecided("unmodelled-target")
        : kinds[kind].deliver(handover);
  const { inputTransformer } = target;
  if (inputTransformer === undefined || attempt.outcome !== "delivered") return attempt;
  const input = renderInput(inputTransformer, rule, event.envelope);
  if (!input.ok) return undecided("unmodelled-input", attempt.checks, input.subject);
  if (kind === "log-group" && logRecordOf(input.text) === undefined)
    return undecided("unmodelled-log-input", attempt.checks);
  return { ...attempt, input: input.text };
}
