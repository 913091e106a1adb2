import type { ConsultedPolicy } from "eventbridge-simulator";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { differencesOf } from "../policies/decide.js";
import type { May, Saying } from "../policies/may.js";
import type { Stage } from "../stage.js";

/** A policy of something, and what the registry says of it. */
export interface Policy {
  /** ARN of what it belongs to. */
  readonly of: string;
  /** Such as `bus policy`. */
  readonly kind: string;
  readonly policies: readonly ConsultedPolicy[];
  readonly allows: Saying;
  /** Asked where the account's own people have policies of their own, which a Deny alone holds. */
  readonly leaves?: Saying;
  /** Whether whoever carries it is the caller, and what it speaks of is elsewhere. */
  readonly isCarried?: boolean;
  /** What can be asked about, where that is not the thing itself. */
  readonly resources?: readonly string[];
}

/** The claim that policies of an account say what the registry says, to every caller and of every event. */
export function policyCheck(
  stage: Stage,
  { id, title, account }: { readonly id: string; readonly title: string; readonly account: string },
  policies: () => readonly Policy[],
): ProofCheck {
  return {
    id,
    title,
    run: () => {
      const outcomes = policies().map((policy) => judge(stage, account, policy));
      const { failures } = outcomeOf(outcomes, (outcome) => outcome.failures);
      return { cases: outcomes.reduce((sum, { classes }) => sum + classes, 0), failures };
    },
  };
}

function judge(
  stage: Stage,
  name: string,
  policy: Policy,
): { readonly classes: number; readonly failures: ProofFailure[] } {
  const { of, kind, isCarried = false, resources = isCarried ? undefined : [of] } = policy;
  const { id: account, region } = stage.account(name);
  const { classes, found } = differencesOf({
    ...policy,
    account,
    region,
    callers: !isCarried,
    resources,
    organizationOf: (id) => stage.world.organizations.get(id),
  });
  const [first] = found;
  if (first === undefined) return { classes, failures: [] };
  const failure: ProofFailure = {
    account: name,
    step: "read the policies",
    problem: `the ${kind} of ${of} ${first.sentence}`,
    expected: [...new Set(found.map(({ expected }) => expected))].join("\n"),
    found: [...new Set(found.map((one) => one.found))].join("\n"),
    mend: `${first.mend} (${kind} of ${of})`,
    evidence: found.map(({ sentence }) => `the ${kind} ${sentence}`),
    at: [of],
  };
  return { classes, failures: [failure] };
}

export const takeOn = ["sts:AssumeRole"];

/** Who takes on a role, and what it may do then. */
export interface RoleUse {
  readonly trust: May;
  readonly allows: Saying;
}

/** None for a role that is not there: that is told where resources are counted. */
export function policiesOf({ world }: Stage, arn: string, { trust, allows }: RoleUse): Policy[] {
  const role = world.roles.get(arn);
  if (role === undefined) return [];
  return [
    { of: arn, kind: "trust policy", policies: role.policies, allows: { must: [trust] } },
    { of: arn, kind: "role policy", policies: role.identity.policies, allows, isCarried: true },
  ];
}
