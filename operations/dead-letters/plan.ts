import type { StackPlan, Topology } from "../../infra/topology/index.js";
import { destinationOf, type Destination } from "./destination.js";
import type { Letter } from "./letter.js";

/** A letter with where it would go. */
export interface PlannedLetter {
  readonly letter: Letter;
  readonly destination: Destination;
}

/** Decides for every letter of an account's queue; asks nobody. */
export function planLetters(
  topology: Topology,
  account: StackPlan,
  letters: readonly Letter[],
): PlannedLetter[] {
  return letters.map((letter) => ({ letter, destination: destinationOf(topology, account, letter) }));
}
