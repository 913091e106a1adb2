import { type EventPattern, sameEvents } from "event-patterns";
import { type Check, type KeyAnswer, renderCheck, renderReason } from "eventbridge-simulator";

/** Something that does not hold. */
export interface ProofFailure {
  /** Key of the contract concerned, if one is. */
  readonly contract?: string;
  /** Name of the contract's example that was published, where the contract names its examples. */
  readonly example?: string;
  /** Name of the account concerned, if one is. */
  readonly account?: string;
  /** Where on the event's way it went wrong: "put events on the global bus", "forward", "event log". */
  readonly step: string;
  /** What happened that should not have, or did not that should have; names the resource. */
  readonly problem: string;
  /** What the registry wants and what is emitted, value by value, never shortened; absent where nothing is compared. */
  readonly expected?: string;
  readonly found?: string;
  /**
   * ARNs of the emitted resources that are themselves at fault (a policy is its resource's, a target its rule's). A failure
   * that says so is a cause; what goes wrong elsewhere because of it follows from it.
   */
  readonly at?: readonly string[];
  /** ARNs of what the event, or the request, that failed had to pass; it follows from a cause at one of them. */
  readonly passes?: readonly string[];
  /** The likely mend. */
  readonly mend: string;
  /** What the simulator saw, line by line. */
  readonly evidence: readonly string[];
}

export interface CheckOutcome {
  /** How many events or requests were tried. */
  readonly cases: number;
  readonly failures: readonly ProofFailure[];
}

/** One claim about the backbone and how to test it. */
export interface ProofCheck {
  /** Stable, such as `delivery:orders/Order.Created`. */
  readonly id: string;
  /** The claim, as a sentence. */
  readonly title: string;
  readonly run: () => CheckOutcome;
}

/** Tests one claim over many cases. */
export function outcomeOf<Case>(
  cases: Iterable<Case>,
  test: (item: Case) => readonly ProofFailure[],
): CheckOutcome {
  const failures: ProofFailure[] = [];
  let count = 0;
  for (const item of cases) {
    count += 1;
    failures.push(...test(item));
  }
  return { cases: count, failures };
}

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

/** What the simulator saw, line by line. */
export function evidenceOf(checks: readonly Check[]): string[] {
  return checks.flatMap((check) => [...renderCheck(check)]);
}
