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
  return isOfCloudTrail(detailType) && readOnly === true && managementEvent === true;
}

/** Whether events of a detail-type are what CloudTrail records. */
export function isOfCloudTrail(detailType: string): boolean {
  return detailType.endsWith(" via CloudTrail");
}

/** What is wrong where management events that only read are asked for, and none can come. */
export function saysNothingProblem(
  detailTypes: readonly string[],
  { readOnlyManagementEvents }: Origin,
): string | undefined {
  if (readOnlyManagementEvents !== true || detailTypes.length === 0 || detailTypes.some(isOfCloudTrail))
    return undefined;
  return 'asks for what CloudTrail records, and no contract here has such a detail-type; remove it, or declare one, such as "AWS API Call via CloudTrail"';
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
