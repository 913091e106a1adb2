import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { consume, createRuntime, NotPublished, publish, withRuntime } from "../src/index.js";
import { batchOf, busArn, failed, lettersUrl, recordOf } from "./host.js";
import { order, OrderCreated } from "./shop.js";

/** What the AWS SDK sends, and what it is told. */
const calls: { readonly target: string; readonly body: string }[] = [];
let answer: () => string = () => "{}";
/** Status codes to answer with first. */
let failures: number[] = [];

const server = createServer((request, response) => {
  void textOf(request).then((body) => {
    const target = String(request.headers["x-amz-target"]);
    calls.push({ target, body });
    response
      .writeHead(failures.shift() ?? 200, { "content-type": "application/x-amz-json-1.1" })
      .end(answer());
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
  return chunks.join("");
}

let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  calls.length = 0;
  failures = [];
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "orders");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  vi.stubEnv("AWS_PROFILE", undefined);
  vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", `http://127.0.0.1:${port}`);
  vi.stubEnv("BACKBONE_BUS_ARN", busArn);
});

describe("through the AWS SDK", () => {
  it("an event is published to the bus that the process's environment names", async () => {
    answer = () => JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: "event-1" }] });
    const published = await withRuntime(createRuntime(), () => publish(OrderCreated, order));
    expect(published.eventId).toBe("event-1");
    expect(calls).toMatchObject([{ target: "AWSEvents.PutEvents" }]);
    expect(JSON.parse(calls[0]?.body ?? "")).toMatchObject({ Entries: [{ EventBusName: busArn }] });
  });

  it("an event whose answer was lost is the same when the SDK sends it again", async () => {
    failures = [500];
    answer = () => JSON.stringify({ Entries: [{ EventId: "event-1" }] });
    await withRuntime(createRuntime(), () => publish(OrderCreated, order));
    expect(calls).toHaveLength(2);
    expect(calls[0]?.body).toBe(calls[1]?.body);
  });

  it("nothing is done before it is needed: no file loads it by itself", () => {
    const folder = new URL("../src/", import.meta.url);
    const loading = readdirSync(folder).filter((file) =>
      /(?:from|import) "@aws-sdk/.test(readFileSync(new URL(file, folder), "utf8")),
    );
    expect(loading).toEqual([]);
  });

  it("an empty answer, which the SDK takes for success, is none", async () => {
    answer = () => "{}";
    await expect(withRuntime(createRuntime(), () => publish(OrderCreated, order))).rejects.toThrow(
      NotPublished,
    );
  });

  it.each([
    [{}, failed("a")],
    [{ MessageId: "letter-1" }, failed()],
  ])("a letter is sent to its queue; answered with %j, it is %j", async (said, expected) => {
    const MD5OfMessageBody = createHash("md5").update("{").digest("hex");
    answer = () => JSON.stringify({ MD5OfMessageBody, ...said });
    const QueueUrl = lettersUrl.replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${port}`);
    vi.stubEnv("BACKBONE_LETTERS_QUEUE_URL", QueueUrl);
    const runtime = createRuntime({ write: () => undefined });
    const consumer = consume(OrderCreated, () => undefined);
    const got = await withRuntime(runtime, () => consumer(batchOf(recordOf("a", { body: "{" }))));
    expect(got).toEqual(expected);
    expect(calls).toMatchObject([{ target: "AmazonSQS.SendMessage" }]);
    expect(JSON.parse(calls[0]?.body ?? "")).toMatchObject({ QueueUrl, MessageBody: "{" });
  });
});
