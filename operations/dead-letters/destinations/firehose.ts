import { FirehoseClient, PutRecordCommand } from "@aws-sdk/client-firehose";
import { nameIn, oneByOne, type OpenChannel } from "./channel.js";

/**
 * One record at a time: the role that redrives may PutRecord and not PutRecordBatch.
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html
 */
export const openChannel: OpenChannel = (session) => {
  const client = session.once((settings) => new FirehoseClient(settings));
  return oneByOne(session, "put records on", async (arn, { body }, options) => {
    const { RecordId } = await client.send(
      new PutRecordCommand({ DeliveryStreamName: nameIn(arn), Record: { Data: Buffer.from(body) } }),
      options,
    );
    return RecordId;
  });
};
