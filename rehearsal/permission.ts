import { evidenceOf } from "./diagnosis.js";
import type { ProofFailure } from "./proof.js";
import type { Attempt } from "./refusal.js";
import { renderReason, type KeyAnswer } from "eventbridge-simulator";

/**
 * Requires that an attempt succeeds.
 * @param ask asked again with full evidence only if it does not
 */
export function requirePermission(
  { contract, account, step, attempt, mend }: Attempt,
  ask: (evidence: "brief" | "full") => KeyAnswer,
): ProofFailure[] {
  if (ask("brief").outcome === "allowed") return [];
  const { reason, checks } = ask("full");
  return [
    {
      ...(contract === undefined ? {} : { contract }),
      ...(account === undefined ? {} : { account }),
      step,
      problem: `cannot be done: ${attempt}${reason === undefined ? "" : ` (${renderReason(reason)})`}`,
      mend,
      evidence: evidenceOf(checks.filter(({ verdict }) => verdict.outcome !== "allowed")),
    },
  ];
}

/** A fact about what is emitted: nothing if it holds, else one failure. */
export function requireThat(holds: boolean, { account, step, attempt, mend }: Attempt): ProofFailure[] {
  if (holds) return [];
  return [{ ...(account === undefined ? {} : { account }), step, problem: attempt, mend, evidence: [] }];
}
