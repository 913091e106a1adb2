import { resourceKind } from "./resource-kind.js";

/**
 * A Firehose stream. Which of the two calls EventBridge makes is not said, and its console grants both. It adds no delimiter.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
 */
export const firehose = resourceKind({
  isOf: ({ service, resource }) => service === "firehose" && resource.startsWith("deliverystream/"),
  gives: { actions: ["firehose:PutRecord", "firehose:PutRecordBatch"] },
});
