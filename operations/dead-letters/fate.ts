import { type JsonReading, readJson } from "event-patterns";
import { ruleArn as arnOfRule } from "../../infra/aws/arn.js";
import { names } from "../../infra/aws/names.js";
import {
  conformityOf,
  describeConformity,
  isSourceOfAws,
  type Registry,
} from "../../infra/registry/index.js";
import {
  type BackbonePlan,
  logRulesOf,
  type MemberPlan,
  type PlannedForward,
  type PlannedSubscription,
  type StackPlan,
  type Topology,
} from "../../infra/topology/index.js";
import { type BusRule, type BusSight, matches, type RuleList } from "../rules.js";
import { neverRedriven } from "./error-codes.js";
import { type Destination, takes, targetOf } from "./giving.js";
import { asRedriven, type History, knownByOthers, legOf } from "./history.js";
import type { Letter, LetterEvent } from "./letter.js";
import type { LetterQueue } from "./letter-queues.js";
import type { StayReason } from "./stay-reasons.js";

/** What happens to a letter. */
export type Fate = GoingLetter | SentLetter | StayingLetter;

export interface GoingLetter extends Destination {
  readonly kind: "goes";
  /** Rules besides its own that see it too, as was agreed to. */
  readonly also: readonly string[];
  /** Only of an event of AWS, which goes past the bus. */
  readonly direct?: DirectWay;
}

/** An event that no bus would take again is given to the targets of subscriptions, one by one. */
export interface DirectWay {
  /** Further targets that lack it: the letter is done with when all have it. */
  readonly others: readonly Destination[];
  /** Rules of the bus that would take it, and go without, as was agreed to. */
  readonly without: readonly string[];
}

/** All that get a letter's event. */
export function destinationsOf({ account, to, partitionKey, direct }: GoingLetter): Destination[] {
  const first = { account, to, ...(partitionKey === undefined ? {} : { partitionKey }) };
  return [first, ...(direct?.others ?? [])];
}

/** An earlier run has sent it, and was not told that it had been deleted: it is deleted only. */
export interface SentLetter {
  readonly kind: "sent";
  readonly to: string;
  /** What it is called there. */
  readonly acceptedAs: string;
}

export interface StayingLetter {
  readonly kind: "stays";
  readonly reason: StayReason;
  /** What this letter in particular has to do with the reason. */
  readonly detail?: string;
  /** What happens to it with `--again`, if that lets it go. */
  readonly again?: Fate;
}

/** The rules on the bus of an account, or why nothing can be done there. */
export type Receiver = RuleList | { readonly kind: "closed"; readonly because: string };

export interface FateFacts {
  readonly registry: Registry;
  readonly topology: Topology;
  /** Whose queue it is. */
  readonly account: StackPlan;
  readonly queue: LetterQueue;
  /** On the member's bus; undefined if they could not be listed. Not asked for the backbone. */
  readonly rules: readonly BusRule[] | undefined;
  /** ARNs of the targets of the member's rules that letters name, by rule; a rule is left out whose could not be listed. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
  /** What is known of the accounts that events of AWS are forwarded to, by name. */
  readonly receivers: ReadonlyMap<string, Receiver>;
  /** What earlier runs have done. */
  readonly history: History;
  /** Names of rules that may see a letter besides its own. */
  readonly alsoTo: ReadonlySet<string>;
  /** Names of rules that may go without an event of AWS. */
  readonly without: ReadonlySet<string>;
  /** Whether letters in doubt, and those that went round often, go too. */
  readonly again: boolean;
}

/** So many redrives bring nothing; the next is asked for by itself. */
const roundsWithoutAsking = 2;

/**
 * Decides what happens to a letter. It goes back only to the one who lacks it: that of a forward to the local bus
 * that refused it, that of a subscription to its target, that of another local rule to its bus if no other consumer
 * would see it there. Nothing goes to the global bus, where everyone would receive it again. An event of AWS, which
 * EventBridge takes from nobody else, goes to the targets of the subscriptions that take it.
 */
