import { everyContext, relevantFacts, type Circumstances } from "./circumstances.js";
import { consult, nearMisses, type ConsultedPolicy, type Finding } from "./consult.js";
import type { RequestContext } from "./context.js";
import type { AccessRequest, RolePrincipal, ServicePrincipal } from "./request.js";
import type { DeniedReason } from "../reasons.js";
import type { Evidence, StatementEvidence, StatementRef, Unknown, Verdict } from "./verdict.js";

/** May a role do something to a resource? */
export interface RoleQuestion {
  readonly principal: RolePrincipal;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly circumstances: Circumstances;
  readonly identityPolicies: readonly ConsultedPolicy[];
  /** Undefined if the resource has none. */
  readonly resourcePolicy: ConsultedPolicy | undefined;
  readonly permissionsBoundary: string | undefined;
  /** A role's trust policy must allow even inside one account, where elsewhere an identity policy is enough. */
  readonly bothSides?: boolean;
}

/** May a service do something to a resource, or assume a role? The resource's own policies answer alone. */
export interface ServiceQuestion {
  readonly principal: ServicePrincipal;
  readonly action: string;
  /** Undefined for sts:AssumeRole. */
  readonly resource: string | undefined;
  readonly circumstances: Circumstances;
  readonly resourcePolicies: readonly ConsultedPolicy[];
}

/**
 * Decides a request of a role. An explicit deny in any policy wins. In one account an identity policy or the
 * resource policy suffices; across accounts both must allow. Not evaluated, because nothing here has them:
 * service control policies, resource control policies, session policies, VPC endpoint policies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function authorizeRole(question: RoleQuestion, evidence: Evidence): Verdict {
  const { identityPolicies, resourcePolicy } = question;
  const resourcePolicies = resourcePolicy === undefined ? [] : [resourcePolicy];
  const policies = [...identityPolicies, ...resourcePolicies];
  return inEveryContext(question.circumstances, policies, (context) => {
    const request: AccessRequest = { ...question, context };
    const identity = consult(identityPolicies, request, evidence);
    const resource = consult(resourcePolicies, request, evidence);
    const missing = resourcePolicy === undefined ? "resource-policy-absent" : "resource-allows-nothing";
    const sides =
      question.principal.account === question.resourceAccount && question.bothSides !== true
        ? insideAccount(identity, resource)
        : acrossAccounts(identity, resource, missing);
    return decide({
      denies: [...identity.denies, ...resource.denies],
      mayDeny: [...identity.mayDeny, ...resource.mayDeny, ...boundary(question.permissionsBoundary)],
      sides,
      near: (closed) => (evidence === "full" ? nearMisses(closed, request) : []),
    });
  });
}

/** Decides a request of a service, by the policies of the resource alone. */
export function authorizeService(question: ServiceQuestion, evidence: Evidence): Verdict {
  const { resourcePolicies } = question;
  return inEveryContext(question.circumstances, resourcePolicies, (context) => {
    const request: AccessRequest = { ...question, context };
    const { policies, denies, mayDeny, allows, mayAllow } = consult(resourcePolicies, request, evidence);
    const reason = resourcePolicies.length === 0 ? "resource-policy-absent" : "resource-allows-nothing";
    return decide({
      denies,
      mayDeny,
      sides: [{ policies, allowedBy: allows[0]?.statement, mayAllow, reason }],
      near: (closed) => (evidence === "full" ? nearMisses(closed, request) : []),
    });
  });
}

/** One side that has to allow. */
interface Side {
  readonly policies: readonly ConsultedPolicy[];
  readonly allowedBy: StatementRef | undefined;
  readonly mayAllow: readonly Unknown[];
  /** Why the request is denied if this side does not allow. */
  readonly reason: DeniedReason;
}

/**
 * In one account one side suffices. But a statement of the resource policy that reaches the caller only by naming
 * the account does not grant: it leaves the decision to the account's identity policies. `*`, the role's ARN and
 * the session's ARN grant directly.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-req-account.html
 */
function insideAccount(identity: Finding, resource: Finding): readonly Side[] {
  const direct = resource.allows.find(({ grant }) => grant === "direct");
  return [
    {
      policies: [...identity.policies, ...resource.policies],
      allowedBy: identity.allows[0]?.statement ?? direct?.statement,
      mayAllow: [...identity.mayAllow, ...resource.mayAllow],
      reason: resource.allows.length > 0 ? "account-delegates" : "nothing-allows",
    },
  ];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html */
function acrossAccounts(identity: Finding, resource: Finding, missing: DeniedReason): readonly Side[] {
  return [
    {
      policies: identity.policies,
      allowedBy: identity.allows[0]?.statement,
      mayAllow: identity.mayAllow,
      reason: "identity-allows-nothing",
    },
    {
      policies: resource.policies,
      allowedBy: resource.allows[0]?.statement,
      mayAllow: resource.mayAllow,
      reason: missing,
    },
  ];
}

interface Decision {
  readonly denies: readonly StatementEvidence[];
  readonly mayDeny: readonly Unknown[];
  readonly sides: readonly Side[];
  /** What came nearest to allowing in policies that had to. */
  readonly near: (policies: readonly ConsultedPolicy[]) => readonly StatementEvidence[];
}

/**
 * What is known decides where it can: a deny, or a side on which nothing even unknown could allow. Only then
 * does anything unknown make the answer "cannot decide"; it never makes it "allowed".
 */
function decide({ denies, mayDeny, sides, near }: Decision): Verdict {
  if (denies.length > 0)
    return { outcome: "denied", reason: "explicit-deny", deniedBy: denies, nearMisses: [] };
  const closed = sides.filter((side) => side.allowedBy === undefined && side.mayAllow.length === 0);
  const [first] = closed;
  if (first !== undefined) {
    const misses = closed.flatMap(({ policies }) => near(policies));
    return { outcome: "denied", reason: first.reason, deniedBy: [], nearMisses: misses };
  }
  const doubts = sides.filter((side) => side.allowedBy === undefined).flatMap((side) => side.mayAllow);
  const unknowns = [...doubts, ...mayDeny];
  if (unknowns.length > 0) return { outcome: "cannot-decide", unknowns: withoutRepetition(unknowns) };
  return { outcome: "allowed", allowedBy: sides.flatMap((side) => side.allowedBy ?? []) };
}

/** Where AWS does not document what a request carries, the answer stands only if it is the same in every case. */
function inEveryContext(
  circumstances: Circumstances,
  policies: readonly ConsultedPolicy[],
  decideIn: (context: RequestContext) => Verdict,
): Verdict {
  const mentions = (key: string): boolean =>
    policies.some(({ reading }) => reading.ok && reading.document.mentions(key));
  const facts = relevantFacts(circumstances, mentions);
  const [first, ...others] = everyContext(circumstances.known, facts).map(decideIn);
  if (first === undefined) return { outcome: "cannot-decide", unknowns: [] };
  if (others.every(({ outcome }) => outcome === first.outcome)) return first;
  return {
    outcome: "cannot-decide",
    unknowns: facts.map(({ subject }) => ({ reason: "unknown-circumstance", subject, policy: "" })),
  };
}

function boundary(arn: string | undefined): readonly Unknown[] {
  return arn === undefined ? [] : [{ reason: "unknown-boundary", subject: arn, policy: arn }];
}

function withoutRepetition(unknowns: readonly Unknown[]): readonly Unknown[] {
  const byText = new Map(unknowns.map((unknown) => [JSON.stringify(unknown), unknown]));
  return [...byText.values()];
}
