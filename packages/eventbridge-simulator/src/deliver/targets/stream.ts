import { resourceKind } from "./resource-kind.js";

/**
 * A stream of Kinesis Data Streams.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
 */
export const stream = resourceKind({
  isOf: ({ service, resource }) => service === "kinesis" && resource.startsWith("stream/"),
  gives: { actions: ["kinesis:PutRecord"] },
});
