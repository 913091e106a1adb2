import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { oneByOne, type OpenChannel } from "./channel.js";

/**
 * The execution is called after the letter, so that a standard state machine refuses to run twice for it, whatever was
 * agreed to.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const openChannel: OpenChannel = (session) => {
  const client = session.once((settings) => new SFNClient(settings));
  return oneByOne(session, "start executions of", async (arn, { body, messageId }, options) => {
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn: arn, name: `redrive-${messageId}`, input: body }),
      options,
    );
    return executionArn;
  });
};
