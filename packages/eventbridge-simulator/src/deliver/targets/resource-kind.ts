import { parseArn } from "../../arn.js";
import type { Answer } from "../../ask/answer.js";
import { onBehalfOf, type GuardedResource } from "../../ask/requests.js";
import { askRole } from "../../ask/role-calls.js";
import type { Reason } from "../../reasons.js";
import type { World } from "../../world.js";
import { byRole } from "./by-role.js";
import {
  type Attempt,
  attemptOf,
  failed,
  type Handover,
  notAdmitted,
  type TargetKind,
  undecided,
} from "./target.js";

type Thing = GuardedResource & { readonly keyArn?: string | undefined };

/** What differs among things of an account that a rule of the same account delivers to. */
interface Traits<Known extends Thing> extends Pick<TargetKind, "isOf" | "gives"> {
  /** Those of a world whose own policy is known. */
  readonly known?: (world: World) => ReadonlyMap<string, Known>;
  /** Whether it lets EventBridge in for the rule by its own policy; left out where AWS takes an execution role only. */
  readonly byPolicy?: (handover: Handover, thing: Known) => Answer;
  /** Why a delivery to one that is not there fails. */
  readonly missing?: Reason;
}

/**
 * A kind of things that are reached in the rule's own account: by an execution role, or on the word of their own policy where
 * they have one. Inside one account the role's policies are enough, if the thing's own does not deny it.
 */
export function resourceKind<Known extends Thing>(traits: Traits<Known>): TargetKind {
  const { isOf, gives } = traits;
  return { isOf, gives, deliver: (handover) => deliver(traits, handover) };
}

function deliver<Known extends Thing>(
  { gives, known, byPolicy, missing = "target-missing" }: Traits<Known>,
  handover: Handover,
): Attempt {
  const { world, rule, target, evidence } = handover;
  const arn = parseArn(target.arn);
  if (arn?.region !== rule.region) return undecided("unmodelled-region");
  if (arn.account !== rule.account) return undecided("unmodelled-target-account");
  if (arn.resource.endsWith(".fifo")) return notAdmitted("target-fifo");
  if (target.roleArn === undefined && byPolicy === undefined) return notAdmitted("target-role-missing");
  const own = known?.(world).get(target.arn);
  const thing = own ?? world.assumed.get(target.arn);
  if (thing === undefined) return failed(missing, "NO_RESOURCE");
  if (target.roleArn !== undefined) {
    const uses = gives.keyUses?.(thing.arn) ?? [];
    return attemptOf(
      byRole(handover, ({ identity }) =>
        askRole(world, identity, gives.actions, thing, uses, evidence, { open: [onBehalfOf(rule)] }),
      ),
    );
  }
  if (own === undefined || byPolicy === undefined) return undecided("unmodelled-policy", [], target.arn);
  return attemptOf(byPolicy(handover, own));
}
