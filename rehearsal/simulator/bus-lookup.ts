import { parseBusArn } from "./arn.js";
import type { GuardedResource } from "./authorize/requests/resource.js";
import type { World } from "./built-world.js";

/**
 * A bus that does not exist has no policy that could refuse, so only the caller's own policies speak: the question
 * is asked as if the bus were in the caller's account. What passes is acknowledged and lost (facts, section 0).
 */
export function missingBus(arn: string, callerAccount: string, region: string): GuardedResource {
  return { arn, account: callerAccount, region, organizationId: undefined, policies: [] };
}

/** A bus of the world, or what stands for one that is not there. */
export function guardOf(world: World, busArn: string, callerAccount: string): GuardedResource {
  return world.buses.get(busArn) ?? missingBus(busArn, callerAccount, parseBusArn(busArn)?.region ?? "");
}
