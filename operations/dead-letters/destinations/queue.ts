import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { redriveAttribute } from "backbone-runtime";
import { queueUrl } from "../../../infra/aws/arn.js";
import { queueMessageMaxBytes } from "../../../infra/aws/limits.js";
import { giveOnce, type GiveOutcome } from "../../aws/give.js";
import { type Gift, nameIn, nextRound, type OpenChannel } from "./channel.js";

/** SQS counts attributes, too: their names, types and values. */
const attributeBytes = 64;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
export const openChannel: OpenChannel = (session) => {
  const client = session.once((settings) => new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }));
  return {
    most: 10,
    bytes: queueMessageMaxBytes,
    sizeOf: ({ body }) => Buffer.byteLength(body) + attributeBytes,
    give: (arn, gifts) =>
      giveOnce(session, `send messages to ${arn}`, gifts.length, async (options) => {
        const { Successful = [], Failed = [] } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl(session, nameIn(arn)),
            Entries: gifts.map(entryOf),
          }),
          options,
        );
        return outcomesOf(gifts, Successful, Failed);
      }),
  };
};

function entryOf(gift: Gift, index: number) {
  return {
    Id: String(index),
    MessageBody: gift.body,
    MessageAttributes: { [redriveAttribute]: { DataType: "String", StringValue: nextRound(gift) } },
  };
}

interface Taken {
  readonly Id?: string | undefined;
  readonly MessageId?: string | undefined;
}

interface NotTaken {
  readonly Id?: string | undefined;
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
}

/** What SQS and SNS alike say of a batch whose entries are called by their place in it. */
export function outcomesOf(
  gifts: readonly Gift[],
  taken: readonly Taken[],
  notTaken: readonly NotTaken[],
): (GiveOutcome | undefined)[] {
  return gifts.map((_, index) => {
    const id = taken.find(({ Id }) => Id === String(index))?.MessageId;
    if (id !== undefined) return { kind: "accepted", id };
    const failure = notTaken.find(({ Id }) => Id === String(index));
    return failure && { kind: "refused", problem: `${failure.Code ?? ""}: ${failure.Message ?? ""}` };
  });
}
