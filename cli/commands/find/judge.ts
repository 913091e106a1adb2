import {
  type Conformity,
  conformityOf,
  type Contract,
  contractOf,
  originOf,
} from "../../../infra/registry/index.js";
import { logRuleFor, logRulesOf, type StackPlan } from "../../../infra/topology/index.js";
import type { FoundEvent } from "../../../operations/find.js";
import { whyNotHeld } from "../../../operations/logs.js";
import { isCanary } from "../../../operations/marks.js";
import type { Stage } from "../../../rehearsal/stage.js";
import { traceEvent } from "../../../rehearsal/trace.js";

/** A local bus the rehearsal brings the event to, and whose log does not show it although it could. */
export interface MissingHop {
  readonly account: string;
  /** Rule that should have carried it. */
  readonly via: string;
  /** Name of the bus that the rule is on. */
  readonly from: string;
  readonly to: string;
  /** Account of that bus, whose dead-letter queue has what the rule could not deliver. */
  readonly sender: string;
  readonly logGroup: string;
  /** Rule on `to` that should have logged it. */
  readonly logRule: string;
}

/** A local bus of which nobody can tell whether the event reached it. */
export interface UnknownHop {
  readonly account: string;
  readonly because: string;
}

/** An event that was found, beside what the rehearsal says should have happened to it. */
export interface JudgedEvent extends FoundEvent {
  readonly contract: Conformity;
  readonly isCanary: boolean;
  /** Where events are published, and the rules that log there as on every bus. */
  readonly backbone: { readonly account: string; readonly logRules: readonly string[] };
  readonly missing: readonly MissingHop[];
  readonly unknown: readonly UnknownHop[];
  /** Accounts whose log shows it although no route brings it there. */
  readonly unexpected: readonly string[];
  /** Why nothing was compared. */
  readonly note: string | undefined;
}

