import { complexityOf, parsePattern } from "event-patterns";
import { createHash } from "node:crypto";
import type { RuleArn } from "../aws/arn.js";
import type { EventPattern } from "../aws/event-pattern.js";
import {
  type Binding,
  boundEvents,
  byText,
  type Environment,
  type FlowEvents,
  groupBy,
  patternOf,
} from "../registry/index.js";
import { effectiveQuota } from "./quota.js";

/** One rule, of one or several that together take what is to be carried. */
export interface PlannedRule {
  readonly name: string;
  readonly arn: RuleArn;
  readonly description: string;
  readonly eventPattern: EventPattern;
  /** What it carries, or a part of it, as routes and subscriptions name it: `orders/Order.Created`, `orders/Order.*`, `orders/*` or `*`. */
  readonly routes: readonly string[];
  /** Keys of the contracts that it carries. */
  readonly contracts: readonly string[];
  readonly state: RuleState;
  readonly cost: PatternCost;
}

/**
 * Only rules in the last one get the management events that CloudTrail records of what only reads.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export type RuleState = "ENABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

/** What AWS limits of an event pattern. */
export interface PatternCost {
  readonly characters: number;
  /** Ways through the pattern's `$or`s, as AWS counts them. */
  readonly combinations: number;
  readonly usesWildcard: boolean;
  readonly wildcardComplexity: number;
}

/**
 * As many patterns as are needed to take exactly what is to be carried, each in a rule of its own.
 * @param nameOf names a rule by its number, and by a second one where its share fits into no pattern with the publishers' accounts
 */
export function divided(
  environment: Environment,
  events: readonly FlowEvents[],
  nameOf: (number: number, second: number) => string,
): Omit<PlannedRule, "arn" | "description">[] {
  const fits = fitting(environment);
  return divide(events, fits)
    .flatMap((part) => boundParts(part, fits))
    .map(({ number, second, items }) => {
      const eventPattern = patternOfAll(items);
      const cost = costOf(eventPattern);
      if (cost === undefined) throw new Error(`EventBridge refuses ${JSON.stringify(eventPattern)}`);
      return {
        name: nameOf(number, second),
        eventPattern,
        routes: [...new Set(items.map((item) => item.events))],
        contracts: items.flatMap(({ contracts }) => contracts),
        state: stateFor(items),
        cost,
      };
    });
}

/**
 * A part as its patterns say it. With the publishers' accounts it may need several rules; the first of them has the name that the part has without
 * accounts, so that each rule of the one publishing is there in the other, and none is left unbound while the bus is open.
 */
function boundParts(
  { number, items }: Part<FlowEvents>,
  fits: Fits,
): (Part<FlowEvents> & { readonly second: number })[] {
  // What has one source shares a branch, and so is kept together as long as may be.
  const keyed = (item: FlowEvents, depth: number) =>
    `${depth < maxSecondDepth / 2 ? item.binds.source.join() : keyOf(item)} by account`;
  return splitStably(boundEvents(items), keyed, fits, maxSecondDepth).map((part, index) => ({
    number,
    second: index === 0 ? 0 : part.number,
    items: part.items,
  }));
}

type Fits = (items: readonly FlowEvents[]) => boolean;

function fitting(environment: Environment): Fits {
  const characters = effectiveQuota(environment, "eventPatternCharacters");
  const combinations = effectiveQuota(environment, "patternCombinations");
  const complexity = effectiveQuota(environment, "wildcardComplexity");
  return (items) => {
    const pattern = patternOfAll(items);
    if (JSON.stringify(pattern).length > characters) return false;
    const cost = costOf(pattern);
    return cost !== undefined && cost.combinations <= combinations && cost.wildcardComplexity <= complexity;
  };
}

function keyOf({ binds: { source, except, detailType = "*" } }: FlowEvents): string {
  return except ? "*" : `${source.join()}/${detailType}`;
}

/**
 * One rule if all fits into its pattern, else several. What a route carries never moves from a rule to an earlier one
 * that is there already: single contracts are divided by source and detail-type, which renaming a service does not
 * change, and a wildcard is a rule of its own, so that a route may become one, or be one no longer; what a rule must ask
 * for by its state never stands in one rule with anything else, and moves to an earlier one when that has lost all of its own. But a source that `*`
 * takes as a whole no longer, since others share it now or the account publishes under it, does move to the earlier rules.
 */
function divide(events: readonly FlowEvents[], fits: Fits): Part<FlowEvents>[] {
  const isWildcard = ({ binds }: FlowEvents) => binds.detailType === undefined;
  const [asking, others] = [events.filter(asksForReading), events.filter((item) => !asksForReading(item))];
  const parts = fits(others)
    ? [{ number: 0, items: others }]
    : [
        ...splitStably(
          others.filter((item) => !isWildcard(item)),
          keyOf,
          fits,
        ),
        ...others.filter(isWildcard).map((item) => ({ number: numberApart(keyOf(item)), items: [item] })),
      ];
  const apart = splitStably(asking, keyOf, fits).map(({ number, items }) => ({
    number: others.length === 0 ? number : number + 2 ** maxDepth,
    items,
  }));
  return [...parts, ...apart]
    .filter(({ items }) => items.length > 0)
    .sort((left, right) => left.number - right.number);
}

