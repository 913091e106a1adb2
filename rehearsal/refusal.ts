import { evidenceOf } from "./diagnosis.js";
import type { ProofFailure } from "./proof.js";
import type { Check } from "eventbridge-simulator";

/** Something that must be refused: who tries what, and what to do if it is not. */
export interface Attempt {
  readonly contract?: string;
  readonly account?: string;
  readonly step: string;
  /** "<somebody> puts …": what must not be possible. */
  readonly attempt: string;
  readonly mend: string;
}

/**
 * Requires that an attempt fails: at least one of the checks it needs must be denied. "Cannot decide" is not
 * a refusal.
 * @param ask asked again with full evidence only if the attempt is not refused
 */
export function requireRefusal(
  attempt: Attempt,
  ask: (evidence: "brief" | "full") => readonly Check[],
): ProofFailure[] {
  if (ask("brief").some(({ verdict }) => verdict.outcome === "denied")) return [];
  const checks = ask("full");
  const undecided = checks.some(({ verdict }) => verdict.outcome === "cannot-decide");
  const { contract, account, step, mend } = attempt;
  return [
    {
      ...(contract === undefined ? {} : { contract }),
      ...(account === undefined ? {} : { account }),
      step,
      problem: undecided
        ? `cannot be decided: ${attempt.attempt}`
        : `possible, but must not be: ${attempt.attempt}`,
      mend,
      evidence: evidenceOf(checks),
    },
  ];
}