export function fateOf(facts: FateFacts, letter: Letter): Fate {
  const { history, account, queue } = facts;
  const forward = queue.kind === "dead-letters" ? awsForwardOf(account, letter) : undefined;
  if (forward !== undefined) return directFate(facts, forward, letter);
  const sent = history.accepted.get(letter.messageId);
  if (sent !== undefined) return { kind: "sent", ...sent };
  const event = letter.event;
  if (event === undefined) return stays("not-an-event");
  const fate = goalOf(facts, letter, event);
  if (fate.kind !== "goes" || facts.again) return fate;
  const doubt = doubtAbout(history, letter) ?? manyRounds(event);
  return doubt === undefined ? fate : { ...doubt, again: fate };
}

/** The way of an event of AWS that a letter is about, by all names that its rule may have had. */
export function awsForwardOf(
  account: StackPlan,
  { ruleArn = "" }: Pick<Letter, "ruleArn">,
): PlannedForward | undefined {
  return account.forwards.find(({ busName, rules }) => {
    const [first] = rules;
    if (busName === undefined || first === undefined) return false;
    const undivided = first.arn.replace(/\.\d+$/, "");
    return ruleArn === undivided || ruleArn.replace(/\.\d+$/, "") === undivided;
  });
}

/** What has been given to one of several targets is not given there again; it is done with when all have it. */
function directFate(facts: FateFacts, forward: PlannedForward, letter: Letter): Fate {
  const { registry, topology, history, again } = facts;
  const { messageId, event } = letter;
  if (event === undefined) return stays("not-an-event");
  const goal = directGoal(facts, forward, letter);
  if (goal.kind === "stays") return goal;
  const broken = brokenContract(registry, topology, event);
  if (broken !== undefined) return broken;
  const all = destinationsOf(goal);
  const [first, ...others] = all.filter(({ to }) => !history.accepted.has(legOf(messageId, to)));
  if (first === undefined) {
    const { acceptedAs = "" } = history.accepted.get(legOf(messageId, goal.to)) ?? {};
    return { kind: "sent", to: goal.to, acceptedAs };
  }
  const fate: GoingLetter = {
    kind: "goes",
    ...first,
    also: [],
    direct: { others, without: goal.direct?.without ?? [] },
  };
  if (again) return fate;
  const [doubt] = [first, ...others].flatMap(({ to }) => doubtAbout(history, letter, to) ?? []);
  return doubt === undefined ? fate : { ...doubt, again: fate };
}

function directGoal(
  { topology, receivers, without }: FateFacts,
  { member, targetBus, rules }: PlannedForward,
  { targetArn, errorCode, body }: Letter,
): GoingLetter | StayingLetter {
  if (targetArn !== targetBus) return stays("other-target", targetArn);
  if (!takes(rules, body)) return stays("no-match", rules.map(({ name }) => name).join(", "));
  const never = neverAgain(errorCode);
  if (never !== undefined) return never;
  const receiver = topology.stacks.get(member);
  const takers =
    receiver?.kind === "member" ? receiver.subscriptions.filter((one) => takes(one.rules, body)) : [];
  if (receiver === undefined || takers.length === 0) return stays("no-way-back", member);
  const known = receivers.get(member);
  if (known?.kind !== "listed")
    return known?.kind === "unknown"
      ? stays("rules-unknown", known.because)
      : stays("receiver-closed", `${member}${known === undefined ? "" : `: ${known.because}`}`);
  const given = takers.map(({ service, name }) => names.subscriptionRule(service, name, "*").slice(0, -1));
  const excluded = takingRules(known.rules, receiver, readJson(body)).filter(
    ({ name }) => !given.some((own) => name.startsWith(own)),
  );
  const unnamed = excluded.filter(({ name }) => !without.has(name));
  if (unnamed.length > 0) return stays("not-for-all", unnamed.map(({ name }) => name).join(", "));
  const targets = takers.map((one) => targetOf(member, one, body));
  const [keyless] = targets.flatMap((one) => ("missing" in one ? [one.missing] : []));
  if (keyless !== undefined) return stays("no-partition-key", keyless);
  const destinations = targets.flatMap((one) => ("missing" in one ? [] : [one]));
  const [first, ...others] = new Map(destinations.map((one) => [one.to, one])).values();
  if (first === undefined) return stays("no-way-back", member);
  return {
    kind: "goes",
    ...first,
    also: [],
    direct: { others, without: excluded.map(({ name }) => name) },
  };
}

/**
 * Why a letter that could go is asked for by itself.
 * @param to one of several destinations
 */
