import { answerOf, checkService } from "../../ask/answer.js";
import { invokeFunction } from "../../ask/requests.js";
import { resourceKind } from "./resource-kind.js";

/**
 * A Lambda function, which EventBridge invokes asynchronously: what the function then fails on is no failure of the delivery.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-lambda-permissions
 */
export const lambdaFunction = resourceKind({
  isOf: ({ service, resource }) => service === "lambda" && resource.startsWith("function:"),
  gives: { actions: ["lambda:InvokeFunction"] },
  known: ({ functions }) => functions,
  byPolicy: ({ rule, evidence }, one) =>
    answerOf(
      [checkService("lambda:InvokeFunction", invokeFunction(rule, one), one.arn, evidence)],
      "function-denied",
    ),
});
