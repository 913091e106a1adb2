import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import {
  AwsError,
  type Call,
  handlerOf,
  Queues,
  type QueueSettings,
  VirtualClock,
  withFaults,
} from "../src/index.js";
import { clientOf, open, post } from "./serving.js";

const arn = "arn:aws:sqs:eu-west-1:111111111111:orders";
const lettersArn = `${arn}-letters`;

async function openQueues(settings: Partial<QueueSettings> = {}) {
  const clock = new VirtualClock();
  const queues = new Queues({ clock });
  const queue = queues.create({ arn, ...settings });
  const letters = queues.create({ arn: lettersArn });
  const { url } = await open({ queues });
  const sqs = new SQSClient(clientOf(url));
  const QueueUrl = `${url}/111111111111/orders`;
  return { clock, queue, letters, url, sqs, QueueUrl };
}

describe("SQS as its SDK speaks to it", () => {
  it("sends and receives, with checksums that the SDK holds against the body", async () => {
    const { sqs, QueueUrl } = await openQueues();
    const MessageBody = 'an order 📦, and "quotes" & <tags>\r\n';
    const MessageAttributes = {
      origin: { DataType: "String", StringValue: "redrive" },
      bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255]) },
    };
    const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
    expect(sent.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    expect(Messages).toMatchObject([
      {
        MessageId: sent.MessageId,
        Body: MessageBody,
        MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
        MessageAttributes,
        Attributes: { ApproximateReceiveCount: "1", SenderId: "111111111111" },
      },
    ]);
  });

  it("tells of attributes only who asks, and by both names", async () => {
    const { queue, sqs, QueueUrl } = await openQueues({ visibilityTimeout: 0 });
    queue.send({
      body: "a",
      attributes: {
        "trace.id": { dataType: "String", value: "1" },
        other: { dataType: "String", value: "2" },
      },
    });
    const ask = async (names: object) => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...names }));
      const [{ Attributes = {}, MessageAttributes = {} } = {}] = Messages;
      return [...Object.keys(Attributes), ...Object.keys(MessageAttributes)];
    };
    expect(await ask({})).toEqual([]);
    expect(await ask({ AttributeNames: ["SentTimestamp"] })).toEqual(["SentTimestamp"]);
    expect(await ask({ MessageSystemAttributeNames: ["ApproximateReceiveCount"] })).toEqual([
      "ApproximateReceiveCount",
    ]);
    expect(await ask({ MessageAttributeNames: ["trace.*"] })).toEqual(["trace.id"]);
  });

  it("gives URLs that lead back, by the name under which it was found", async () => {
    const { url, sqs } = await openQueues();
    const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: "orders" }));
    expect(QueueUrl).toBe(`${url}/111111111111/orders`);
    const { port } = new URL(url);
    const local = new SQSClient(clientOf(`http://localhost:${port}`));
    const { QueueUrls } = await local.send(new ListQueuesCommand({}));
    expect(QueueUrls).toEqual([
      `http://localhost:${port}/111111111111/orders`,
      `http://localhost:${port}/111111111111/orders-letters`,
    ]);
  });

  it("takes a URL that was worked out for AWS, where the SDK is told to stay here", async () => {
    const { url, queue } = await openQueues();
    const sqs = new SQSClient({ ...clientOf(url), useQueueUrlAsEndpoint: false });
    const QueueUrl = "https://sqs.eu-west-1.amazonaws.com/111111111111/orders";
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
    expect(queue.counts().visible).toBe(1);
  });

  it("waits for a message, and answers with nothing when the time is over", async () => {
    const { clock, queue, sqs, QueueUrl } = await openQueues();
    const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const first = receive();
    queue.send({ body: "a" });
    expect((await first).Messages).toMatchObject([{ Body: "a" }]);
    const second = receive();
    // The request is here once it waits on the clock.
    await waitsFor(() => clock.appointments > 0);
    clock.advance(20_000);
    expect((await second).Messages).toBeUndefined();
  });

  it("hands nothing to a receiver that has gone while it waited", async () => {
    const { clock, queue, sqs, QueueUrl } = await openQueues();
    const gone = new AbortController();
    const receiving = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: gone.signal,
    });
    await waitsFor(() => clock.appointments > 0);
    gone.abort();
    await expect(receiving).rejects.toThrow();
    await waitsFor(() => clock.appointments === 0);
    queue.send({ body: "a" });
    expect(queue.peek()).toMatchObject([{ state: "visible", receiveCount: 0 }]);
  });

  it("takes back what it has handed to a receiver that did not live to get it", async () => {
    const queues = new Queues({ clock: new VirtualClock() });
    const queue = queues.create({ arn });
    queue.send({ body: "a" });
    const client = new AbortController();
    const leave = async ({ signal }: Call) => {
      client.abort();
      await waitsFor(() => signal.aborted);
    };
    const handle = withFaults(handlerOf({ queues }), { after: leave });
    const { url } = await open({}, { handle });
    const receive = new ReceiveMessageCommand({ QueueUrl: `${url}/111111111111/orders` });
    const receiving = new SQSClient(clientOf(url)).send(receive, { abortSignal: client.signal });
    await expect(receiving).rejects.toThrow();
    await waitsFor(() => queue.counts().visible === 1);
    expect(queue.peek()).toMatchObject([{ receiveCount: 0 }]);
  });

  it("hides, shows and deletes, one by one and in batches", async () => {
    const { queue, sqs, QueueUrl } = await openQueues();
    const Entries = ["a", "b", "c"].map((Id) => ({ Id, MessageBody: Id }));
    const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Successful.map(({ Id }) => Id)).toEqual(["a", "b", "c"]);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    const [a, b, c] = Messages.map(({ ReceiptHandle }) => ReceiptHandle);
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: a, VisibilityTimeout: 0 }));
    expect(queue.counts()).toEqual({ visible: 1, inFlight: 2, delayed: 0 });
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: b }));
    const changed = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "c", ReceiptHandle: c, VisibilityTimeout: 0 },
          { Id: "gone", ReceiptHandle: b, VisibilityTimeout: 0 },
        ],
      }),
    );
    expect(changed).toMatchObject({
      Successful: [{ Id: "c" }],
      Failed: [{ Id: "gone", Code: "MessageNotInflight", SenderFault: true }],
    });
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "c", ReceiptHandle: c },
          { Id: "b", ReceiptHandle: b },
          { Id: "wrong", ReceiptHandle: "wrong" },
        ],
      }),
    );
    expect(deleted).toMatchObject({
      Successful: [{ Id: "c" }, { Id: "b" }],
      Failed: [{ Id: "wrong", Code: "ReceiptHandleIsInvalid" }],
    });
    expect(queue.peek().map(({ body }) => body)).toEqual(["a"]);
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(queue.peek()).toEqual([]);
  });

  it("fails with single messages as it is told to", async () => {
    const queues = new Queues({
      refuse: (doing, { body }) => {
        if (doing === body) throw new AwsError("InternalError", "no", { status: 500 });
      },
    });
    const queue = queues.create({ arn });
    const { url } = await open({ queues });
    const Entries = ["send", "delete"].map((Id) => ({ Id, MessageBody: Id }));
    const send = new SendMessageBatchCommand({ QueueUrl: `${url}/111111111111/orders`, Entries });
    expect(await new SQSClient(clientOf(url)).send(send)).toMatchObject({
      Successful: [{ Id: "delete" }],
      Failed: [{ Id: "send", Code: "InternalError", SenderFault: false }],
    });
    for (const { receiptHandle } of queue.receive()) expect(() => queue.delete(receiptHandle)).toThrow("no");
    expect(queue.peek()).toMatchObject([{ body: "delete", state: "in-flight" }]);
  });

  it("tells of a queue what it is asked, its letters' queue included", async () => {
    const { url, sqs, QueueUrl } = await openQueues({
      redrivePolicy: { deadLetterTargetArn: lettersArn, maxReceiveCount: 3 },
    });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: arn,
      VisibilityTimeout: "30",
      RedrivePolicy: `{"deadLetterTargetArn":"${lettersArn}","maxReceiveCount":3}`,
    });
    expect((await sqs.send(new GetQueueAttributesCommand({ QueueUrl }))).Attributes).toBeUndefined();
    const { queueUrls } = await sqs.send(
      new ListDeadLetterSourceQueuesCommand({ QueueUrl: `${url}/111111111111/orders-letters` }),
    );
    expect(queueUrls).toEqual([QueueUrl]);
  });

  it.each([
    {
      what: "a queue that is not there",
      send: (sqs: SQSClient, url: string) =>
        sqs.send(new ReceiveMessageCommand({ QueueUrl: `${url}/111111111111/payments` })),
      name: "QueueDoesNotExist",
    },
    {
      what: "what is no queue's address",
      send: (sqs: SQSClient, url: string) =>
        sqs.send(new ReceiveMessageCommand({ QueueUrl: `${url}/orders` })),
      name: "InvalidAddress",
    },
    {
      what: "eleven entries",
      send: (sqs: SQSClient, url: string) =>
        sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: `${url}/111111111111/orders`,
            Entries: Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, MessageBody: "a" })),
          }),
        ),
      name: "TooManyEntriesInBatchRequest",
    },
    {
      what: "two entries of one name",
      send: (sqs: SQSClient, url: string) =>
        sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: `${url}/111111111111/orders`,
            Entries: ["a", "a"].map((Id) => ({ Id, MessageBody: "a" })),
          }),
        ),
      name: "BatchEntryIdsNotDistinct",
    },
  ])("refuses $what", async ({ send, name }) => {
    const { url, sqs } = await openQueues();
    // The SDK goes by the older name, which it gets because it asks for it.
    await expect(send(sqs, url)).rejects.toMatchObject({ name });
  });
});

