import type { JsonObject } from "../../aws/event-pattern.js";
import type { Example, Origin } from "../registry.js";

/**
 * EventBridge gives management events that only read, such as `DescribeInstances`, to rules in the state
 * `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS` alone, and says nothing where a rule is in another.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function isReadOnlyManagementEvent(
  detailType: string,
  { readOnly, managementEvent }: JsonObject,
): boolean {
  return detailType.endsWith(" via CloudTrail") && readOnly === true && managementEvent === true;
}

/** What is wrong with a contract that has an event for its example which no rule of its would be given. */
export function readOnlyProblem(
  { detailType, examples }: { readonly detailType: string; readonly examples: readonly Example[] },
  { readOnlyManagementEvents }: Origin,
): string | undefined {
  const concerned = examples.filter(({ detail }) => isReadOnlyManagementEvent(detailType, detail));
  if (readOnlyManagementEvents === true || concerned.length === 0) return undefined;
  return "has a management event that only reads for its example, which EventBridge keeps back; write readOnlyManagementEvents: true beside accounts to get such events, or give an example that changes something";
}
