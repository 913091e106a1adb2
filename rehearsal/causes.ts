import type { ProofFailure } from "./claim.js";

/** A failure of a claim. */
export interface ClaimFailure extends ProofFailure {
  /** Id of the claim. */
  readonly id: string;
  readonly expected: string;
  readonly found: string;
}

/** Something that is wrong, and the failures that would not be without it. */
export interface Cause extends Omit<ClaimFailure, "problem" | "at" | "passes"> {
  /** What is wrong, as a sentence that names the resource. */
  readonly cause: string;
  /** The claim, where nothing is compared; then {@link found} is the cause. */
  readonly expected: string;
  readonly found: string;
  readonly follows: readonly Follower[];
}

/** A failure of a claim that is no cause itself. */
export type Follower = Pick<Cause, "id" | "cause" | "contract" | "account">;

/**
 * Finds what lies behind the failures. What is known to be at fault leads, once for each resource; what had to pass
 * there follows from it; the rest is told once for each diagnosis. The likeliest origin comes first.
 * @param failures in the order of the claims
 */
export function causesOf(failures: readonly ClaimFailure[]): Cause[] {
  const structural = groupsOfFaults(failures.filter(({ at = [] }) => at.length > 0));
  const others: ClaimFailure[] = [];
  for (const failure of failures.filter(({ at = [] }) => at.length === 0)) {
    const origin = originOf(failure, structural);
    if (origin === undefined) others.push(failure);
    else origin.push(failure);
  }
  return [...structural, ...groupsOfDiagnoses(others)].map(([first, ...follows]) => causeOf(first, follows));
}

/** The first leads. */
type Group = [ClaimFailure, ...ClaimFailure[]];

/** What is missing, misplaced or not needed makes policies fail, and not the other way round. */
function rankOf({ id }: ClaimFailure): number {
  return policyClaims.has(id.split(":", 1).join("")) ? 1 : 0;
}

const policyClaims: ReadonlySet<string> = new Set([
  "global-bus",
  "local-bus",
  "publisher-policy",
  "forward-role",
  "redrive-role",
  "subscription-role",
  "function-role",
  "function-policies",
  "queue-policies",
  "log-policies",
  "topic-policy",
  "key-policy",
]);

function groupsOfFaults(failures: readonly ClaimFailure[]): Group[] {
  const groups: Group[] = [];
  for (const failure of [...failures].sort((left, right) => rankOf(left) - rankOf(right))) {
    const same = groups.find(([{ at = [] }]) => failure.at?.some((arn) => at.includes(arn)));
    if (same === undefined) groups.push([failure]);
    else same.push(failure);
  }
  return groups;
}

/** The cause at what the failing request passed, the nearest to the failure if there are several, or at what is named. */
function originOf(
  { passes = [], problem, evidence }: ClaimFailure,
  groups: readonly Group[],
): Group | undefined {
  for (const arn of [...passes, ...arnsIn([problem, ...evidence].join("\n"))]) {
    const group = groups.find(([{ at = [] }]) => at.some((fault) => isPartOf(arn, fault)));
    if (group !== undefined) return group;
  }
  return undefined;
}

function arnsIn(text: string): string[] {
  return text.match(/arn:[\w-]+:[\w-]+:[^\s,;()"'…]*[^\s,;()"'….:]/gu) ?? [];
}

/** A role's own policies are called by its ARN and their name. */
function isPartOf(arn: string, whole: string): boolean {
  return arn === whole || (arn.startsWith(`${whole}/`) && whole.includes(":role/"));
}

/** One mistake makes the same claim fail for many contracts and accounts, and many claims in the same place. */
function groupsOfDiagnoses(failures: readonly ClaimFailure[]): Group[] {
  const groups: Group[] = [];
  const known = new Map<string, Group>();
  for (const failure of failures) {
    const keys = diagnosesOf(failure);
    const group = keys.map((key) => known.get(key)).find((one) => one !== undefined);
    if (group !== undefined) group.push(failure);
    const own: Group = group ?? [failure];
    if (group === undefined) groups.push(own);
    for (const key of keys) known.set(key, own);
  }
  return groups;
}

/** The same words but for whom they are about, the same evidence, or the same thing that refused. */
function diagnosesOf({ step, problem, evidence, contract, account, passes }: ClaimFailure): string[] {
  const [, detailType] = contract?.split("/") ?? [];
  const ofAnybody = [contract, detailType, account]
    .filter((name) => name !== undefined)
    .reduce((text, name) => text.replaceAll(name, "…"), problem.replaceAll(/\S+ "[^"]*"/gu, "…"));
  const nearest = passes?.find((arn) => arn !== "");
  return [
    `${step}: ${ofAnybody}`,
    ...(evidence.length === 0 ? [] : [evidence.join("\n")]),
    ...(nearest === undefined ? [] : [`at ${nearest}`]),
  ];
}

function causeOf(
  { id, problem, expected, found, mend, contract, example, account, step, evidence }: ClaimFailure,
  followers: readonly ClaimFailure[],
): Cause {
  const follows = followers.map((one): Follower => ({
    id: one.id,
    cause: one.problem,
    contract: one.contract,
    account: one.account,
  }));
  return { id, cause: problem, expected, found, mend, contract, example, account, step, evidence, follows };
}
