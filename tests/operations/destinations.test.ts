import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { GiveAnswer } from "../../operations/aws/give.js";
import type { AccountSession } from "../../operations/aws/session.js";
import { openChannel, type Gift } from "../../operations/dead-letters/destinations/index.js";
import { readLetter } from "../../operations/dead-letters/letter.js";
import { eventText, openFake } from "../fixtures/fake-backbone.js";
import { OperatedAws } from "../fixtures/operated-aws.js";
import { WireRecorder, type WireAnswer, type WireRequest } from "../fixtures/wire-recorder.js";

const aws = new OperatedAws();
let session: AccountSession;
let wire: WireRecorder;

beforeAll(async () => {
  await aws.start();
});

afterAll(async () => {
  await aws.stop();
});

beforeEach(async () => {
  session = await openFake(aws, "delivery");
  wire = new WireRecorder();
  vi.stubEnv("AWS_ENDPOINT_URL", await wire.start());
});

afterEach(async () => {
  session.close();
  vi.unstubAllEnvs();
  await wire.stop();
});

/** Numbers that reading and writing again would round, and letters of more than one byte. */
const body = eventText({
  id: "event-1",
  detail: '{"orderId":"o-1","amount":12345678901234567890.10,"to":"Zoë"}',
});

function giftOf(partitionKey?: string): Gift {
  const { event } = readLetter({ MessageId: "m-1", Body: body });
  if (event === undefined) throw new Error("no event");
  return { event, body, messageId: "m-1", partitionKey };
}

interface Kind {
  readonly name: string;
  readonly arn: string;
  readonly partitionKey?: string;
  readonly answer: WireAnswer;
  /** What the service calls it. */
  readonly id: unknown;
  /** Reads what was asked for. */
  readonly asked: (request: WireRequest) => unknown;
  readonly expected: unknown;
  /** How the service says that the thing is not there. */
  readonly missing: WireAnswer;
  readonly denied: WireAnswer;
}

const json = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer => ({
  status,
  body: JSON.stringify(value),
  headers: { "content-type": "application/x-amz-json-1.1", ...headers },
});
const failure = (type: string, status = 400) =>
  json(status, { __type: type, message: "no" }, { "x-amzn-errortype": type });
const queryFailure = (code: string, status: number): WireAnswer => ({
  status,
  body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  headers: { "content-type": "text/xml" },
});
const jsonOf = ({ headers, body: sent }: WireRequest) => ({
  target: headers["x-amz-target"],
  ...z.record(z.string(), z.unknown()).parse(JSON.parse(sent.toString())),
});
const MD5OfMessageBody = createHash("md5").update(body).digest("hex");
const record = Buffer.from(body).toString("base64");

const kinds: readonly Kind[] = [
  {
    name: "a queue",
    arn: "arn:aws:sqs:eu-west-1:333333333333:large-orders",
    answer: json(200, { Successful: [{ Id: "0", MessageId: "sent-1", MD5OfMessageBody }] }),
    id: "sent-1",
    asked: jsonOf,
    expected: {
      target: "AmazonSQS.SendMessageBatch",
      QueueUrl: "https://sqs.eu-west-1.amazonaws.com/333333333333/large-orders",
      Entries: [
        {
          Id: "0",
          MessageBody: body,
          MessageAttributes: { "backbone-redrive": { DataType: "String", StringValue: "1" } },
        },
      ],
    },
    missing: json(
      400,
      { __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "no" },
      { "x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender" },
    ),
    denied: failure("com.amazonaws.sqs#AccessDeniedException", 403),
  },
  {
    name: "a topic",
    arn: "arn:aws:sns:eu-west-1:333333333333:deliveries",
    answer: {
      status: 200,
      body: '<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Failed/><Successful><member><Id>0</Id><MessageId>sent-1</MessageId></member></Successful></PublishBatchResult></PublishBatchResponse>',
      headers: { "content-type": "text/xml" },
    },
    id: "sent-1",
    asked: ({ body: sent }) => Object.fromEntries(new URLSearchParams(sent.toString())),
    expected: {
      Action: "PublishBatch",
      Version: "2010-03-31",
      TopicArn: "arn:aws:sns:eu-west-1:333333333333:deliveries",
      "PublishBatchRequestEntries.member.1.Id": "0",
      "PublishBatchRequestEntries.member.1.Message": body,
      "PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Name": "backbone-redrive",
      "PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.DataType": "String",
      "PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.StringValue": "1",
    },
    missing: queryFailure("NotFound", 404),
    denied: queryFailure("AuthorizationError", 403),
  },
  {
    name: "a stream",
    arn: "arn:aws:kinesis:eu-west-1:333333333333:stream/status",
    answer: json(200, { SequenceNumber: "49", ShardId: "s" }),
    id: "49",
    asked: jsonOf,
    expected: {
      target: "Kinesis_20131202.PutRecord",
      StreamARN: "arn:aws:kinesis:eu-west-1:333333333333:stream/status",
      PartitionKey: "event-1",
      Data: record,
    },
    missing: failure("ResourceNotFoundException"),
    denied: failure("AccessDeniedException"),
  },
  {
    name: "a stream with a partition key",
    arn: "arn:aws:kinesis:eu-west-1:333333333333:stream/status",
    partitionKey: "o-1",
    answer: json(200, { SequenceNumber: "49", ShardId: "s" }),
    id: "49",
    asked: jsonOf,
    expected: {
      target: "Kinesis_20131202.PutRecord",
      StreamARN: "arn:aws:kinesis:eu-west-1:333333333333:stream/status",
      PartitionKey: "o-1",
      Data: record,
    },
    missing: failure("ResourceNotFoundException"),
    denied: failure("KMSAccessDeniedException"),
  },
  {
    name: "a delivery stream",
    arn: "arn:aws:firehose:eu-west-1:333333333333:deliverystream/lake",
    answer: json(200, { RecordId: "r-1" }),
    id: "r-1",
    asked: jsonOf,
    expected: {
      target: "Firehose_20150804.PutRecord",
      DeliveryStreamName: "lake",
      Record: { Data: record },
    },
    missing: failure("ResourceNotFoundException"),
    denied: failure("AccessDeniedException"),
  },
  {
    name: "a function",
    arn: "arn:aws:lambda:eu-west-1:333333333333:function:send-invoice",
    answer: { status: 202, body: "" },
    id: expect.stringMatching(/^[\da-f-]{36}$/),
    asked: ({ path, headers, body: sent }) => ({
      path: decodeURIComponent(path),
      type: headers["x-amz-invocation-type"],
      body: sent.toString(),
    }),
    expected: {
      path: "/2015-03-31/functions/arn:aws:lambda:eu-west-1:333333333333:function:send-invoice/invocations",
      type: "Event",
      body,
    },
    missing: failure("ResourceNotFoundException", 404),
    denied: failure("AccessDeniedException", 403),
  },
  {
    name: "a state machine",
    arn: "arn:aws:states:eu-west-1:333333333333:stateMachine:watch-orders",
    answer: json(200, { executionArn: "arn:x", startDate: 1 }),
    id: "arn:x",
    asked: jsonOf,
    expected: {
      target: "AWSStepFunctions.StartExecution",
      stateMachineArn: "arn:aws:states:eu-west-1:333333333333:stateMachine:watch-orders",
      name: "redrive-m-1",
      input: body,
    },
    missing: failure("StateMachineDoesNotExist"),
    denied: failure("AccessDeniedException"),
  },
];