function doubtAbout(history: History, letter: Letter, to?: string): StayingLetter | undefined {
  const own = to === undefined ? letter.messageId : legOf(letter.messageId, to);
  const doubt = history.doubtful.get(own) ?? knownByOthers(history.doubtful, letter, to);
  if (doubt !== undefined)
    return stays("in-doubt", `sent at ${doubt.at}${to === undefined ? "" : ` to ${to}`}`);
  const given = knownByOthers(history.accepted, letter, to);
  return given === undefined ? undefined : stays("given-back", `accepted as ${given.acceptedAs}`);
}

function manyRounds({ rounds: { count, firstId } }: LetterEvent): StayingLetter | undefined {
  return count < roundsWithoutAsking ? undefined : stays("many-rounds", `${count} rounds since ${firstId}`);
}

function goalOf(facts: FateFacts, letter: Letter, event: LetterEvent): GoingLetter | StayingLetter {
  if (event.isCanary) return stays("canary");
  const goal =
    targetGoal(facts, letter) ??
    wrongKind(facts, letter, event) ??
    (isSourceOfAws(event.source) ? stays("no-way-back", letter.ruleArn) : undefined) ??
    (facts.account.kind === "backbone"
      ? forwardGoal(facts, facts.account, letter)
      : localGoal(facts, facts.account, letter, event));
  return goal.kind === "stays" ? goal : (brokenContract(facts.registry, facts.topology, event) ?? goal);
}

/** Why it must not go on a bus: where it would go says nothing about that. */
function wrongKind(facts: FateFacts, letter: Letter, event: LetterEvent): StayingLetter | undefined {
  const { account, queue } = facts;
  const { ruleArn, errorCode } = letter;
  if (event.replay !== undefined) return stays("replay", event.replay);
  if (queue.kind === "encryption-failures") return stays("encryption-failure");
  if (ruleArn === undefined) return stays("no-rule");
  if (ruleArn === arnOfRule(account, "default", names.routingChangeRule(facts.topology.environment.prefix)))
    return stays("routing-watch");
  const name = ruleArn.slice(ruleArn.lastIndexOf("/") + 1);
  if (!ruleArn.startsWith(rulesOf(account)))
    return name.startsWith(names.awsEventsRule(facts.topology.environment.prefix, "", 0))
      ? stays("no-forward", ruleArn)
      : stays("foreign-rule", ruleArn);
  if (logRulesOf(account.log).some((name) => ruleArn === `${rulesOf(account)}${name}`)) return stays("log");
  return neverAgain(errorCode);
}

function neverAgain(errorCode: string | undefined): StayingLetter | undefined {
  const never = neverRedriven(errorCode);
  return never === undefined ? undefined : stays("never-again", never);
}

function rulesOf({ bus }: StackPlan): string {
  return `${bus.arn.replace(":event-bus/", ":rule/")}/`;
}

/** Nothing but a rule of a subscription is called so. */
const subscriptionRule = /^[^.]+--[^.]+\.\d+$/;

/**
 * Where a letter of a subscription goes: to its target, as EventBridge would give it. No rule, log or archive sees it
 * there, so it does not matter which others take such events, nor that a replay brought it.
 * @returns undefined for other letters
 */
function targetGoal({ account, queue }: FateFacts, letter: Letter): GoingLetter | StayingLetter | undefined {
  if (account.kind === "backbone" || queue.kind === "encryption-failures") return undefined;
  if (queue.kind === "given-up") return giveBack(account, queue.subscription, letter);
  const { ruleArn = "", targetArn, errorCode } = letter;
  const rule = ruleArn.startsWith(rulesOf(account)) ? ruleArn.slice(rulesOf(account).length) : "";
  if (!subscriptionRule.test(rule)) return undefined;
  // By all names that it may have had: it may have been divided into other rules since.
  const subscription = account.subscriptions.find(({ service, name }) =>
    rule.startsWith(names.subscriptionRule(service, name, "*").slice(0, -1)),
  );
  if (subscription === undefined) return stays("no-subscription", rule);
  if (targetArn !== subscription.targetArn) return stays("other-target", targetArn);
  return neverAgain(errorCode) ?? giveBack(account, subscription, letter);
}

