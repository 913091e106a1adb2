import type { AccountSession } from "../aws/session.js";
import { askForRules, listTargets } from "../bus-rules.js";
import { OperationError } from "../errors.js";
import type { RuleList } from "../rule-matching.js";
import { seeBus, type BusSight } from "./bus-sight.js";
import { afterSight, fateOf, type Fate, type FateFacts } from "./fate.js";
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
