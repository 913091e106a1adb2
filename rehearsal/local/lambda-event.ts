import {
  md5OfAttributes,
  md5OfBody,
  type MessageAttribute,
  type Queue,
  type ReceivedMessage,
} from "aws-stand-in";

/**
 * Messages of a queue as AWS Lambda gives them to a function: in lower camel case, unlike ReceiveMessage, and always with all
 * system attributes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function lambdaEvent(
  queue: Pick<Queue, "arn">,
  messages: readonly ReceivedMessage[],
): { readonly Records: readonly LambdaRecord[] } {
  return { Records: messages.map((message) => recordOf(queue.arn, message)) };
}

export type LambdaRecord = ReturnType<typeof recordOf>;

function recordOf(arn: string, message: ReceivedMessage) {
  const { id, body, receiptHandle, attributes, systemAttributes, senderId } = message;
  const { sentAt, receiveCount, firstReceivedAt = sentAt, deadLetterSourceArn } = message;
  const md5OfMessageAttributes = md5OfAttributes(attributes);
  return {
    messageId: id,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: senderId,
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
      ...(deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: deadLetterSourceArn }),
      ...Object.fromEntries(Object.entries(systemAttributes).map(([name, { value }]) => [name, value])),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, attributeOf(attribute)]),
    ),
    md5OfBody: md5OfBody(body),
    ...(md5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes }),
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: arn.split(":")[3] ?? "",
  };
}

function attributeOf({ dataType, value }: MessageAttribute) {
  return {
    ...(dataType.startsWith("Binary") ? { binaryValue: value } : { stringValue: value }),
    stringListValues: [],
    binaryListValues: [],
    dataType,
  };
}

/**
 * What Lambda makes of a function's answer: the messages that failed.
 * @param ids of the messages that were given
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedIn(answer: unknown, ids: readonly string[]): readonly string[] {
  if (typeof answer !== "object" || answer === null || !("batchItemFailures" in answer)) return [];
  const { batchItemFailures: failures } = answer;
  if (failures === null || failures === undefined) return [];
  if (!Array.isArray(failures)) return ids;
  const named = failures.map((failure: unknown) =>
    typeof failure === "object" && failure !== null && "itemIdentifier" in failure
      ? failure.itemIdentifier
      : undefined,
  );
  // One that cannot be read, or is none of them, fails all.
  return named.every((name) => ids.some((id) => id === name)) ? ids.filter((id) => named.includes(id)) : ids;
}
