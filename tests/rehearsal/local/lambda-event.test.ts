import { Queues, VirtualClock } from "aws-stand-in";
import { expect, it } from "vitest";
import { lambdaEvent } from "../../../rehearsal/local/index.js";

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const arn = "arn:aws:sqs:eu-west-1:333333333333:work";

it("gives messages as Lambda does: in lower camel case, with every attribute, as text", () => {
  const clock = new VirtualClock(1_000);
  const queue = new Queues({ clock }).create({ arn });
  const { id } = queue.send({
    body: "héllo",
    attributes: { why: { dataType: "String", value: "test" }, raw: { dataType: "Binary", value: "AAE=" } },
    systemAttributes: { AWSTraceHeader: { dataType: "String", value: "Root=1" } },
    senderId: "AROA:events",
  });
  const [first] = queue.receive({ visibilityTimeout: 5 });
  clock.advance(6_000);
  const messages = queue.receive();
  expect(first?.receiveCount).toBe(1);
  expect(lambdaEvent(queue, messages)).toEqual({
    Records: [
      {
        messageId: id,
        receiptHandle: messages[0]?.receiptHandle,
        body: "héllo",
        attributes: {
          ApproximateReceiveCount: "2",
          SentTimestamp: "1000",
          SenderId: "AROA:events",
          ApproximateFirstReceiveTimestamp: "1000",
          AWSTraceHeader: "Root=1",
        },
        messageAttributes: {
          why: { stringValue: "test", stringListValues: [], binaryListValues: [], dataType: "String" },
          raw: { binaryValue: "AAE=", stringListValues: [], binaryListValues: [], dataType: "Binary" },
        },
        md5OfBody: "be50e8478cf24ff3595bc7307fb91b50",
        md5OfMessageAttributes: matching(/^[0-9a-f]{32}$/),
        eventSource: "aws:sqs",
        eventSourceARN: arn,
        awsRegion: "eu-west-1",
      },
    ],
  });
});
