import type { AccountSession } from "../aws/session.js";
import { seeBus, type BusSight } from "./bus-sight.js";
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