async function give({ arn, partitionKey }: Kind, answer: WireAnswer): Promise<GiveAnswer> {
  wire.answer = answer;
  return (await openChannel(session, arn)).give(arn, [giftOf(partitionKey)]);
}

describe.each(kinds)("an event that is given to $name", (kind) => {
  it("is the event as EventBridge gives it, and is taken", async () => {
    const answer = await give(kind, kind.answer);
    expect(wire.requests.map(kind.asked)).toEqual([kind.expected]);
    expect(answer).toEqual({ outcomes: [{ kind: "accepted", id: kind.id }], failed: undefined });
  });

  it("is refused where nothing of the name is there, which says nothing of other destinations", async () => {
    const { outcomes, failed } = await give(kind, kind.missing);
    expect({ kind: outcomes[0]?.kind, failed }).toEqual({ kind: "refused", failed: "destination" });
    expect(JSON.stringify(outcomes)).toContain(kind.arn);
  });

  it("is refused where it may not be given, and not asked for again", async () => {
    const { outcomes } = await give(kind, kind.denied);
    expect(outcomes).toMatchObject([{ kind: "refused" }]);
    expect(wire.requests).toHaveLength(1);
  });

  it.each<[string, WireAnswer]>([
    ["AWS fails", failure("InternalFailure", 500)],
    ["something in between answers", { status: 400, body: "<html>", headers: { "x-amzn-requestid": "" } }],
    ["an answer says nothing", { status: 200, body: kind.name === "a topic" ? "<a></a>" : "{}" }],
  ])("is in doubt where %s, and not asked for again", async (_, answer) => {
    const { outcomes } = await give(kind, answer);
    expect(outcomes).toMatchObject([{ kind: "unknown" }]);
    expect(wire.requests).toHaveLength(1);
  });
});

it("several of a batch have each an answer of its own", async () => {
  wire.answer = json(200, {
    Successful: [{ Id: "2", MessageId: "sent-2", MD5OfMessageBody }],
    Failed: [{ Id: "0", Code: "InternalError", Message: "no", SenderFault: false }],
  });
  const arn = "arn:aws:sqs:eu-west-1:333333333333:large-orders";
  const { outcomes } = await (await openChannel(session, arn)).give(arn, [giftOf(), giftOf(), giftOf()]);
  expect(outcomes).toEqual([
    { kind: "refused", problem: "InternalError: no" },
    { kind: "unknown", problem: "AWS's answer does not say what became of it" },
    { kind: "accepted", id: "sent-2" },
  ]);
});

it("a state machine that has run for a letter refuses to run again, and others go on", async () => {
  const arn = "arn:aws:states:eu-west-1:333333333333:stateMachine:watch-orders";
  wire.answer = failure("ExecutionAlreadyExists");
  const { outcomes, failed } = await (await openChannel(session, arn)).give(arn, [giftOf()]);
  expect({ kind: outcomes[0]?.kind, failed }).toEqual({ kind: "refused", failed: "content" });
});

it("nothing is given to what is of no known kind", async () => {
  await expect(openChannel(session, "arn:aws:batch:eu-west-1:333333333333:job-queue/x")).rejects.toThrow(
    "nothing can be given to arn:aws:batch",
  );
});
