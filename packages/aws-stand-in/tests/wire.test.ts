import { connect } from "node:net";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import {
  AwsError,
  type Call,
  PortError,
  type PutEventsEntry,
  Queues,
  serve,
  VirtualClock,
} from "../src/index.js";
import { authorization, clientOf, identify, open, post } from "./serving.js";

interface Put {
  readonly call: Call;
  readonly entries: readonly PutEventsEntry[];
}

async function openBus(options: Parameters<typeof open>[1] = {}) {
  const puts: Put[] = [];
  const putEvents = (call: Call, entries: readonly PutEventsEntry[]) => {
    puts.push({ call, entries });
    return entries.map(({ Source }, index) =>
      Source === undefined
        ? { errorCode: "InvalidArgument", errorMessage: "Parameter Source is not valid." }
        : { eventId: `event-${index}` },
    );
  };
  const { url, port } = await open({ putEvents, queues: new Queues({ clock: new VirtualClock() }) }, options);
  return { url, port, puts };
}

const entry = { Source: "com.example.orders", DetailType: "Order.Created", Detail: "{}" };
const putEvents = { target: "AWSEvents.PutEvents", body: JSON.stringify({ Entries: [entry] }) };

describe("PutEvents", () => {
  it("says what became of each entry, in their order, and knows who put them", async () => {
    const { url, puts } = await openBus();
    const client = new EventBridgeClient(clientOf(url, "orders"));
    const Time = new Date("2026-01-01T12:00:00.500Z");
    const answer = await client.send(
      new PutEventsCommand({ Entries: [{ ...entry, Time, Resources: ["order/1"] }, { DetailType: "x" }] }),
    );
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: "event-0" }, { ErrorCode: "InvalidArgument" }],
    });
    expect(puts).toMatchObject([
      {
        call: {
          region: "eu-west-1",
          caller: { accountId: "111111111111", arn: "arn:aws:iam::111111111111:role/orders" },
        },
        entries: [{ ...entry, Time: 1_767_268_800.5, Resources: ["order/1"] }, { DetailType: "x" }],
      },
    ]);
  });

  it("is refused as a whole, and SDKs do not ask again", async () => {
    let calls = 0;
    const { url } = await open({
      putEvents: () => {
        calls += 1;
        throw new AwsError(
          "AccessDeniedException",
          "User: orders is not authorized to perform: events:PutEvents",
        );
      },
    });
    const client = new EventBridgeClient({ ...clientOf(url, "orders"), maxAttempts: 3 });
    await expect(client.send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    expect(calls).toBe(1);
  });

  it.each([
    { what: "no entries", Entries: [] },
    { what: "eleven entries", Entries: Array.from({ length: 11 }, () => entry) },
  ])("of $what is refused", async ({ Entries }) => {
    const { url } = await openBus();
    const client = new EventBridgeClient(clientOf(url));
    await expect(client.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  it("knows the attempts of one call by the SDK's id of it", async () => {
    const { url, puts } = await openBus();
    await new EventBridgeClient(clientOf(url)).send(new PutEventsCommand({ Entries: [entry] }));
    expect(puts[0]?.call.invocationId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("what is no call", () => {
  it.each([
    { what: "no body", posted: { ...putEvents, body: "" }, type: "ValidationException" },
    { what: "no JSON", posted: { ...putEvents, body: "{" }, type: "SerializationException" },
    { what: "a list", posted: { ...putEvents, body: "[]" }, type: "SerializationException" },
    { what: "no list", posted: { ...putEvents, body: '{"Entries":1}' }, type: "SerializationException" },
    {
      what: "a list of null",
      posted: { ...putEvents, body: '{"Entries":[null]}' },
      type: "SerializationException",
    },
    {
      what: "a number for a text",
      posted: { ...putEvents, body: '{"Entries":[{"Source":1}]}' },
      type: "SerializationException",
    },
    {
      what: "a text for a time",
      posted: { ...putEvents, body: '{"Entries":[{"Time":"2026-01-01"}]}' },
      type: "SerializationException",
    },
    {
      what: "an action that is not here",
      posted: { ...putEvents, target: "AWSEvents.PutRule" },
      type: "UnknownOperationException",
      text: "events has no action PutRule here; it has PutEvents",
    },
    {
      what: "a name that every object has",
      posted: { ...putEvents, target: "AWSEvents.toString" },
      type: "UnknownOperationException",
    },
    {
      what: "a service that is not here",
      posted: { ...putEvents, target: "DynamoDB_20120810.GetItem" },
      type: "UnknownOperationException",
      text: "AWS_ENDPOINT_URL_EVENTBRIDGE",
    },
    {
      what: "a service that this backend does not have",
      posted: { target: "AmazonSSM.GetParameter", body: '{"Name":"a"}' },
      type: "UnknownOperationException",
    },
    {
      what: "CBOR",
      posted: { headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" } },
      type: "UnknownOperationException",
      text: "application/cbor",
    },
    {
      what: "nobody",
      posted: { ...putEvents, key: "AKIAIOSFODNN7EXAMPLE" },
      type: "UnrecognizedClientException",
    },
    {
      what: "another's account under a service's name",
      posted: { ...putEvents, key: "222222222222:orders" },
      type: "UnrecognizedClientException",
    },
    {
      what: "a signature of no form",
      posted: { ...putEvents, headers: { authorization: "AWS4-HMAC-SHA256 Credential=SECRET" } },
      type: "IncompleteSignatureException",
    },
    {
      what: "another page in a browser",
      posted: { ...putEvents, headers: { origin: "http://example.com" } },
      type: "AccessDeniedException",
      status: 403,
    },
    {
      what: "a path in the endpoint",
      posted: { ...putEvents, path: "/base" },
      type: "UnknownOperationException",
      text: "the endpoint has the path /base",
      status: 404,
    },
  ])("is refused in AWS's words: $what", async ({ posted, type, text = "", status = 400 }) => {
    const { url, puts } = await openBus();
    const answer = await post(url, posted);
    expect(answer).toMatchObject({ status });
    expect(JSON.parse(answer.text)).toMatchObject({ __type: type });
    expect(answer.text).toContain(text);
    // What was sent may be somebody's key.
    expect(answer.text).not.toMatch(/SECRET|AKIAIOSFODNN7EXAMPLE/);
    expect(puts).toEqual([]);
  });

  it.each([
    { what: "no action", body: "QueueUrl=a", service: "sqs", code: "MissingAction" },
    { what: "an unknown action", body: "Action=Nothing", service: "sqs", code: "InvalidAction" },
    {
      what: "a list without items",
      body: "Action=SendMessageBatch&QueueUrl=http://a/111111111111/orders&SendMessageBatchRequestEntry=",
      service: "sqs",
      code: "AWS.SimpleQueueService.NonExistentQueue",
    },
    { what: "an unknown service", body: "Action=ListBuckets", service: "s3", code: "InvalidAction" },
    { what: "what is missing", body: "Action=PurgeQueue", service: "sqs", code: "MissingParameter" },
    {
      what: "a text for a structure",
      body: "Action=PurgeQueue&QueueUrl.1=a",
      service: "sqs",
      code: "MalformedInput",
    },
    {
      what: "both a text and more",
      body: "Action=SendMessage&a=b&a.1=c&a=d",
      service: "sqs",
      code: "MissingParameter",
    },
  ])("is refused by forms in XML: $what", async ({ body, service, code }) => {
    const { url } = await openBus();
    const answer = await post(url, { body, service });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`<Type>Sender</Type><Code>${code}</Code>`);
  });

  it("needs an Authorization header, which pages cannot send unasked", async () => {
    const { url } = await openBus();
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ Action: "ListQueues" }),
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>MissingAuthenticationToken</Code>");
    const preflight = await fetch(url, { method: "OPTIONS", headers: { origin: "http://example.com" } });
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("has an answer of AWS's form at every path", async () => {
    const { url } = await openBus();
    const response = await fetch(`${url}/nothing`);
    expect(response.status).toBe(404);
    expect(JSON.parse(await response.text())).toEqual({
      __type: "UnknownOperationException",
      message: "there is nothing at GET /nothing",
    });
  });

  it("is too large, is read to its end all the same, and is answered", async () => {
    const { url, puts } = await openBus();
    const answer = await post(url, { ...putEvents, body: "x".repeat(9 * 1_024 * 1_024) });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain("RequestEntityTooLargeException");
    expect((await post(url, putEvents)).status).toBe(200);
    expect(puts).toHaveLength(1);
  });

  it.each([
    { what: "nonsense", bytes: "\u0000\u0001 nonsense\r\n\r\n" },
    { what: "half a request", bytes: `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"Entr` },
    { what: "a header that ends nowhere", bytes: "POST / HTTP/1.1\r\nhost: a\r\nx: " },
  ])("does not end the server: $what, and gone", async ({ bytes }) => {
    const { url, port } = await openBus();
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.end(bytes);
      });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        resolve();
      });
      socket.resume();
    });
    expect((await post(url, putEvents)).status).toBe(200);
  });
});

describe("a mistake of the server's own", () => {
  it("is told, and is nothing that an SDK would send again", async () => {
    const bugs: unknown[] = [];
    const mistake = new TypeError("x is not a function");
    const { url } = await open(
      {
        putEvents: () => {
          throw mistake;
        },
      },
      { onBug: (error) => bugs.push(error) },
    );
    const client = new EventBridgeClient({ ...clientOf(url), maxAttempts: 3 });
    await expect(client.send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: "StandInFailure",
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    expect(bugs).toEqual([mistake]);
  });
});

describe("a server", () => {
  it("is there by IPv4, by IPv6 and by name", async () => {
    const { port } = await openBus();
    for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
      expect((await post(`http://${host}:${port}`, putEvents)).status).toBe(200);
    }
  });

  it("answers by the machine's clock, whatever clock its models go by", async () => {
    const { url } = await openBus();
    const { headers } = await post(url, putEvents);
    expect(Math.abs(Date.parse(headers.get("date") ?? "") - Date.now())).toBeLessThan(60_000);
  });

  it("does not take the port of another, and says whose it is", async () => {
    const { port } = await openBus({ name: "backbone dev" });
    const second = serve({ handle: () => Promise.reject(new Error("never")), identify, port });
    await expect(second).rejects.toThrow(PortError);
    await expect(second).rejects.toThrow(
      `port ${port} is in use, by backbone dev; stop that, or choose another port (--port ${port + 1})`,
    );
  });

  it("listens on no address that the machine does not have", async () => {
    const serving = serve({ handle: () => Promise.reject(new Error("never")), identify, host: "192.0.2.1" });
    await expect(serving).rejects.toThrow("this machine has no address 192.0.2.1");
  });

  it("leaves what is for no service to whoever wants it", async () => {
    const { url } = await openBus({
      other: ({ url: path }, response) => {
        response.end(`the page at ${path ?? ""}`);
      },
    });
    expect(await (await fetch(`${url}/page`)).text()).toBe("the page at /page");
    const posted = await fetch(`${url}/_page/send`, { method: "POST", body: "{}" });
    expect(await posted.text()).toBe("the page at /_page/send");
  });
});

describe("an Authorization header", () => {
  it.each([
    { key: "orders", known: true },
    { key: "111111111111", known: true },
    { key: "222222222222:assumed-role/redrive/session", known: true },
    { key: "unknown/with/slashes", known: false },
  ])("is read from its end: $key", async ({ key, known }) => {
    const { url } = await openBus();
    const { status, text } = await post(url, {
      ...putEvents,
      headers: { authorization: authorization("events", key) },
    });
    expect(status).toBe(known ? 200 : 400);
    expect(text.includes("UnrecognizedClientException")).toBe(!known);
  });
});
