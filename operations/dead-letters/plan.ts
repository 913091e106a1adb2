import type { AccountSession } from "../aws/session.js";
import { OperationError } from "../errors.js";
import { seeBus, type BusSight } from "./bus-sight.js";
import { listRules, type BusRule } from "./bus-rules.js";
import { afterSight, fateOf, type Fate, type FateFacts } from "./fate.js";
import type { Letter } from "./letter.js";
import type { HeldLetter } from "./read.js";

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

/** The rules of a bus, or why they could not be listed. */
export type RuleListing =
  | { readonly ok: true; readonly rules: readonly BusRule[] }
  | { readonly ok: false; readonly problem: string };

export async function tryListRules(session: AccountSession, busName: string): Promise<RuleListing> {
  try {
    return { ok: true, rules: await listRules(session, busName) };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { ok: false, problem: error.message };
  }
}
