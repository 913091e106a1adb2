import { logsPrincipal, parseArn, parseRoleArn } from "../arn.js";
import { type Principal, principalName, type RolePrincipal, type ServicePrincipal } from "./request.js";
import type { StatementPart } from "./verdict.js";

/**
 * How a Principal element reaches a caller. `account`: only by naming the caller's account, which in the same
 * account leaves the decision to the identity policies. `direct`: by its role, its session, its service or `*`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export type Grant = "direct" | "account" | "none" | "unknown";

export interface PrincipalPart extends StatementPart {
  readonly grant: (principal: Principal) => Grant;
  /** Whether any caller of this account (or this service) could be reached; lets a policy skip statements. */
  readonly concerns: (accountOrService: string) => boolean;
}

/** A Principal element, sorted by what its values name. */
export interface PrincipalSet {
  everyone: boolean;
  readonly accounts: Set<string>;
  /** ARNs of roles, sessions and users. */
  readonly arns: Set<string>;
  readonly services: Set<string>;
  /** Values of a kind that the simulator does not know. */
  readonly unknown: string[];
}

/**
 * Services whose principals can appear in the policies of an event backbone. Any other is unknown rather than
 * merely different, so that a misspelt one is named.
 */
const services: ReadonlySet<string> = new Set(
  [
    "events",
    "delivery.logs",
    "logs",
    "sns",
    "sqs",
    "s3",
    "lambda",
    "scheduler",
    "pipes",
    "cloudtrail",
    "cloudwatch",
    "states",
  ].map((name) => `${name}.amazonaws.com`),
);

/** CloudWatch Logs uses keys under a name of its own in each Region. */
function isRegionalLogs(service: string): boolean {
  const [, region] = /^logs\.([a-z]{2}(?:-[a-z]+)+-\d)\./u.exec(service) ?? [];
  return region !== undefined && service === logsPrincipal(region);
}

export function emptyPrincipalSet(): PrincipalSet {
  return { everyone: false, accounts: new Set(), arns: new Set(), services: new Set(), unknown: [] };
}

/**
 * Adds one value of a Principal element.
 * @param kind `AWS`, `Service`, or another key of the element
 * @returns false if AWS would refuse the value: wildcards stand for everyone or not at all, never inside an ARN
 */
export function addPrincipal(set: PrincipalSet, kind: string, value: string): boolean {
  if (kind === "AWS") return addAwsPrincipal(set, value);
  if (kind !== "Service") {
    set.unknown.push(`${kind} ${value}`);
    return kind === "Federated" || kind === "CanonicalUser";
  }
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/u.test(value)) return false;
  if (services.has(value) || isRegionalLogs(value)) set.services.add(value);
  else set.unknown.push(`Service ${value}`);
  return true;
}

function addAwsPrincipal(set: PrincipalSet, value: string): boolean {
  if (value === "*") {
    set.everyone = true;
    return true;
  }
  if (/^\d{12}$/u.test(value)) {
    set.accounts.add(value);
    return true;
  }
  const arn = parseArn(value);
  if (arn === undefined) {
    // A deleted role shows as its unique id, which cannot be compared with anything we know.
    set.unknown.push(`AWS ${value}`);
    return /^A[A-Z]{3}[A-Z0-9]+$/u.test(value);
  }
  if (/[*?$]/u.test(value) || !/^\d{12}$/u.test(arn.account)) return false;
  if (arn.service === "iam" && arn.resource === "root") set.accounts.add(arn.account);
  else if (arn.service === "iam" && /^(role|user)\/./u.test(arn.resource)) set.arns.add(value);
  else if (arn.service === "sts" && /^assumed-role\/./u.test(arn.resource)) set.arns.add(value);
  else set.unknown.push(`AWS ${value}`);
  return true;
}

export function principalPart(set: PrincipalSet): PrincipalPart {
  const arnAccounts = new Set([...set.arns].map((arn) => parseArn(arn)?.account));
  const open = set.everyone || set.unknown.length > 0;
  const grant = (principal: Principal): Grant => {
    if (set.everyone) return "direct";
    const reached =
      principal.kind === "service" ? grantToService(set, principal) : grantToRole(set, principal);
    return reached === "none" && set.unknown.length > 0 ? "unknown" : reached;
  };
  return {
    grant,
    concerns: (name) => open || set.accounts.has(name) || arnAccounts.has(name) || set.services.has(name),
    test: ({ principal }) => {
      const reached = grant(principal);
      if (reached === "none") return "no";
      return reached === "unknown" ? "unknown" : "yes";
    },
    evidence: ({ principal }) => ({ part: "principal", wants: namesOf(set), has: principalName(principal) }),
    unknown: () => ({ reason: "unknown-principal", subject: [...set.unknown, ...set.arns].join(", ") }),
  };
}

/** Whom a Principal element names, for people. */
function namesOf({ accounts, arns, services: named, unknown }: PrincipalSet): readonly string[] {
  return [...[...accounts].map((account) => `account ${account}`), ...arns, ...named, ...unknown];
}

function grantToService({ services: named }: PrincipalSet, { service }: ServicePrincipal): Grant {
  return named.has(service) ? "direct" : "none";
}

function grantToRole({ arns, accounts }: PrincipalSet, principal: RolePrincipal): Grant {
  const { account, roleArn, sessionArn } = principal;
  if (arns.has(roleArn) || (sessionArn !== undefined && arns.has(sessionArn))) return "direct";
  if (accounts.has(account)) return "account";
  return sessionArn === undefined && namesSessionOf(arns, principal) ? "unknown" : "none";
}

function namesSessionOf(arns: ReadonlySet<string>, { account, roleArn }: RolePrincipal): boolean {
  const sessions = `:${account}:assumed-role/${parseRoleArn(roleArn)?.name ?? ""}/`;
  return [...arns].some((arn) => arn.includes(sessions));
}

/** A Principal element that is not evaluated at all, such as NotPrincipal. */
export function undecidablePrincipal(subject: string): PrincipalPart {
  return {
    grant: () => "unknown",
    concerns: () => true,
    test: () => "unknown",
    evidence: ({ principal }) => ({ part: "principal", wants: [subject], has: principalName(principal) }),
    unknown: () => ({ reason: "unknown-element", subject }),
  };
}
