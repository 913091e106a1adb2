import { describeMismatch } from "event-patterns";
import { renderCheck, renderReason, type RuleStep, type Step } from "eventbridge-simulator";
import type { Subscription } from "../../infra/registry/index.js";
import { busTitle } from "../forwards.js";
import type { Stage } from "../stage.js";
import { nameOfEntry } from "./answers.js";
import type { LiveEvent } from "./event-log.js";

/**
 * The way of an event, asked of the emitted resources once more and with every reason: it would take too long to find reasons
 * for all events, and few are asked for.
 */
export function wayOf({ follow, id }: LiveEvent): readonly Step[] {
  return follow("trace").steps.filter(({ eventId }) => eventId === id);
}

/** Why the bus did not take an event: the statement, what it wanted and what it had. */
export function refusalOf(stage: Stage, event: LiveEvent): string {
  const [put] = wayOf(event);
  if (put?.kind !== "put-events") return "refused";
  const isGlobal = put.bus === stage.busOf(stage.registry.backbone);
  const where = isGlobal ? "the global bus" : shortName(put.bus);
  // Who asked for what is known; what is wanted is the statement.
  const asked = put.checks.filter(({ verdict }) => verdict.outcome !== "allowed");
  const evidence = asked.flatMap((check) => {
    const [question = "", ...statements] = renderCheck(check, shortName);
    return statements.length > 0 ? statements : [question];
  });
  const why =
    evidence.length > 0 ? evidence.join("; ") : renderReason(put.reason ?? "check-undecided", put.subject);
  const verb = {
    refused: "refused at",
    undecided: "nobody can decide whether it is taken by",
    lost: "lost at",
  };
  return `${put.outcome === "accepted" ? "taken by" : verb[put.outcome]} ${where}: ${why}`;
}

/** Why an event that was taken has not come to a subscription: where on its way it was left, and by what. */
export function absenceOf(stage: Stage, event: LiveEvent, subscription: Subscription): string {
  const { key, account } = subscription;
  const steps = wayOf(event);
  const bus = stage.busOf(account);
  const targetId = targetIdOf(subscription);
  const named = event.contract?.key ?? nameOfEntry(event.entry);
  const wanted = [...new Set(subscription.routes.flatMap(({ contracts }) => contracts))];
  if (event.contract === undefined || !wanted.includes(event.contract.key)) {
    return `no route: ${key} takes ${wanted.join(", ")}, and not ${named}`;
  }
  const onLocal = ruleSteps(stage, steps, bus, ({ id }) => id === targetId);
  const onGlobal = ruleSteps(stage, steps, undefined, ({ arn }) => arn === bus);
  const isThere = event.reached.includes(account);
  const stopped = steps.find(
    (step) => step.kind === "target" && step.to === bus && step.outcome !== "delivered",
  );
  if (!isThere && stopped?.kind === "target" && stopped.reason !== undefined) {
    const evidence = stopped.checks.flatMap((check) => renderCheck(check, shortName));
    return `stopped on its way to ${account}: ${[renderReason(stopped.reason, stopped.subject), ...evidence].join("; ")}`;
  }
  const unread = steps.find((step) => step.kind === "encryption" && step.outcome !== "encrypted");
  if (unread?.kind === "encryption" && unread.reason !== undefined)
    return `stopped at ${shortName(unread.bus)}: ${renderReason(unread.reason, unread.subject)}`;
  const passed = isThere ? onLocal : onGlobal;
  const disabled = passed.find(({ outcome }) => outcome === "disabled");
  if (disabled !== undefined) return `no route: the rule ${shortName(disabled.rule)} is disabled`;
  const keptBack = passed.find(({ outcome }) => outcome === "kept-back");
  if (keptBack !== undefined)
    return `kept back: the rule ${shortName(keptBack.rule)} does not ask for management events that only read; write readOnlyManagementEvents: true in ${event.contract.service}`;
  const mismatch = closest(passed);
  return mismatch === undefined
    ? `no route: no rule on ${isThere ? shortName(bus) : cameOn(stage, event)} leads to ${key}`
    : `filtered: ${describeMismatch(mismatch)}`;
}

/** The bus on which it was put, as people call it. */
function cameOn(stage: Stage, { sender }: LiveEvent): string {
  return "bus" in sender
    ? busTitle({ account: sender.account, name: sender.bus })
    : shortName(stage.busOf(stage.registry.backbone));
}

/** What became of the rules that lead to a target. */
function ruleSteps(
  stage: Stage,
  steps: readonly Step[],
  bus: string | undefined,
  leads: (target: { readonly id: string; readonly arn: string }) => boolean,
): RuleStep[] {
  return steps.filter(
    (step): step is RuleStep =>
      step.kind === "rule" &&
      (bus === undefined || step.bus === bus) &&
      (stage.world.rules.get(step.rule)?.targets ?? []).some(leads),
  );
}

/** Of several rules of one way each takes other events: what is told is of the one that takes such, if one does. */
function closest(rules: readonly RuleStep[]): RuleStep["mismatch"] {
  const misses = rules.flatMap(({ mismatch }) => mismatch ?? []);
  const isOfEnvelope = (path: string) => path === "source" || path === "detail-type";
  return misses.find((mismatch) => mismatch.kind !== "value" || !isOfEnvelope(mismatch.path)) ?? misses[0];
}

/** Of the target by which the rules of a subscription give. */
export function targetIdOf({ service, name }: Subscription): string {
  return `${service}--${name}`;
}

/** The end of an ARN, which is what people call a thing. */
export function shortName(arn: string): string {
  return arn.startsWith("arn:") ? arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1) : arn;
}