/** What a search says of all its events. */
export interface SearchFacts {
  readonly stacks: ReadonlyMap<string, StackPlan>;
  /** Accounts whose log was not searched, and why. */
  readonly unsearched: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** Follows a found event through the rehearsal and compares. */
export function judgeFound(stage: Stage, facts: SearchFacts, found: FoundEvent): JudgedEvent {
  const { registry, environment } = stage;
  const { source, detailType, detail, resources, account: accountId } = found.event;
  const seen = new Set(found.sightings.map(({ account }) => account));
  const contract = contractOf(registry, found.event, environment);
  const entry = {
    Source: source,
    DetailType: detailType,
    // For a detail that no log holds stands the example: what filters do with it is told below.
    Detail: JSON.stringify(detail ?? contract?.example ?? {}),
    Resources: [...resources],
  };
  const common = {
    ...found,
    contract: conformityOf(
      registry,
      { source, detailType, account: accountId, detail: entry.Detail },
      environment,
    ),
    isCanary: isCanary(found.event),
    backbone: { account: registry.backbone, logRules: logRulesOn(facts, registry.backbone) },
    missing: [],
    unknown: [],
    unexpected: [],
  };
  if (contract === undefined)
    return { ...common, note: "nothing was compared: nobody is routed an undeclared event" };
  const isOwn = contract.origin === undefined;
  if (isOwn && !seen.has(registry.backbone))
    return { ...common, note: noteWithoutGlobal(facts, found, registry.backbone) };
  if (isOwn && accountId !== undefined && isForged(stage, contract, accountId))
    return {
      ...common,
      note: `claimed by AWS account ${accountId}, which does not publish ${contract.key}: forwards take it from those alone who do`,
    };
  const from = isOwn ? contract.account : originOf(contract, accountId, environment);
  if (from === undefined) {
    const note = `nothing was compared: it is of account ${accountId ?? "?"}, from which ${contract.key} takes none`;
    return { ...common, note };
  }
  const undecided = detail === undefined ? filteredReceivers(stage, contract) : [];
  const deliveries = traceEvent(stage, entry, from).deliveries.filter(
    ({ account }) => !undecided.includes(account),
  );
  const way = isOwn
    ? { from: stage.busOf(registry.backbone).split("/").at(-1) ?? "", sender: registry.backbone }
    : { from: contract.origin.bus, sender: from };
  const expected = new Set(deliveries.map(({ account }) => account));
  const absent = deliveries
    .filter(({ account }) => !seen.has(account))
    .map((delivery) => ({ ...delivery, because: whyUnknown(facts, found, delivery.account) }));
  return {
    ...common,
    missing: absent
      .filter(({ because }) => because === undefined)
      .map(({ account, bus, via }) => ({
        account,
        via,
        to: bus,
        ...way,
        ...logOf(facts, account, contract),
      })),
    unknown: [
      ...absent.flatMap(({ account, because }) => (because === undefined ? [] : [{ account, because }])),
      ...undecided
        .filter((account) => !seen.has(account))
        .map((account) => ({
          account,
          because: "cannot be told: a filter decides, and logs hold no detail of what is sensitive",
        })),
    ],
    unexpected: [...seen].filter(
      (account) =>
        !(isOwn && account === registry.backbone) && !expected.has(account) && !undecided.includes(account),
    ),
    note: undefined,
  };
}

/** Without the global bus's log nobody knows whether the event was there, nor who should have it. */
function noteWithoutGlobal(facts: SearchFacts, found: FoundEvent, backbone: string): string {
  const { sightings, firstId, searched } = found;
  const { logGroup } = logOf(facts, backbone);
  const because = whyUnknown(facts, found, backbone);
  const isRedriven = sightings.every(({ event }) => event.id !== firstId);
  const where = `${logGroup} from ${searched.from.toISOString()} to ${searched.until.toISOString()}, by the event's own time`;
  return [
    isRedriven ? `a redrive put it back; it was first published as ${firstId}` : undefined,
    because === undefined
      ? `not found in ${where}: ${isRedriven ? "that log lacks it" : "it was put on the local bus directly, or that log lacks it"}`
      : `nothing was compared: ${backbone}: ${because}`,
  ]
    .filter((part) => part !== undefined)
    .join("; ");
}

/** Why the absence of an event in a log says nothing; undefined if it says something. */
function whyUnknown(
  { stacks, unsearched, now }: SearchFacts,
  { event, unread }: FoundEvent,
  account: string,
): string | undefined {
  const unasked = unsearched.get(account) ?? unread.get(account);
  if (unasked !== undefined) return `not searched, because ${unasked}`;
  const log = stacks.get(account)?.log;
  if (log === undefined) return undefined;
  const unheld = whyNotHeld(new Date(event.time), log.retentionDays, now);
  return unheld === undefined ? undefined : `cannot be told: ${log.logGroupName} ${unheld}`;
}

/** Accounts that get events of a contract by their detail. */
function filteredReceivers({ registry }: Stage, { key }: Contract): string[] {
  return registry.routes
    .filter(({ contracts, filter }) => filter !== undefined && contracts.includes(key))
    .map(({ to }) => to);
}

function logOf({ stacks }: SearchFacts, account: string, contract?: Contract) {
  const log = stacks.get(account)?.log;
  return { logGroup: log?.logGroupName ?? "", logRule: log === undefined ? "" : logRuleFor(log, contract) };
}

function logRulesOn({ stacks }: SearchFacts, account: string): string[] {
  const log = stacks.get(account)?.log;
  return log === undefined ? [] : logRulesOf(log);
}

/** Whether forwards, which tell publishers apart by their accounts where the bus does not, take it from nobody there. */
function isForged({ environment }: Stage, { publishers }: Contract, accountId: string): boolean {
  const ids = publishers.map(({ account }) => environment.accountIds.get(account));
  return environment.publishing === "organisation" && !ids.includes(accountId);
}
