import type { GuardedResource } from "./authorize/requests/resource.js";

/**
 * A bus that does not exist has no policy that could refuse, so only the caller's own policies speak: the question
 * is asked as if the bus were in the caller's account. What passes is acknowledged and lost (facts, section 0).
 */
export function missingBus(arn: string, callerAccount: string, region: string): GuardedResource {
  return { arn, account: callerAccount, region, organizationId: undefined, policies: [] };
}
