import { type Environment, givenUp, type Registry, sharedAccounts } from "../infra/registry/index.js";
import { type Cause, causesOf, type ClaimFailure } from "./causes.js";
import type { ProofCheck } from "./claim.js";
import type { RecordedPlan } from "./emission/plan-file.js";
import { expectationsOf } from "./expectations.js";
import { alarmChecks } from "./proofs/alarms.js";
import { archiveChecks } from "./proofs/archives.js";
import { auditTrailChecks } from "./proofs/audit-trail.js";
import { busPolicyChecks } from "./proofs/bus-policies.js";
import { busLoggingChecks } from "./proofs/bus-logging.js";
import { deadLetterChecks } from "./proofs/dead-letters.js";
import { deliveryChecks, filterChecks } from "./proofs/delivery.js";
import { emittedResourceChecks } from "./proofs/emitted-resources.js";
import { encryptionChecks } from "./proofs/encryption.js";
import { exactForwardChecks } from "./proofs/exact-forwards.js";
import { forgedChecks } from "./proofs/forged.js";
import { inventoryChecks } from "./proofs/inventory.js";
import { limitChecks } from "./proofs/limits.js";
import { makeBeforeBreakChecks } from "./proofs/make-before-break.js";
import { rolePolicyChecks } from "./proofs/role-policies.js";
import { servicePolicyChecks } from "./proofs/service-policies.js";
import { roleChecks } from "./proofs/roles.js";
import { ruleChecks } from "./proofs/rules.js";
import { sensitiveLogChecks } from "./proofs/sensitive-logs.js";
import { stackChecks } from "./proofs/stacks.js";
import { exactSubscriptionChecks } from "./proofs/subscriptions.js";
import { subscriptionPolicyChecks } from "./proofs/subscription-policies.js";
import { tagChecks } from "./proofs/tags.js";
import { type Opening, openStage, type Stage } from "./stage.js";

/** One claim, tested. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly ok: boolean;
  /** How many events or requests were tried. */
  readonly cases: number;
}

/** What `backbone verify --json` prints. */
export interface Verification {
  readonly ok: boolean;
  readonly environment: string;
  readonly checks: readonly CheckResult[];
  /** What is wrong, the likeliest origin first, each with what else fails because of it. */
  readonly failures: readonly Cause[];
  /** What cannot be promised in this environment, and so is not tested. */
  readonly notes: readonly string[];
}

/**
 * Proves who receives what: expectations from the registry against the emitted resources.
 * @param plan every stack of the environment
 * @param progress told after each check how many of all are done
 */
export function verify(
  registry: Registry,
  environment: Environment,
  plan: RecordedPlan,
  progress: (done: number, total: number) => void = () => undefined,
): Verification {
  return verifyOpened(openStage(registry, environment, plan), environment, progress);
}

/**
 * As {@link verify}, for whoever has opened the stage and goes on with it.
 * @param claims default: all
 */
export function verifyOpened(
  opened: Opening,
  environment: Environment,
  progress: (done: number, total: number) => void,
  claims: readonly ProofCheck[] = opened.ok ? claimsOf(opened.stage) : [],
): Verification {
  if (!opened.ok) return refused(environment, opened.problems);
  const { checks, failures } = tested(claims, progress);
  return {
    ok: failures.length === 0,
    environment: environment.name,
    checks,
    failures: causesOf(failures),
    notes: notesOf(opened.stage),
  };
}

/** Tests claims one by one; failures are as they come. */
export function tested(
  claims: readonly ProofCheck[],
  progress: (done: number, total: number) => void = () => undefined,
): { readonly checks: readonly CheckResult[]; readonly failures: readonly ClaimFailure[] } {
  const failures: ClaimFailure[] = [];
  const checks = claims.map(({ id, title, run }, index): CheckResult => {
    const outcome = run();
    // Where nothing is compared, the claim is what was expected, and what happened is what was found.
    failures.push(
      ...outcome.failures.map((failure) => {
        const { expected = title, found = failure.problem } = failure;
        return { ...failure, id, expected, found };
      }),
    );
    progress(index + 1, claims.length);
    return { id, title, ok: outcome.failures.length === 0, cases: outcome.cases };
  });
  return { checks, failures };
}

