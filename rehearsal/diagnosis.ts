import { describeMismatch } from "event-patterns";
import {
  type Arrival,
  type Delivery,
  type EncryptionStep,
  renderReason,
  type Rule,
  type RuleStep,
  type TargetStep,
  type World,
} from "eventbridge-simulator";
import type { Contract, JsonObject } from "../infra/registry/index.js";
import { type Attempt, failureBy, failureOf, passedIn, type ProofFailure } from "./claim.js";
import { mendOf, type Obstacle } from "./mends.js";
import { publishedOn } from "./forwards.js";
import { publish, type Stage } from "./stage.js";
import { parameterArn, publisherPolicyArn } from "./wanted.js";

/** Finds out why the owner could not publish: says which policy stands in the way. */
export function diagnosePublishing(stage: Stage, contract: Contract, detail: JsonObject): ProofFailure {
  const { key, account, service } = contract;
  const step = publish(stage, { contract, detail }, "trace").steps.find(({ kind }) => kind === "put-events");
  const found = step?.kind === "put-events" ? step : undefined;
  const bus = found?.bus ?? "the global bus";
  const checks = found?.checks ?? [];
  const attempt = `${account} cannot publish it on ${bus}${because(found)}`;
  const policy = publisherPolicyArn(stage, account, service);
  const passes = [
    policy,
    parameterArn(stage, account, "global-bus-arn"),
    parameterArn(stage, account, `publisher-policies/${service}`),
    bus,
  ];
  const about = { contract: key, account, step: "put events on the global bus" };
  const mend = `${mendOf({ ...found, checks })} (the caller carries ${policy})`;
  return failureBy({ ...about, attempt, mend, passes }, attempt, checks);
}

/** Something that should have got an event. */
export interface Receiver {
  readonly account: string;
  readonly arn: string;
  readonly purpose: "forward" | "event log" | "subscription";
  /** Whether a rule is for it by its name, whatever bus it is on. */
  readonly isMeant: (rule: string) => boolean;
  /** ARN of the rule that there must be at least. */
  readonly firstRule?: string;
}

/**
 * Finds out why a resource did not get an event it should have: follows the event again, step by step, to the
 * first that went wrong on the way there.
 */
export function diagnoseMissing(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  { account, arn, purpose, isMeant, firstRule }: Receiver,
): ProofFailure {
  const delivery = publish(stage, { contract, detail }, "trace");
  const sender = purpose === "forward" ? publishedOn(stage, contract) : stage.busOf(account);
  const about = { contract: contract.key, account, step: purpose };
  const unreadable = delivery.steps.find(
    (step) => step.kind === "encryption" && step.outcome !== "encrypted" && [sender, arn].includes(step.bus),
  );
  if (unreadable?.kind === "encryption") {
    const { bus, key, checks } = unreadable;
    const attempt = howRefused(unreadable);
    return failureBy({ ...about, attempt, mend: mendOf(unreadable), passes: [key, bus] }, attempt, checks);
  }
  // Several subscriptions may send to one thing.
  const isOwn = (rule: string) => purpose !== "subscription" || isMeant(rule);
  const target = delivery.steps.find((step) => step.kind === "target" && step.to === arn && isOwn(step.rule));
  if (target?.kind === "target") {
    const attempt = howRefused(target);
    const { rule: refused, subject } = target;
    const passes = [subject?.startsWith("arn:") === true ? subject : refused, refused, arn];
    return failureBy({ ...about, attempt, mend: mendOf(target), passes }, attempt, target.checks);
  }

  const onBus = [...stage.world.rules.values()].filter(({ busArn }) => busArn === sender);
  const rules = onBus.filter((rule) => isOwn(rule.arn) && rule.targets.some(({ arn: to }) => to === arn));
  const passes = [
    ...rules.map((rule) => rule.arn),
    ...[firstRule ?? []].flat(),
    arn,
    ...wayTo(delivery, sender),
  ];
  const [rule] = rules;
  if (rule === undefined) return withoutRule(stage, about, onBus, { sender, arn, isMeant }, passes);
  if (!delivery.arrivals.some((arrival) => arrival.kind === "bus" && arrival.arn === sender)) {
    return failureOf({
      ...about,
      attempt: `the event never reached ${sender}, where rule ${rule.arn} waits for it`,
      mend: "mend the forward to that bus first",
      passes,
    });
  }
  const looked = delivery.steps.filter(
    (step): step is RuleStep => step.kind === "rule" && rules.some((one) => one.arn === step.rule),
  );
  const attempt = `no rule with the target ${arn} matches it: ${rules.map((one) => one.arn).join(", ")}`;
  const mend = "make the rule's pattern carry what the registry routes there, and let the rule be enabled";
  return failureOf({ ...about, attempt, mend, passes }, attempt, looked.map(describeRule));
}

/** Nothing on the bus sends there: a rule on another bus may, or one that is for it sends elsewhere. */
function withoutRule(
  stage: Stage,
  about: Pick<Attempt, "contract" | "account" | "step">,
  onBus: readonly Rule[],
  { sender, arn, isMeant }: Pick<Receiver, "arn" | "isMeant"> & { readonly sender: string },
  passes: readonly string[],
): ProofFailure {
  const all = [...stage.world.rules.values()];
  const elsewhere = all.filter(
    ({ busArn, targets }) => busArn !== sender && targets.some(({ arn: to }) => to === arn),
  );
  const meant = all.filter((rule) => isMeant(rule.arn));
  const lost = onBus.filter(
    ({ targets }) => targets.length === 0 || targets.some(({ arn: to }) => !isThere(stage.world, to)),
  );
  const misplaced = elsewhere.map(
    (rule) => `rule ${rule.arn} has this target, but is on ${rule.busArn}; it should be on ${sender}`,
  );
  const strays = lost.flatMap(({ arn: rule, targets }) =>
    targets.length === 0
      ? [`rule ${rule} has no target`]
      : targets
          .filter(({ arn: to }) => !isThere(stage.world, to))
          .map(({ id, arn: to }) => `target ${id} of ${rule} sends to ${to}, which no stack emits`),
  );
  const attempt = `no rule on ${sender} has the target ${arn}`;
  return failureOf(
    {
      ...about,
      attempt,
      mend: "emit the rule and its target; compare the target's ARN with the receiver's name, account and Region",
      passes: [...[...elsewhere, ...meant, ...lost].map((rule) => rule.arn), ...passes],
    },
    attempt,
    [...misplaced, ...strays],
  );
}

