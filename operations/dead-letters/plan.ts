import { contractOf, type Registry } from "../../infra/registry/index.js";
import type { AccountSession } from "../aws/session.js";
import { askForRules, type BusSight, listTargets, type RuleList, seeBus } from "../rules.js";
import { OperationError } from "../run.js";
import { afterSight, type Fate, type FateFacts, fateOf, type StayReason } from "./fate.js";
import type { Letter } from "./letter.js";
import type { HeldLetter } from "./read.js";

/** What stands on a bus, as far as letters have to do with it. */
export interface RuleSight {
  readonly listing: RuleList;
  /** ARNs of the targets of rules that letters name, by rule. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
  /** What could not be looked at. */
  readonly problem: string | undefined;
}

/** Looks at the rules of a bus, and at the targets of those that letters are about. */
export async function lookAtRules(
  session: AccountSession,
  bus: string,
  letters: readonly HeldLetter[],
): Promise<RuleSight> {
  const listing = await askForRules(session, bus);
  const targets = new Map<string, readonly string[]>();
  if (listing.kind === "unknown") return { listing, targets, problem: listing.because };
  const named = new Set(letters.map(({ letter }) => letter.ruleArn?.split("/").at(-1)));
  let problem: string | undefined;
  for (const { name } of listing.rules.filter((rule) => named.has(rule.name))) {
    try {
      targets.set(name, await listTargets(session, bus, name));
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      problem = error.message;
    }
  }
  return { listing, targets, problem };
}

/** A letter with what happens to it. */
export interface PlannedLetter {
  readonly held: HeldLetter;
  readonly letter: Letter;
  readonly fate: Fate;
}

/** Decides for every letter in hand; asks nobody. */
export function planLetters(
  facts: FateFacts,
  letters: readonly HeldLetter[],
  sights: ReadonlyMap<string, BusSight> = new Map(),
): PlannedLetter[] {
  return letters.map((held) => ({
    held,
    letter: held.letter,
    fate: afterSight(fateOf(facts, held.letter), sights),
  }));
}

/** Looks at every bus that letters go to, as the role that puts them there. */
export async function seeBuses(
  role: AccountSession,
  letters: readonly PlannedLetter[],
): Promise<ReadonlyMap<string, BusSight>> {
  const sights = new Map<string, BusSight>();
  for (const { fate } of letters) {
    if (fate.kind === "goes" && !sights.has(fate.bus)) sights.set(fate.bus, await seeBus(role, fate.bus));
  }
  return sights;
}

/** Which letters are meant; within one field any of its values, all fields together. Empty: all. */
export interface Choice {
  /** Names or ARNs. */
  readonly rules: readonly string[];
  readonly errors: readonly string[];
  /** Keys, `orders/Order.Created`. */
  readonly contracts: readonly string[];
  /** Of the message, of the event, or of the event before its first redrive. */
  readonly ids: readonly string[];
  /** Letters that EventBridge gave up before this. */
  readonly before: Date | undefined;
  /** Why they stay. */
  readonly reasons: readonly StayReason[];
}

/** Everything but the reason, which is known only after all have been read. */
export function isChosen(choice: Choice, registry: Registry, letter: Letter): boolean {
  const { rules, errors, contracts, ids, before } = choice;
  const { event, ruleArn, errorCode, messageId, sentAt } = letter;
  const has = (wanted: readonly string[], values: readonly (string | undefined)[]) =>
    wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value));
  return (
    has(rules, [ruleArn, ruleArn?.split("/").at(-1)]) &&
    has(errors, [errorCode]) &&
    has(contracts, [event === undefined ? undefined : contractOf(registry, event)?.key]) &&
    has(ids, [messageId, event?.id, event?.rounds.firstId]) &&
    (before === undefined || (sentAt !== undefined && sentAt < before))
  );
}

export function isEmpty({ rules, errors, contracts, ids, before, reasons }: Choice): boolean {
  return before === undefined && [rules, errors, contracts, ids, reasons].every(({ length }) => length === 0);
}
