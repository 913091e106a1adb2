import { type EventPattern, sameEvents } from "event-patterns";
import { type Answer, type Check, renderCheck, renderReason } from "eventbridge-simulator";
import { mendOf } from "./mends.js";

/** Something that does not hold. */
export interface ProofFailure {
  /** Key of the contract concerned, if one is. */
  readonly contract?: string | undefined;
  /** Name of the contract's example that was published, where the contract names its examples. */
  readonly example?: string | undefined;
  /** Name of the account concerned, if one is. */
  readonly account?: string | undefined;
  /** Where on the event's way it went wrong: "put events on the global bus", "forward", "event log". */
  readonly step: string;
  /** What happened that should not have, or did not that should have; names the resource. */
  readonly problem: string;
  /** What the registry wants and what is emitted, value by value, never shortened; absent where nothing is compared. */
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  /**
   * ARNs of the emitted resources that are themselves at fault (a policy is its resource's, a target its rule's). A failure
   * that says so is a cause; what goes wrong elsewhere because of it follows from it.
   */
  readonly at?: readonly string[] | undefined;
  /**
   * ARNs of what the event, or the request, that failed had to pass, the nearest to the failure first; it follows from a
   * cause at one of them.
   */
  readonly passes?: readonly string[] | undefined;
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

/** What a claim says of a failure beforehand. */
export interface Attempt extends Omit<ProofFailure, "problem" | "evidence" | "example"> {
  /** "<somebody> puts …": what must not be possible, or must be. */
  readonly attempt: string;
}

export function failureOf(
  { attempt, ...about }: Attempt,
  problem = attempt,
  evidence: readonly string[] = [],
): ProofFailure {
  return { ...about, problem, evidence };
}

/** With what was asked on the way as evidence, and as what it passes. */
export function failureBy(attempt: Attempt, problem: string, checks: readonly Check[]): ProofFailure {
  const passes = [...passedIn(checks), ...(attempt.passes ?? [])];
  return { ...failureOf(attempt, problem, evidenceOf(checks)), passes };
}

/** ARNs of whose policies answered, and of what was asked for: where it was refused first. */
export function passedIn(checks: readonly Check[]): string[] {
  const passed = checks.map((check) => ({
    isRefused: check.verdict.outcome !== "allowed",
    arns: arnsIn(check),
  }));
  return [
    ...passed.filter(({ isRefused }) => isRefused),
    ...passed.filter(({ isRefused }) => !isRefused),
  ].flatMap(({ arns }) => arns.filter((arn) => arn.startsWith("arn:")));
}

function arnsIn({ verdict, principal, resource }: Check): string[] {
  switch (verdict.outcome) {
    case "allowed":
      return [resource, ...verdict.allowedBy.map(({ policy }) => policy), principal];
    case "denied": {
      const spoke = [...verdict.deniedBy, ...verdict.nearMisses].map(({ statement }) => statement.policy);
      const isCallers = verdict.reason === "identity-allows-nothing";
      return [...spoke, ...(isCallers ? [principal, resource] : [resource, principal])];
    }
    case "cannot-decide":
      return [...verdict.unknowns.map(({ policy }) => policy), resource, principal];
  }
}

/**
 * Requires that an attempt succeeds.
 * @param ask asked again with full evidence only if it does not; its reason, if it has one, has the mend
 */
export function requirePermission(
  attempt: Attempt,
  ask: (evidence: "brief" | "full") => Answer,
): ProofFailure[] {
  if (ask("brief").outcome === "allowed") return [];
  const answer = ask("full");
  const { reason, subject } = answer;
  const because = reason === undefined ? "" : ` (${renderReason(reason, subject)})`;
  const checks = answer.checks.filter(({ verdict }) => verdict.outcome !== "allowed");
  const passes = [...(attempt.passes ?? []), ...(subject === undefined ? [] : [subject])];
  const about = { ...attempt, passes, mend: mendOf({ ...answer, checks }, attempt.mend) };
  return [failureBy(about, `cannot be done: ${attempt.attempt}${because}`, checks)];
}

/** A fact about what is emitted: nothing if it holds, else one failure. */
export function requireThat(holds: boolean, attempt: Attempt): ProofFailure[] {
  return holds ? [] : [failureOf(attempt)];
}

/**
 * Requires that patterns take, together, exactly the events they are for: a difference is told branch by branch, of each
 * side what the other does not take.
 * @param about its attempt names whose patterns they are, as the beginning of a sentence
 */
export function requireSameEvents(
  about: Attempt,
  wanted: readonly EventPattern[],
  found: readonly EventPattern[],
): ProofFailure[] {
  const compared = sameEvents(wanted, found);
  if (compared.kind === "same") return [];
  const { attempt } = about;
  if (compared.kind === "undecided") {
    const problem = `nobody can say whether ${attempt} takes exactly what the registry says: ${compared.why}`;
    return [failureOf(about, problem)];
  }
  const problem = `${attempt} does not take exactly what the registry says`;
  const [expected, emitted] = [compared.onlyLeft, compared.onlyRight].map(
    (branches) => branches.join("; or ") || "nothing besides",
  );
  return [failureOf({ ...about, expected, found: emitted }, problem)];
}

/** What the simulator saw, line by line. */
export function evidenceOf(checks: readonly Check[]): string[] {
  return checks.flatMap((check) => [...renderCheck(check)]);
}
