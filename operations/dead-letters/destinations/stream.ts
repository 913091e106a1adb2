import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { oneByOne, type OpenChannel } from "./channel.js";

/**
 * One record at a time: the role that redrives may PutRecord and not PutRecords.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export const openChannel: OpenChannel = (session) => {
  // Over HTTP/1.1 as all others, not over this client's own HTTP/2: what became of a request is then known the same way.
  const { requestHandler } = session.sqs.config;
  const client = session.once((settings) => new KinesisClient({ ...settings, requestHandler }));
  return oneByOne(session, "put records on", async (arn, { event, body, partitionKey }, options) => {
    const { SequenceNumber } = await client.send(
      new PutRecordCommand({
        StreamARN: arn,
        PartitionKey: partitionKey ?? event.id,
        Data: Buffer.from(body),
      }),
      options,
    );
    return SequenceNumber;
  });
};