/** The state that a rule needs to be given all of what it is to carry. */
export function stateFor(events: readonly FlowEvents[]): RuleState {
  return events.some(asksForReading) ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED";
}

function asksForReading({ binds }: FlowEvents): boolean {
  return binds.readOnlyManagementEvents === true;
}

/**
 * What AWS counts of a pattern, read off it as it is emitted: filters that are harmless alone add up in one rule.
 * @returns undefined if EventBridge refuses it: a field named like an operator cannot stand inside `$or`, so its
 *   filter needs a rule of its own
 */
function costOf(pattern: EventPattern): PatternCost | undefined {
  const text = JSON.stringify(pattern);
  const parsed = parsePattern(text);
  if (!parsed.ok) return undefined;
  const { usesWildcard, alternatives } = parsed.pattern;
  return {
    characters: text.length,
    combinations: alternatives,
    usesWildcard,
    wildcardComplexity: complexityOf(parsed.pattern),
  };
}

/**
 * One exact pattern, as short as it can be said: detail-types stand beside their own source only (no cross
 * product), a filter beside its own contracts only. Contracts of one source and one filter share a branch, and so do
 * sources whose detail-types and filter are the same. Sorted by text, so that renaming a service changes nothing.
 */
function patternOfAll(events: readonly FlowEvents[]): EventPattern {
  const bound = (wanted: (binds: Binding) => boolean) =>
    events.filter(({ binds }) => wanted(binds)).map(({ binds }) => patternOf(binds));
  const single = bound(({ except, detailType }) => !except && detailType !== undefined);
  const whole = bound(({ except, detailType }) => !except && detailType === undefined);
  const alternatives = [
    ...joined(joined([...joined(single, "detail-type"), ...whole], "source"), "account"),
    ...bound(({ except }) => except === true),
  ];
  const [only, ...others] = alternatives;
  return only !== undefined && others.length === 0
    ? only
    : { $or: alternatives.sort((left, right) => byText(JSON.stringify(left), JSON.stringify(right))) };
}

/** Patterns that differ in one field only, as one that has the values of all; one without the field takes any value. */
function joined(
  patterns: readonly EventPattern[],
  field: "account" | "source" | "detail-type",
): EventPattern[] {
  return groupBy(patterns, (pattern) => JSON.stringify({ ...pattern, [field]: undefined })).map((group) => {
    const any = group.find((pattern) => pattern[field] === undefined);
    if (any !== undefined) return any;
    const values = new Set(group.flatMap((pattern) => pattern[field] ?? []).map(String));
    return { ...group[0], [field]: [...values].sort(byText) };
  });
}

/** Things that share one rule, and the number that tells the rule from its siblings. */
export interface Part<Item> {
  readonly number: number;
  readonly items: readonly Item[];
}

/** Bits of the hash that can tell two keys apart; numbers from 2^31 on are those of {@link numberApart}. */
const maxDepth = 31;
/** Fewer, for the second number of a rule: its digits stand in the name behind those of the first. */
const maxSecondDepth = 20;

/**
 * Divides items into as many parts as needed for each to fit, so stably that adding an item touches the
 * part it falls into and no other. A part that grows too large is halved by the next bit of its items' hashes:
 * one half keeps the number, the other gets a new one, as in extendible hashing. Filling parts in order would
 * move everything behind a new item into the next rule.
 * @returns parts by number; numbers may have gaps. A single item that does not fit is a part of its own
 */
export function splitStably<Item>(
  items: readonly Item[],
  keyOf: (item: Item, depth: number) => string,
  fits: (items: readonly Item[]) => boolean,
  deepest = maxDepth,
): Part<Item>[] {
  const halve = (part: Part<Item>, depth: number): Part<Item>[] => {
    if (part.items.length <= 1 || depth >= deepest || fits(part.items)) return [part];
    const halves = [0, 1].map((bit) => ({
      number: part.number + bit * 2 ** depth,
      items: part.items.filter((item) => hashBit(keyOf(item, depth), depth) === bit),
    }));
    return halves.filter(({ items: half }) => half.length > 0).flatMap((half) => halve(half, depth + 1));
  };
  return halve({ number: 0, items }, 0).sort((left, right) => left.number - right.number);
}

/** The number of something that is to be a part of its own for ever, whatever else there is. */
function numberApart(key: string): number {
  return 2 ** maxDepth + (hashOf(key) % 2 ** maxDepth);
}

function hashBit(key: string, bit: number): number {
  return (hashOf(key) >>> bit) & 1;
}

function hashOf(key: string): number {
  return createHash("sha256").update(key).digest().readUInt32LE(0);
}
