import type { Message } from "./aws.js";
import { type Received, redriveAttribute } from "./received.js";
import type { Rejected } from "./rejected.js";
import type { Runtime } from "./runtime.js";

/**
 * Sends what was rejected to the queue of letters, as EventBridge writes dead letters: the event as body, why as attributes.
 * @throws Error unless SQS says that it has it
 */
export async function sendLetter(
  { environment, sendMessage }: Runtime,
  queueUrl: string,
  { body, queueArn, group, messageId, redriven }: Received,
  { code, message }: Rejected,
): Promise<void> {
  const attributes = {
    ERROR_CODE: code,
    ERROR_MESSAGE: message,
    RULE_ARN: environment.BACKBONE_RULE_ARN,
    TARGET_ARN: queueArn,
    // A letter that SQS moves keeps it, too: by it the next redrive knows that this is another round.
    [redriveAttribute]: redriven,
  };
  const letter: Message = {
    QueueUrl: queueUrl,
    MessageBody: body,
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value = ""]) => {
        const StringValue = asAttribute(value);
        return StringValue === "" ? [] : [[name, { DataType: "String", StringValue }]];
      }),
    ),
    ...(queueUrl.endsWith(".fifo") && messageId !== undefined
      ? { MessageGroupId: group ?? messageId, MessageDeduplicationId: messageId }
      : {}),
  };
  const { MessageId } = await sendMessage(letter);
  if (MessageId === undefined)
    throw new Error("SQS's answer does not say that it has the letter, so it is tried again");
}

const longestAttribute = 1_000;

/** SQS takes the characters of XML only, and no empty text. */
function asAttribute(text: string): string {
  return text
    .slice(0, longestAttribute)
    .replaceAll(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