function isThere({ buses, logGroups, queues, topics, functions, assumed }: World, arn: string): boolean {
  return [buses, logGroups, queues, topics, functions, assumed].some((things) => things.has(arn));
}

/** Says why a function did not get an event that is in its queue. */
export function diagnoseWaiting(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  { account, queue, lambda }: { readonly account: string; readonly queue: string; readonly lambda: string },
): ProofFailure {
  const { steps } = publish(stage, { contract, detail }, "trace");
  const step = steps.find((one) => one.kind === "mapping" && one.queue === queue && one.to === lambda);
  const found = step?.kind === "mapping" ? step : undefined;
  const attempt =
    found === undefined
      ? `it waits in ${queue}: nothing takes it out for ${lambda}`
      : `it waits in ${queue} for ${lambda}${because(found)}`;
  const checks = found?.checks ?? [];
  const passes = [lambda, queue];
  const mend = mendOf({ ...found, checks }, "emit the event source mapping from the queue to the function");
  return failureBy(
    { contract: contract.key, account, step: "function", attempt, mend, passes },
    attempt,
    checks,
  );
}

/** Says why nobody can say whether a copy arrives. */
export function diagnoseUndecided(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  { arn, reason, via }: Delivery["undecided"][number],
): ProofFailure {
  const { steps } = publish(stage, { contract, detail }, "trace");
  const checks = steps.flatMap((step) => {
    if (step.kind === "rule" || step.outcome !== "undecided") return [];
    const isThis = "rule" in step ? step.rule === via?.rule && step.target === via.target : via === undefined;
    return isThis ? step.checks : [];
  });
  const attempt = `nobody can say whether ${arn ?? "the dead-letter queue"} receives it (${renderReason(reason)})`;
  const otherwise = `write what rule ${via?.rule ?? "(none)"} and its target need so that the simulator knows every part of it`;
  const passes = [via?.rule, arn].filter((one) => one !== undefined);
  const about = { contract: contract.key, step: "delivery", attempt, passes };
  return failureBy({ ...about, mend: mendOf({ reason, checks }, otherwise) }, attempt, checks);
}

/** Says why a copy went where it should not: of a dead letter, what refused it before. */
export function diagnoseExtra(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  { kind, arn, via }: Arrival,
): ProofFailure {
  const owner = stage.ownerOf(arn);
  const about = { contract: contract.key, account: owner };
  if (kind !== "dead-letter") {
    return failureOf({
      ...about,
      step: "forward",
      attempt: `${arn} receives it, though no ${kind === "bus" || kind === "log-group" ? "route" : "subscription"} says so`,
      mend: `look at target ${via?.target ?? "(none)"} of rule ${via?.rule ?? "(none)"}: its pattern or its target is wrong`,
      passes: [...(via === undefined ? [] : [via.rule]), arn],
    });
  }
  const before = publish(stage, { contract, detail }, "trace").steps.find((step) =>
    via === undefined
      ? step.kind === "encryption" && step.to === arn
      : step.kind === "target" && step.rule === via.rule && step.target === via.target,
  );
  const refused = before?.kind === "target" || before?.kind === "encryption" ? before : undefined;
  const attempt = `a copy ends in the dead-letter queue ${arn}${refused === undefined ? "" : `: ${howRefused(refused)}`}`;
  const checks = refused?.checks ?? [];
  const passes = [...passedIn(checks), ...(via === undefined ? [] : [via.rule]), arn];
  const mend = mendOf({ ...refused, checks });
  return failureBy({ ...about, step: "dead letter", attempt, mend, passes }, attempt, checks);
}

function howRefused(step: TargetStep | EncryptionStep): string {
  return step.kind === "target"
    ? `rule ${step.rule} hands it to ${step.to} (target ${step.target}), but ${told(step)}`
    : `${step.bus} cannot encrypt it with ${step.key}${because(step)}`;
}

/** ARNs of what an event passes until it is on a bus. */
function wayTo({ steps }: Delivery, bus: string): string[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case "target":
        return step.to === bus ? [step.rule, ...passedIn(step.checks), step.bus] : [];
      case "put-events":
        return [step.bus, ...passedIn(step.checks)];
      case "encryption":
        return step.bus === bus ? [step.key] : [];
      default:
        return [];
    }
  });
}

function told({ reason, subject, outcome }: Partial<Obstacle> & { readonly outcome: string }): string {
  return reason === undefined ? outcome : renderReason(reason, subject);
}

function because(obstacle: Partial<Obstacle> | undefined): string {
  return obstacle?.reason === undefined ? "" : `: ${renderReason(obstacle.reason, obstacle.subject)}`;
}

function describeRule({ rule, outcome, mismatch }: RuleStep): string {
  if (outcome === "disabled") return `${rule} is disabled`;
  if (outcome === "kept-back") return `${rule} does not ask for management events that only read`;
  return mismatch === undefined ? `${rule}: ${outcome}` : `${rule}: ${describeMismatch(mismatch)}`;
}