describe("SQS as older clients speak to it", () => {
  const form = (fields: Readonly<Record<string, string>>) => ({
    service: "sqs",
    body: new URLSearchParams({ Version: "2012-11-05", ...fields }).toString(),
  });

  it("sends, receives and deletes by forms, and answers in XML", async () => {
    const { queue, url, QueueUrl } = await openQueues();
    const sent = await post(
      url,
      form({
        Action: "SendMessage",
        QueueUrl,
        MessageBody: "a < b & c\r\n",
        "MessageAttribute.1.Name": "origin",
        "MessageAttribute.1.Value.DataType": "String",
        "MessageAttribute.1.Value.StringValue": "redrive",
      }),
    );
    expect(sent.headers.get("content-type")).toBe("text/xml");
    const [{ id } = { id: "" }] = queue.peek();
    expect(sent.text).toContain(`<SendMessageResult><MessageId>${id}</MessageId><MD5OfMessageBody>`);
    const received = await post(
      url,
      form({
        Action: "ReceiveMessage",
        QueueUrl,
        "AttributeName.1": "All",
        "MessageAttributeName.1": "origin",
      }),
    );
    expect(received.text).toContain("<Body>a &lt; b &amp; c&#13;\n</Body>");
    expect(received.text).toContain(
      "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>",
    );
    expect(received.text).toContain(
      "<MessageAttribute><Name>origin</Name><Value><DataType>String</DataType><StringValue>redrive</StringValue></Value></MessageAttribute>",
    );
    const receipt = /<ReceiptHandle>(.*)<\/ReceiptHandle>/.exec(received.text)?.[1] ?? "";
    const deleted = await post(
      url,
      form({
        Action: "DeleteMessageBatch",
        QueueUrl,
        "DeleteMessageBatchRequestEntry.1.Id": "one",
        "DeleteMessageBatchRequestEntry.1.ReceiptHandle": receipt,
      }),
    );
    expect(deleted.text).toContain(
      "<DeleteMessageBatchResult><DeleteMessageBatchResultEntry><Id>one</Id></DeleteMessageBatchResultEntry></DeleteMessageBatchResult>",
    );
    expect(queue.peek()).toEqual([]);
  });

  it("has a result even where nothing is in it, into which they look", async () => {
    const { url, QueueUrl } = await openQueues();
    const { text } = await post(url, form({ Action: "ReceiveMessage", QueueUrl }));
    expect(text).toContain("<ReceiveMessageResult></ReceiveMessageResult>");
  });

  it("takes forms at the queue's own URL, too", async () => {
    const { queue, url, QueueUrl } = await openQueues();
    const posted = form({ Action: "SendMessage", QueueUrl, MessageBody: "a" });
    expect(await post(url, { ...posted, path: "/111111111111/orders" })).toMatchObject({ status: 200 });
    expect(queue.counts().visible).toBe(1);
  });

  it("sends a batch whose entries have attributes", async () => {
    const { queue, url, QueueUrl } = await openQueues();
    const entry = "SendMessageBatchRequestEntry.1";
    await post(
      url,
      form({
        Action: "SendMessageBatch",
        QueueUrl,
        [`${entry}.Id`]: "one",
        [`${entry}.MessageBody`]: "a",
        [`${entry}.DelaySeconds`]: "5",
        [`${entry}.MessageAttribute.1.Name`]: "n",
        [`${entry}.MessageAttribute.1.Value.DataType`]: "Number",
        [`${entry}.MessageAttribute.1.Value.StringValue`]: "1",
      }),
    );
    expect(queue.peek()).toMatchObject([
      { body: "a", state: "delayed", attributes: { n: { dataType: "Number", value: "1" } } },
    ]);
  });

  it("names errors as it used to", async () => {
    const { url } = await openQueues();
    const QueueUrl = `${url}/111111111111/payments`;
    const answer = await post(url, form({ Action: "PurgeQueue", QueueUrl }));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(
      "<Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist.</Message></Error>",
    );
  });

  it("is told of both names in JSON only if it asks", async () => {
    const { url } = await openQueues();
    const ask = (headers: Readonly<Record<string, string>>) =>
      post(url, {
        target: "AmazonSQS.PurgeQueue",
        service: "sqs",
        body: JSON.stringify({ QueueUrl: `${url}/111111111111/payments` }),
        headers,
      });
    const asked = await ask({ "x-amzn-query-mode": "true" });
    expect(asked.headers.get("x-amzn-query-error")).toBe("AWS.SimpleQueueService.NonExistentQueue;Sender");
    expect(asked.headers.get("content-type")).toBe("application/x-amz-json-1.0");
    expect(JSON.parse(asked.text)).toMatchObject({ __type: "com.amazonaws.sqs#QueueDoesNotExist" });
    expect((await ask({})).headers.get("x-amzn-query-error")).toBeNull();
  });
});

/** Turns of the event loop, in which the network does its work. */
async function waitsFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
