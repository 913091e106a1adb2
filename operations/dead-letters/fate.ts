import { readJson } from "event-patterns";
import { ruleArn as arnOfRule } from "../../infra/aws/arn.js";
import { names } from "../../infra/aws/names.js";
import { conformityOf, describeConformity, type Registry } from "../../infra/registry/index.js";
import {
  type BackbonePlan,
  logRulesOf,
  type MemberPlan,
  type PlannedRule,
  type PlannedSubscription,
  type StackPlan,
  type Topology,
} from "../../infra/topology/index.js";
import { type BusRule, type BusSight, matches } from "../rules.js";
import { neverRedriven } from "./error-codes.js";
import { asRedriven, type History, knownByOthers } from "./history.js";
import type { Letter, LetterEvent } from "./letter.js";
import type { LetterQueue } from "./letter-queues.js";

/** Why a letter stays where it is, and what is right to do with it. `discard`: throwing it away is. */
export const stayReasons = {
  "not-an-event": {
    because: "it is no event: EventBridge did not write it, or the rule transforms its input",
    then: "discard",
  },
  canary: { because: "it is a canary, whose time is over", then: "discard" },
  replay: {
    because: "a replay brought it, and sent again it would look like a new event to consumers and archive",
    then: "replay it again with `npx backbone replay`, then discard it",
  },
  "encryption-failure": {
    because: "the bus could not encrypt or decrypt it, so nobody has it, and no rule says where it belongs",
    then: "mend the key; let its owner publish it again (--discard --to keeps its text)",
  },
  "no-rule": { because: "it does not say which rule it was refused for", then: "discard" },
  "routing-watch": {
    because: "it tells of a change to the routing, on its way from the default bus to the topic for alarms",
    then: "read it (--discard --to keeps its text)",
  },
  "foreign-rule": { because: "its rule is on no bus of this account", then: "discard" },
  log: {
    because: "only the event log lacks it: on the bus it would reach every consumer again",
    then: "discard",
  },
  "no-forward": {
    because: "its rule is no forward of the backbone as the registry has it now",
    then: "discard, or bring back the route that it came by",
  },
  "other-target": { because: "its target is not the one that its rule gives events to now", then: "discard" },
  "no-subscription": {
    because: "its rule is of no subscription as the registry has it now",
    then: "discard, or bring back the subscription that it came by",
  },
  "no-partition-key": {
    because: "it has no text where its stream's partition key is looked for",
    then: "let its owner publish it with one, then discard it",
  },
  "rules-unknown": {
    because:
      "the rules of the bus, or the targets of its own, could not be listed, so nobody knows who would see it",
    then: "mend what is said above, then look again",
  },
  "rule-gone": {
    because: "its rule is not on the bus any more: only others would see it",
    then: "discard, or deploy the rule again",
  },
  "target-gone": {
    because: "its rule does not hand events to the target any more that refused this one",
    then: "discard, or put the target back on the rule",
  },
  "rule-disabled": {
    because: "its rule is disabled: only others would see it",
    then: "enable the rule, then redrive",
  },
  "no-match": {
    because: "its rule would not take it: the pattern does not match the event as it would be put back",
    then: "discard, or deploy the pattern that it came by",
  },
  "no-contract": { because: "the registry has no such contract (any more)", then: "discard" },
  "breaks-contract": {
    because: "its detail breaks its contract, so consumers may not understand it",
    then: "let its owner publish it as the contract says, then discard it",
  },
  "never-again": { because: "its error code says that sending it again is wrong", then: "discard" },
  "seen-by-others": {
    because: "other rules of the bus would see it again",
    then: "name each rule that may: --also-to <rule>",
  },
  "in-doubt": {
    because:
      "an earlier run sent it and got no answer that says what became of it: it may have arrived already",
    then: "look for it; if it is there, discard it; if not, redrive it with --again",
  },
  "given-back": {
    because: "an earlier run gave its event back to the same rule or queue, for another letter about it",
    then: "discard it, or redrive it with --again: whoever it goes to would get it once more",
  },
  "many-rounds": {
    because: "it has come back twice or more: sending it again is likely to end the same way",
    then: "find out why; then discard it, or redrive it with --again",
  },
  "bus-missing": {
    because: "its bus is not there: AWS would acknowledge the event and drop it",
    then: "`npx pulumi up --refresh` for the stack that owns the bus, then redrive",
  },
  "bus-not-seen": {
    because: "whether its bus is there could not be seen, and AWS acknowledges events for a missing one",
    then: "`npx pulumi up --refresh` for the stacks of both accounts, so that the redrive role may see the bus",
  },
} as const satisfies Readonly<Record<string, { readonly because: string; readonly then: string }>>;

export type StayReason = keyof typeof stayReasons;

/** What happens to a letter. */
export type Fate = GoingLetter | SentLetter | StayingLetter;

