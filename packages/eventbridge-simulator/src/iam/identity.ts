import { parseRoleArn } from "../arn.js";
import type { ConsultedPolicy } from "./authorize.js";
import type { NamedPolicy } from "./policy-json.js";
import { readPolicyOnce } from "./policy.js";
import type { RolePrincipal } from "./request.js";
import { absent, anyTag, type KeyFact, one, principalTagKey } from "./request.js";

/** A role that can be asked about: who it is, and the identity policies it carries, compiled. */
export interface Identity {
  readonly principal: RolePrincipal;
  readonly policies: readonly ConsultedPolicy[];
  /** Context keys that every request of this role carries. */
  readonly facts: readonly (readonly [string, KeyFact])[];
  readonly permissionsBoundary: string | undefined;
}

/** Tags of a principal; `any` of somebody who can tag himself, as an attacker may in his own account. */
export type Tags = Readonly<Record<string, string>> | "any";

/** What an identity is made of. */
export interface IdentitySource {
  readonly arn: string;
  readonly policies: readonly NamedPolicy[];
  readonly tags?: Tags | undefined;
  readonly permissionsBoundary?: string | undefined;
}

// A proof offers one caller to hundreds of buses and contracts.
const compiled = new WeakMap<IdentitySource, Identity | undefined>();

/**
 * Compiles a role with its policies, once for each object.
 * @returns undefined if the ARN is not that of a role
 */
export function compileIdentity(source: IdentitySource): Identity | undefined {
  if (!compiled.has(source)) compiled.set(source, compile(source));
  return compiled.get(source);
}

function compile(source: IdentitySource): Identity | undefined {
  const role = parseRoleArn(source.arn);
  if (role === undefined) return undefined;
  return {
    principal: { kind: "role", account: role.account, roleArn: source.arn, sessionArn: undefined },
    policies: source.policies.map(({ name, policy }) => ({
      name,
      reading: readPolicyOnce(policy, { kind: "identity" }),
    })),
    facts: [
      // The ARN of the role with its path, never that of the session (IAM, global condition keys).
      ["aws:principalarn", one(source.arn)],
      ["aws:principalaccount", one(role.account)],
      ["aws:principaltype", one("AssumedRole")],
      ...tagFacts(source.tags),
    ],
    permissionsBoundary: source.permissionsBoundary,
  };
}

function tagFacts(tags: Tags = {}): readonly (readonly [string, KeyFact])[] {
  if (tags === "any") return [[anyTag, absent]];
  return Object.entries(tags).map(([tag, value]) => [principalTagKey(tag), one(value)] as const);
}
