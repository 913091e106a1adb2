import { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import { redriveAttribute } from "backbone-runtime";
import { giveOnce } from "../../aws/give.js";
import { type Gift, nextRound, type OpenChannel } from "./channel.js";
import { outcomesOf } from "./queue.js";

/**
 * A message and a batch of them are at most so large.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */
const batchMaxBytes = 262_144;

const attributeBytes = 64;

export const openChannel: OpenChannel = (session) => {
  const client = session.once((settings) => new SNSClient(settings));
  return {
    most: 10,
    bytes: batchMaxBytes,
    sizeOf: ({ body }) => Buffer.byteLength(body) + attributeBytes,
    give: (arn, gifts) =>
      giveOnce(session, `publish to ${arn}`, gifts.length, async (options) => {
        const { Successful = [], Failed = [] } = await client.send(
          new PublishBatchCommand({ TopicArn: arn, PublishBatchRequestEntries: gifts.map(entryOf) }),
          options,
        );
        return outcomesOf(gifts, Successful, Failed);
      }),
  };
};

function entryOf(gift: Gift, index: number) {
  return {
    Id: String(index),
    Message: gift.body,
    MessageAttributes: { [redriveAttribute]: { DataType: "String", StringValue: nextRound(gift) } },
  };
}