/** Nothing can be asked of what is emitted. */
function refused({ name }: Environment, problems: readonly string[]): Verification {
  const check = {
    id: "emitted-resources",
    title: "AWS would accept the emitted resources, and the simulator knows them",
  };
  return {
    ok: false,
    environment: name,
    checks: [{ ...check, ok: false, cases: problems.length }],
    failures: problems.map((cause) => ({
      id: check.id,
      cause,
      expected: check.title,
      found: cause,
      mend: "mend what is emitted",
      step: "read the emitted resources",
      evidence: [],
      follows: [],
    })),
    notes: [],
  };
}

/** Every claim about a backbone, in the order in which they are tested. */
export function claimsOf(stage: Stage): ProofCheck[] {
  const expected = expectationsOf(stage.registry, stage.environment);
  return [
    ...inventoryChecks(stage, expected),
    // After that: what is for something that is missing cannot be read either.
    ...emittedResourceChecks(stage),
    ...stackChecks(stage, expected),
    ...limitChecks(stage),
    ...tagChecks(stage),
    ...roleChecks(stage),
    ...busPolicyChecks(stage),
    ...rolePolicyChecks(stage),
    ...servicePolicyChecks(stage),
    ...subscriptionPolicyChecks(stage),
    ...ruleChecks(stage),
    ...sensitiveLogChecks(stage),
    ...deliveryChecks(stage, expected),
    ...filterChecks(stage, expected),
    ...exactForwardChecks(stage, expected),
    ...exactSubscriptionChecks(stage, expected),
    ...forgedChecks(stage),
    ...makeBeforeBreakChecks(stage),
    ...deadLetterChecks(stage),
    ...encryptionChecks(stage),
    ...archiveChecks(stage),
    ...busLoggingChecks(stage),
    ...alarmChecks(stage),
    ...auditTrailChecks(stage),
  ];
}

/** What is assumed, and what cannot be promised. */
function notesOf(stage: Stage): string[] {
  return [
    ...boundaryNotes(stage),
    ...sharedAccountNotes(stage),
    ...[givenUp(stage.environment) ?? []].flat(),
  ];
}

function boundaryNotes({ environment: { roles, auditTrail } }: Stage): string[] {
  const boundary = roles?.permissionsBoundary;
  return [
    ...(boundary === undefined
      ? []
      : [
          `the permissions boundary ${boundary} is there in every account and allows what backbone check lists: its text is not in the registry`,
        ]),
    ...(roles === undefined || auditTrail === undefined
      ? []
      : [
          "the role of the audit trail: a plugin makes it, without path and permissions boundary of the environment",
        ]),
  ];
}

function sharedAccountNotes({ sharing, registry, environment }: Stage): string[] {
  if (sharing.size === 0) return [];
  const silent = [registry.backbone, ...registry.members].filter(
    (account) => sharing.has(account) && (registry.accounts.get(account)?.services ?? []).length === 0,
  );
  const groups = sharedAccounts(environment);
  const isEveryOne = groups.length === 1 && sharing.size === registry.members.length + 1;
  const who = isEveryOne
    ? "the accounts share one AWS account"
    : groups.map((names) => `${names.join(" and ")} share one AWS account`).join("; ");
  return [
    `${who}: a principal with events:PutEvents and without a publisher policy can claim ${isEveryOne ? "any declared source" : "the sources of all of them"}, so only roles that carry a publisher policy are tried`,
    ...(silent.length === 0
      ? []
      : [`without a service, and so without a publisher policy to hold a role: ${silent.join(", ")}`]),
  ];
}
