import { type EventPattern, sameEvents } from "event-patterns";
import type { ProofFailure } from "./proof.js";
import type { Attempt } from "./refusal.js";

/**
 * Requires that patterns take, together, exactly the events they are for: a difference is told branch by branch.
 * @param about its attempt names whose patterns they are, as the beginning of a sentence
 */
export function requireSameEvents(
  { account, step, attempt, mend }: Attempt,
  wanted: readonly EventPattern[],
  found: readonly EventPattern[],
): ProofFailure[] {
  const compared = sameEvents(wanted, found);
  if (compared.kind === "same") return [];
  const about = { ...(account === undefined ? {} : { account }), step, mend };
  if (compared.kind === "undecided") {
    const problem = `nobody can say whether ${attempt} takes exactly what the registry says: ${compared.why}`;
    return [{ ...about, problem, evidence: [] }];
  }
  return [
    {
      ...about,
      problem: `${attempt} does not take exactly what the registry says`,
      evidence: [
        ...compared.onlyLeft.map((branch) => `only the registry says: ${branch}`),
        ...compared.onlyRight.map((branch) => `only what is emitted takes: ${branch}`),
      ],
    },
  ];
}
