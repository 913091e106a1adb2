/** Something that does not hold. */
export interface ProofFailure {
  /** Key of the contract concerned, if one is. */
  readonly contract?: string;
  /** Name of the account concerned, if one is. */
  readonly account?: string;
  /** Where on the event's way it went wrong: "put events on the global bus", "forward", "event log". */
  readonly step: string;
  /** What happened that should not have, or did not that should have; names the resource. */
  readonly problem: string;
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