export interface GoingLetter {
  readonly kind: "goes";
  /** Whose bus or target it is. */
  readonly account: string;
  /** ARN of the bus, or of the target of a subscription. */
  readonly to: string;
  /** What chooses the shard of a stream, if not the event's id. */
  readonly partitionKey?: string;
  /** Rules besides its own that see it too, as was agreed to. */
  readonly also: readonly string[];
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
  /** What earlier runs have done. */
  readonly history: History;
  /** Names of rules that may see a letter besides its own. */
  readonly alsoTo: ReadonlySet<string>;
  /** Whether letters in doubt, and those that went round often, go too. */
  readonly again: boolean;
}

/** So many redrives bring nothing; the next is asked for by itself. */
const roundsWithoutAsking = 2;

/**
 * Decides what happens to a letter. It goes back only to the one who lacks it: that of a forward to the local bus
 * that refused it, that of a subscription to its target, that of another local rule to its bus if no other consumer
 * would see it there. Nothing goes to the global bus, where everyone would receive it again.
 */
export function fateOf(facts: FateFacts, letter: Letter): Fate {
  const sent = facts.history.accepted.get(letter.messageId);
  if (sent !== undefined) return { kind: "sent", ...sent };
  const event = letter.event;
  if (event === undefined) return stays("not-an-event");
  const fate = goalOf(facts, letter, event);
  if (fate.kind !== "goes" || facts.again) return fate;
  const doubt = doubtAbout(facts.history, letter, event);
  return doubt === undefined ? fate : { ...doubt, again: fate };
}

/** Why a letter that could go is asked for by itself. */
function doubtAbout(history: History, letter: Letter, { rounds }: LetterEvent): StayingLetter | undefined {
  const doubt = history.doubtful.get(letter.messageId) ?? knownByOthers(history.doubtful, letter);
  if (doubt !== undefined) return stays("in-doubt", `sent at ${doubt.at}`);
  const given = knownByOthers(history.accepted, letter);
  if (given !== undefined) return stays("given-back", `accepted as ${given.acceptedAs}`);
  const { count, firstId } = rounds;
  return count < roundsWithoutAsking ? undefined : stays("many-rounds", `${count} rounds since ${firstId}`);
}

function goalOf(facts: FateFacts, letter: Letter, event: LetterEvent): GoingLetter | StayingLetter {
  if (event.isCanary) return stays("canary");
  const goal =
    targetGoal(facts, letter) ??
    wrongKind(facts, letter, event) ??
    (facts.account.kind === "backbone"
      ? forwardGoal(facts, facts.account, letter)
      : localGoal(facts, facts.account, letter, event));
  return goal.kind === "stays" ? goal : (brokenContract(facts.registry, event) ?? goal);
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
  if (!ruleArn.startsWith(rulesOf(account))) return stays("foreign-rule", ruleArn);
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
  { rules, targetArn, partitionKeyPath }: PlannedSubscription,
  { body }: Letter,
): GoingLetter | StayingLetter {
  if (!takes(rules, body)) return stays("no-match", rules.map(({ name }) => name).join(", "));
  const goal = { kind: "goes", account, to: targetArn, also: [] } as const;
  if (partitionKeyPath === undefined) return goal;
  const partitionKey = textAt(body, partitionKeyPath);
  return partitionKey === undefined ? stays("no-partition-key", partitionKeyPath) : { ...goal, partitionKey };
}

/** Whether any of several rules takes an event: what was divided since carries it by another of them. */
function takes(rules: readonly PlannedRule[], body: string): boolean {
  const read = readJson(body);
  return rules.some(({ eventPattern }) => matches(JSON.stringify(eventPattern), read) === true);
}

/** @param path such as `$.detail.orderId` */
function textAt(body: string, path: string): string | undefined {
  const value = path
    .split(".")
    .slice(1)
    .reduce<unknown>(
      (of, name) =>
        typeof of === "object" && of !== null ? new Map(Object.entries(of)).get(name) : undefined,
      JSON.parse(body),
    );
  const isText = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isText && value !== "" ? String(value) : undefined;
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
  const others = rules.filter(
    (rule) =>
      rule !== own &&
      rule.isEnabled &&
      !logRulesOf(member.log).includes(rule.name) &&
      !isArchive(rule) &&
      rule.pattern !== undefined &&
      // A pattern that cannot be read may match.
      matches(rule.pattern, redriven) !== false,
  );
  const unnamed = others.filter((rule) => !alsoTo.has(rule.name)).map((rule) => rule.name);
  if (unnamed.length > 0) return stays("seen-by-others", unnamed.join(", "));
  const also = others.map((rule) => rule.name);
  return { kind: "goes", account: member.account, to: member.bus.arn, also };
}

/** AWS's own rule that feeds an archive. */
function isArchive({ name, isManaged }: BusRule): boolean {
  return isManaged && name.startsWith("Events-Archive-");
}

function brokenContract(registry: Registry, event: LetterEvent): StayingLetter | undefined {
  const conformity = conformityOf(registry, event);
  if (conformity.kind === "conforms") return undefined;
  return stays(
    conformity.kind === "breaks" ? "breaks-contract" : "no-contract",
    describeConformity(conformity, event),
  );
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
