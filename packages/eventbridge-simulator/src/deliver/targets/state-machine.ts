import { resourceKind } from "./resource-kind.js";

/**
 * A state machine of Step Functions. Every delivery starts an execution of its own, a repeated one too.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-cloudwatch-events-s3.html
 */
export const stateMachine = resourceKind({
  isOf: ({ service, resource }) => service === "states" && resource.startsWith("stateMachine:"),
  gives: { actions: ["states:StartExecution"] },
});
