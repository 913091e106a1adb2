import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { oneByOne, type OpenChannel } from "./channel.js";

/** How Lambda says that it has an event in its queue and will call the function. */
const accepted = 202;

/**
 * As EventBridge calls a function: Lambda takes the event and answers before the function runs.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const openChannel: OpenChannel = (session) => {
  const client = session.once((settings) => new LambdaClient(settings));
  return oneByOne(session, "invoke", async (arn, { body }, options) => {
    const { StatusCode, $metadata } = await client.send(
      new InvokeCommand({ FunctionName: arn, InvocationType: "Event", Payload: Buffer.from(body) }),
      options,
    );
    return StatusCode === accepted ? $metadata.requestId : undefined;
  });
};
