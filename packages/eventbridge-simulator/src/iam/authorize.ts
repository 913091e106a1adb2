import type { DeniedReason } from "../reasons.js";
import type { PolicyReading } from "./policy.js";
import type { Grant } from "./principal.js";
import {
  type AccessRequest,
  type Circumstances,
  everyContext,
  relevantFacts,
  type RequestContext,
  type RolePrincipal,
  type ServicePrincipal,
} from "./request.js";
import { differences, evaluateStatement, narrowing, type Statement, unknownThings } from "./statement.js";
import type { Evidence, PartEvidence, StatementEvidence, StatementRef, Unknown, Verdict } from "./verdict.js";

/** May a role do something to a resource? */
export interface RoleQuestion {
  readonly principal: RolePrincipal;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly circumstances: Circumstances;
  readonly identityPolicies: readonly ConsultedPolicy[];
  readonly resourcePolicies: readonly ConsultedPolicy[];
  readonly permissionsBoundary: string | undefined;
  /**
   * The resource's policy must allow even inside one account, where elsewhere an identity policy is enough: a role's trust
   * policy, a key's policy.
   */
  readonly resourceDecides?: boolean;
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
  const { identityPolicies, resourcePolicies } = question;
  const policies = [...identityPolicies, ...resourcePolicies];
  return inEveryContext(question.circumstances, policies, (context) => {
    const request: AccessRequest = { ...question, context };
    const identity = consult(identityPolicies, request, evidence);
    const resource = consult(resourcePolicies, request, evidence);
    const missing = resourcePolicies.length === 0 ? "resource-policy-absent" : "resource-allows-nothing";
    const isInside = question.principal.account === question.resourceAccount;
    const sidesOf = !isInside
      ? acrossAccounts
      : question.resourceDecides === true
        ? insideGuarded
        : insideAccount;
    const sides = sidesOf(identity, resource, missing);
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

/**
 * In one account, of a role or a key: its policy must allow, and alone suffices where it names the caller itself. Where it
 * names the account, the account's identity policies decide.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function insideGuarded(identity: Finding, resource: Finding, missing: DeniedReason): readonly Side[] {
  const [own, guard] = acrossAccounts(identity, resource, missing);
  const direct = resource.allows.find(({ grant }) => grant === "direct");
  if (direct !== undefined) return [{ ...guard, allowedBy: direct.statement }];
  return [{ ...own, mayAllow: [...own.mayAllow, ...resource.mayAllow] }, guard];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html */
function acrossAccounts(identity: Finding, resource: Finding, missing: DeniedReason): readonly [Side, Side] {
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
  // Only what the answer turns on is worth asking AWS.
  const turning = facts.filter((fact) =>
    everyContext(
      circumstances.known,
      facts.filter((other) => other !== fact),
    ).some((context) => {
      const outcomes = everyContext(context, [fact]).map((one) => decideIn(one).outcome);
      return new Set(outcomes).size > 1;
    }),
  );
  return {
    outcome: "cannot-decide",
    unknowns: turning.map(({ subject }) => ({ reason: "unknown-circumstance", subject, policy: "" })),
  };
}

function boundary(arn: string | undefined): readonly Unknown[] {
  return arn === undefined ? [] : [{ reason: "unknown-boundary", subject: arn, policy: arn }];
}

function withoutRepetition(unknowns: readonly Unknown[]): readonly Unknown[] {
  const byText = new Map(unknowns.map((unknown) => [JSON.stringify(unknown), unknown]));
  return [...byText.values()];
}

/** A policy that takes part in a decision. */
export interface ConsultedPolicy {
  readonly name: string;
  readonly reading: PolicyReading;
}

export interface AllowFinding {
  readonly statement: StatementRef;
  readonly grant: Grant;
}

/** What a set of policies says about one request. */
export interface Finding {
  readonly policies: readonly ConsultedPolicy[];
  readonly denies: readonly StatementEvidence[];
  readonly allows: readonly AllowFinding[];
  /** What would have to be known to say that nothing else denies. */
  readonly mayDeny: readonly Unknown[];
  /** What would have to be known to say that nothing else allows. */
  readonly mayAllow: readonly Unknown[];
}

/** Asks policies about a request. A malformed policy may hold anything, so it counts as both unknowns. */
function consult(policies: readonly ConsultedPolicy[], request: AccessRequest, evidence: Evidence): Finding {
  const denies: StatementEvidence[] = [];
  const allows: AllowFinding[] = [];
  const mayDeny: Unknown[] = [];
  const mayAllow: Unknown[] = [];
  for (const { name, reading } of policies) {
    if (!reading.ok) {
      const unknowns = reading.problems.map((problem): Unknown => ({ ...problem, policy: name }));
      mayDeny.push(...unknowns);
      mayAllow.push(...unknowns);
      continue;
    }
    for (const statement of reading.document.statementsFor(request.principal)) {
      const answer = evaluateStatement(statement, request);
      if (answer === "no") continue;
      const ref: StatementRef = { policy: name, statement: statement.label };
      if (answer === "unknown") {
        const list = statement.effect === "Deny" ? mayDeny : mayAllow;
        list.push(...unknownThings(statement, request).map((thing) => ({ ...thing, ...ref })));
      } else if (statement.effect === "Deny") {
        denies.push({ statement: ref, parts: evidence === "full" ? narrowing(statement, request) : [] });
      } else {
        allows.push({ statement: ref, grant: statement.principal?.grant(request.principal) ?? "direct" });
      }
    }
  }
  return { policies, denies, allows, mayDeny, mayAllow };
}

/** How many statements are worth a look. */
const mostNearMisses = 3;

/** The Allow statements that come nearest to allowing the request, with all in which they differ from it. */
function nearMisses(
  policies: readonly ConsultedPolicy[],
  request: AccessRequest,
): readonly StatementEvidence[] {
  return nearestOf(
    policies.flatMap(({ name, reading }) =>
      reading.ok ? reading.document.statements.map((statement) => ({ policy: name, statement })) : [],
    ),
    request,
  );
}

/** Of these statements, as {@link nearMisses}. */
export function nearestOf(
  statements: readonly { readonly policy: string; readonly statement: Statement }[],
  request: AccessRequest,
): readonly StatementEvidence[] {
  const misses = statements
    .filter(({ statement }) => statement.effect === "Allow" && evaluateStatement(statement, request) === "no")
    .map(({ policy, statement }) => {
      const parts = differences(statement, request);
      const evidence = { statement: { policy, statement: statement.label }, parts };
      return { distance: distanceOf(statement, parts, request), evidence };
    });
  const [nearest] = [...misses].sort((left, right) => compareLists(left.distance, right.distance));
  return misses
    .filter(({ distance }) => nearest !== undefined && compareLists(distance, nearest.distance) === 0)
    .slice(0, mostNearMisses)
    .map(({ evidence }) => evidence);
}

/**
 * How far a statement is from the request; the first number that differs decides. First in how many things it differs,
 * then how much, then how little of it holds, as several things that fit are no chance; that it is for anybody is.
 */
function distanceOf(
  { parts, conditions }: Statement,
  differing: readonly PartEvidence[],
  request: AccessRequest,
): readonly number[] {
  const weight = differing.reduce((sum, part) => sum + (isOtherValue(part, request) ? 1 : 2), 0);
  // `*` names nobody.
  const isForAnybody = parts.some((part) => {
    const { part: kind, wants } = part.evidence(request);
    return kind === "principal" && wants.length === 0;
  });
  const holding = parts.length + conditions.length - differing.length - (isForAnybody ? 1 : 0);
  return [differing.length, weight, -holding];
}

/**
 * Another caller of the same kind, or another value of a key that the request has: a slip, and no other purpose. A
 * condition on the caller's name says whom the statement is for.
 */
function isOtherValue(part: PartEvidence, { principal }: AccessRequest): boolean {
  switch (part.part) {
    case "action":
    case "resource":
      return false;
    case "principal":
      return part.wants.some(isService) === (principal.kind === "service");
    case "condition":
      return part.has !== undefined && part.key.toLowerCase() !== "aws:principalarn";
  }
}

function isService(name: string): boolean {
  return name.endsWith(".amazonaws.com");
}

function compareLists(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}
