import type { Identity } from "../iam/identity.js";
import { encryptionContextKey, type KeyFact, one, type OpenFact } from "../iam/request.js";
import type { Evidence } from "../iam/verdict.js";
import type { Reason } from "../reasons.js";
import type { Action, Check } from "../steps.js";
import type { World } from "../world.js";
import { type Answer, answerOf, checkRole, granted, inTurn, refused } from "./answer.js";
import type { KeyUse } from "./key-uses.js";
import { callerFacts, type GuardedResource } from "./requests.js";

/** What a role's request says beyond who does what with what. */
export interface CallDetails {
  /** Encryption context of a call to KMS. */
  readonly context?: Readonly<Record<string, string>>;
  /** The resource's own policy must allow, inside one account too: that of a role or a key. */
  readonly resourceDecides?: boolean;
  readonly open?: readonly OpenFact[];
}

/** May this role do this with something, by a request of its own? */
export function checkCall(
  world: World,
  role: Identity,
  action: Action,
  resource: GuardedResource,
  evidence: Evidence,
  { context = {}, resourceDecides = false, open = [] }: CallDetails = {},
): Check {
  const { principal, policies: identityPolicies, permissionsBoundary } = role;
  const facts = callerFacts(role, world.organizations.get(principal.account), resource);
  const named = Object.entries(context).map(
    ([name, value]) => [encryptionContextKey(name), one(value)] as const,
  );
  const question = {
    principal,
    action,
    resource: resource.arn,
    resourceAccount: resource.account,
    circumstances: { known: new Map<string, KeyFact>([...facts, ...named]), open },
    identityPolicies,
    resourcePolicies: resource.policies,
    permissionsBoundary,
    resourceDecides,
  };
  return checkRole(action, question, evidence);
}

/** What whoever does it by a role needs of the key of what he does it with; the source is of services alone. */
export type RoleKeyUse = Pick<KeyUse, "actions" | "context">;

/** May this role do all this with something, and with the key that it is encrypted with? */
export function askRole(
  world: World,
  role: Identity,
  actions: readonly Action[],
  on: GuardedResource & { readonly keyArn?: string | undefined },
  uses: readonly RoleKeyUse[],
  evidence: Evidence,
  { open = [], denied = "target-role-denied" }: { open?: readonly OpenFact[]; denied?: Reason } = {},
): Answer {
  return inTurn(
    () =>
      answerOf(
        actions.map((action) => checkCall(world, role, action, on, evidence, { open })),
        denied,
      ),
    () => askKeyAs(world, role, on.keyArn, uses, evidence),
  );
}

/**
 * Of a key that is known by name only it is taken for granted that it leaves the decision to the policies of its account, as
 * the policy does that KMS gives to a key.
 */
function askKeyAs(
  world: World,
  role: Identity,
  keyArn: string | undefined,
  uses: readonly RoleKeyUse[],
  evidence: Evidence,
): Answer {
  if (keyArn === undefined) return granted;
  const known = world.keys.get(keyArn);
  const key = known ?? world.assumed.get(keyArn);
  if (key === undefined) return refused("key-missing", keyArn);
  const checks = uses.flatMap(({ actions, context }) =>
    actions.map((action) =>
      checkCall(world, role, action, key, evidence, {
        context: Object.fromEntries((context?.values ?? []).map((value) => [context?.key ?? "", value])),
        resourceDecides: known !== undefined,
      }),
    ),
  );
  return answerOf(checks, "role-key-denied");
}