function giveBack(
  { account }: MemberPlan,
  subscription: PlannedSubscription,
  { body }: Letter,
): GoingLetter | StayingLetter {
  const { rules } = subscription;
  if (!takes(rules, body)) return stays("no-match", rules.map(({ name }) => name).join(", "));
  const target = targetOf(account, subscription, body);
  return "missing" in target
    ? stays("no-partition-key", target.missing)
    : { kind: "goes", ...target, also: [] };
}

/** The member's rules have not seen what the forward could not deliver. */
function forwardGoal(
  { topology }: FateFacts,
  backbone: BackbonePlan,
  { ruleArn, targetArn, body }: Letter,
): GoingLetter | StayingLetter {
  const forward = backbone.forwards.find(({ rules }) => rules.some(({ arn }) => arn === ruleArn));
  const receiver = topology.stacks.get(forward?.member ?? "");
  if (forward === undefined || receiver === undefined) return stays("no-forward", ruleArn);
  if (targetArn !== forward.targetBus) return stays("other-target", targetArn);
  if (!takes(forward.rules, body)) return stays("no-match", ruleArn);
  return { kind: "goes", account: receiver.account, to: receiver.bus.arn, also: [] };
}

function localGoal(
  { rules, targets, alsoTo }: FateFacts,
  member: MemberPlan,
  { ruleArn, targetArn = "" }: Letter,
  event: LetterEvent,
): GoingLetter | StayingLetter {
  if (rules === undefined) return stays("rules-unknown");
  const name = ruleArn?.slice(rulesOf(member).length);
  const own = rules.find((rule) => rule.name === name);
  if (own === undefined) return stays("rule-gone", name);
  if (!own.isEnabled) return stays("rule-disabled", name);
  const ownTargets = targets.get(own.name);
  if (ownTargets === undefined) return stays("rules-unknown", `targets of ${own.name}`);
  if (!ownTargets.includes(targetArn)) return stays("target-gone", `${own.name}: ${targetArn}`);
  const redriven = readJson(asRedriven(event, member));
  if (own.pattern === undefined || matches(own.pattern, redriven) !== true) return stays("no-match", name);
  const others = takingRules(rules, member, redriven).filter((rule) => rule !== own);
  const unnamed = others.filter((rule) => !alsoTo.has(rule.name)).map((rule) => rule.name);
  if (unnamed.length > 0) return stays("seen-by-others", unnamed.join(", "));
  const also = others.map((rule) => rule.name);
  return { kind: "goes", account: member.account, to: member.bus.arn, also };
}

/** The rules of a bus by which consumers get an event, or may. */
function takingRules(rules: readonly BusRule[], { log }: StackPlan, event: JsonReading): BusRule[] {
  return rules.filter(
    (rule) =>
      rule.isEnabled &&
      !logRulesOf(log).includes(rule.name) &&
      !isArchive(rule) &&
      rule.pattern !== undefined &&
      // A pattern that cannot be read may match.
      matches(rule.pattern, event) !== false,
  );
}

/** AWS's own rule that feeds an archive. */
function isArchive({ name, isManaged }: BusRule): boolean {
  return isManaged && name.startsWith("Events-Archive-");
}

function brokenContract(
  registry: Registry,
  { environment }: Topology,
  event: LetterEvent,
): StayingLetter | undefined {
  const conformity = conformityOf(registry, event, environment);
  if (conformity.kind === "conforms") return undefined;
  const breaks = isSourceOfAws(event.source) ? "aws-breaks-contract" : "breaks-contract";
  return stays(conformity.kind === "breaks" ? breaks : "no-contract", describeConformity(conformity, event));
}

/** Keeps letters whose bus was looked for and not seen. */
export function afterSight(fate: Fate, sights: ReadonlyMap<string, BusSight>): Fate {
  if (fate.kind === "stays" && fate.again !== undefined) {
    return { ...fate, again: afterSight(fate.again, sights) };
  }
  if (fate.kind !== "goes") return fate;
  const sight = sights.get(fate.to);
  if (sight?.kind === "missing") return stays("bus-missing", fate.to);
  return sight?.kind === "not-seen" ? stays("bus-not-seen", sight.problem) : fate;
}

function stays(reason: StayReason, detail?: string): StayingLetter {
  return { kind: "stays", reason, ...(detail === undefined ? {} : { detail }) };
}
