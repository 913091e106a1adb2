import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { renderBanner } from "../../cli/commands/dev/banner.js";
import { linesOf } from "../../cli/commands/dev/narrate.js";
import { containing, matching, created, Dev, large, order, start } from "../fixtures/dev-server.js";

const answer = z.looseObject({
  id: z.string().default(""),
  refused: z.string().optional(),
  problem: z.string().optional(),
});

let dev: Dev;
beforeAll(async () => {
  dev = await Dev.open();
});
afterAll(async () => {
  expect(dev.bugs).toEqual([]);
  await dev[Symbol.asyncDispose]();
});

const tell = (id: string) => dev.running.live.backbone.tell(id);

describe("unchanged service code", () => {
  it("publishes, and handlers answer in their accounts", async () => {
    const id = await dev.publish("orders");
    const [cause] = tell(id)?.causes ?? [];
    expect(tell(id)).toMatchObject({ by: "orders", deliveries: [{ subscription: start, outcome: "done" }] });
    expect(tell(cause ?? "")).toMatchObject({ by: "delivery", contract: "delivery/Delivery.Updated" });
  });

  it.each([
    { as: "delivery", name: "another service", says: "the request has com.example.orders" },
    { as: "archive", name: "another account", says: "it names account 222222222222" },
    { as: "444444444444", name: "another account, by its id", says: "of account 444444444444" },
    { as: "555555555555", name: "an account that nobody knows", says: "aws:PrincipalOrgID" },
  ])("is refused as $name, and the log says by which statement and value", async ({ as, says }) => {
    const before = dev.running.live.backbone.log.all().length;
    await expect(dev.publish(as)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: matching(
        /^User: arn:aws:iam::\d{12}:role\/\S+ is not authorized to perform: events:PutEvents on resource: \S+$/,
      ),
    });
    const [event] = dev.running.live.backbone.log.all().slice(before);
    expect(tell(event?.id ?? "")?.refused).toContain(says);
    expect(linesOf(tell(event?.id ?? "") ?? expect.fail())[0]).toContain(says);
  });

  it("is nobody by a key id that is no name", async () => {
    await expect(dev.publish("nobody")).rejects.toThrow("set AWS_ACCESS_KEY_ID to the key of a service");
  });

  it("polls its queue, by a URL that leads back here", async () => {
    const sqs = dev.sqs("delivery");
    const { QueueUrl } = await sqs.send(
      new GetQueueUrlCommand({ QueueName: "backbone-delivery--large-orders" }),
    );
    expect(QueueUrl).toBe(`${dev.url}/333333333333/backbone-delivery--large-orders`);
    const id = await dev.publish("orders", { orderId: "o-8", total: 500 });
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    expect(Messages.map(({ Body = "" }): unknown => JSON.parse(Body))).toMatchObject([
      { id, "detail-type": "Order.Created", account: "222222222222", detail: { total: 500 } },
    ]);
    expect(dev.running.live.backbone.why(large, id)).toContain("attempt 1");
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
    expect(dev.running.live.backbone.why(large, id)).toBe("done");
  });

  it("reads its parameters, of which a queue's URL leads here, too", async () => {
    const response = await fetch(dev.url, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=delivery/20260101/eu-west-1/ssm/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonSSM.GetParametersByPath",
      },
      body: JSON.stringify({ Path: "/backbone/delivery", Recursive: true }),
    });
    const text = await response.text();
    expect(text).toContain(dev.bus);
    expect(text).not.toContain("amazonaws.com");
    expect(text).toContain(`${dev.url}/333333333333/backbone-delivery--large-orders`);
  });

  it("is found in the event logs", async () => {
    const id = await dev.publish("orders");
    const logs = new CloudWatchLogsClient(dev.client("delivery"));
    const logGroupName = dev.running.stage
      .account("delivery")
      .logGroup?.split(":log-group:")[1]
      ?.replace(/:\*$/, "");
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName, filterPattern: `{ $.id = "${id}" }` }),
    );
    expect(events).toHaveLength(1);
  });

  it("is told who it is, and takes on roles", async () => {
    const sts = new STSClient(dev.client("delivery"));
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: "333333333333",
    });
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: "arn:aws:iam::222222222222:role/deploy", RoleSessionName: "me" }),
    );
    const assumed = new STSClient(dev.client(Credentials?.AccessKeyId ?? ""));
    await expect(assumed.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: "222222222222",
    });
  });
});

describe("GET /_backbone/events", () => {
  it("has an event a line, and those that have changed since a cursor", async () => {
    await dev.publish("orders", { ...order, orderId: "o-lines" });
    const lines = (await (await dev.get("/_backbone/events")).text()).trim().split("\n");
    const events = lines.map((line) => z.looseObject({ cursor: z.string() }).parse(JSON.parse(line)));
    expect(events).toContainEqual(expect.objectContaining({ detail: { ...order, orderId: "o-lines" } }));
    const { cursor = "" } = events.at(-2) ?? {};
    const later = await (await dev.get(`/_backbone/events?after=${cursor}`)).text();
    expect(later).toBe(`${lines.at(-1) ?? ""}\n`);
  });

  it("takes a cursor of another run for none", async () => {
    const all = await (await dev.get("/_backbone/events")).text();
    await expect((await dev.get("/_backbone/events?after=other-99999")).text()).resolves.toBe(all);
  });

  it("streams what is asked for as server-sent events, and goes on after the last that was seen", async () => {
    const id = await dev.publish("orders", { ...order, orderId: "o-streamed" });
    const first = await streamed({}, id);
    const cursor = /^id: (.*)$/m.exec(first.slice(first.lastIndexOf("\nid: ")))?.[1] ?? "";
    const next = await dev.publish("orders", { ...order, orderId: "o-next" });
    const second = await streamed({ "last-event-id": cursor }, next);
    expect(second).not.toContain(id);
    expect(second).toContain("event: turn");
  });

  async function streamed(headers: Record<string, string>, until: string): Promise<string> {
    const response = await dev.get("/_backbone/events", { accept: "text/event-stream", ...headers });
    let text = "";
    for await (const part of response.body ?? []) {
      text += Buffer.from(part).toString();
      if (text.includes(until) && text.endsWith("\n\n")) break;
    }
    return text;
  }
});

describe("the page's endpoints", () => {
  it("publish an example as anybody, and say why it was refused", async () => {
    const { id } = await json("/_backbone/publish", { contract: created });
    await dev.running.live.backbone.settle();
    expect(tell(id)).toMatchObject({
      by: "orders",
      deliveries: [{ outcome: "done" }],
      metadata: { correlationId: containing("-") },
    });
    const forged = await json("/_backbone/publish", { contract: created, as: "delivery" });
    expect(forged.refused).toContain("com.example.orders");
  });

  it("send an event again as it was, or changed", async () => {
    const { id } = await json("/_backbone/publish", { contract: created });
    const again = await json("/_backbone/again", { id });
    expect(tell(again.id)?.metadata).toEqual(tell(id)?.metadata);
    const changed = await json("/_backbone/again", {
      id,
      detail: { orderId: "o-9", total: 1 },
      as: "archive",
    });
    expect(tell(changed.id)).toMatchObject({ by: "archive", detail: { orderId: "o-9" } });
    expect(tell(changed.id)?.metadata.id).not.toBe(tell(id)?.metadata.id);
  });

  it("spoil the next attempt, and give back what is a letter", async () => {
    await json("/_backbone/faults", { subscription: start, failTimes: 1 });
    const { id } = await json("/_backbone/publish", { contract: created });
    await dev.running.live.backbone.settle();
    expect(dev.running.live.backbone.why(start, id)).toContain("attempt 2 of 3");
    const rejected = await json("/_backbone/publish", {
      contract: created,
      detail: { orderId: "o", total: -1 },
    });
    await dev.running.live.backbone.settle();
    expect(dev.running.live.backbone.why(start, rejected.id)).toContain("rejected");
    await expect(json("/_backbone/redrive", { subscription: start })).resolves.toMatchObject({
      ids: [rejected.id],
    });
  });

  it("tell all of one event: why not elsewhere, what it led to, how it looks, the call that sends it", async () => {
    const id = await dev.publish("orders");
    const view: unknown = await (await dev.get(`/_backbone/events/${id}`)).json();
    expect(view).toMatchObject({
      why: [
        { subscription: large, sentence: containing("filtered: detail.total") },
        { subscription: start, sentence: "done" },
        { subscription: "orders/update-order" },
      ],
      tree: {
        id,
        causes: [{ contract: "delivery/Delivery.Updated", causes: [{ contract: "orders/Order.Updated" }] }],
      },
      as: {
        function: { Records: [{ eventSource: "aws:sqs" }] },
        rule: { id, "detail-type": "Order.Created" },
      },
      code: containing("PutEventsCommand"),
    });
    const why: unknown = await (await dev.get(`/_backbone/why?subscription=${large}&id=${id}`)).json();
    expect(why).toEqual({ why: containing("filtered") });
  });

  it("check a detail against its contract", async () => {
    const { problem } = await json("/_backbone/check", { contract: created, detail: { orderId: 7 } });
    expect(problem).toContain("orderId");
  });

  it("look into queues without taking anything out", async () => {
    await dev.publish("orders", { orderId: "o-peek", total: 900 });
    const look = async () => (await dev.get("/_backbone/queues")).text();
    await expect(look()).resolves.toContain("o-peek");
    await expect(look()).resolves.toContain("o-peek");
  });

  it.each([
    { path: "/_backbone/publish", body: { contract: "orders/Order.Creatd" }, status: 404, says: "there are" },
    {
      path: "/_backbone/publish",
      body: { contract: created, as: "me" },
      status: 404,
      says: "nobody is named",
    },
    { path: "/_backbone/publish", body: { contarct: created }, status: 400, says: "contarct" },
    { path: "/_backbone/publish", body: "{", status: 400, says: "the body is not JSON" },
    { path: "/_backbone/again", body: { id: "?" }, status: 404, says: "there is no event" },
    {
      path: "/_backbone/faults",
      body: { subscription: "x/y" },
      status: 404,
      says: "there is no subscription",
    },
    {
      path: "/_backbone/faults",
      body: { subscription: start, failTimes: -1 },
      status: 400,
      says: "failTimes",
    },
    { path: "/_backbone/nothing", body: {}, status: 404, says: "POST /_backbone/publish" },
  ])("say what is wrong with POST $path $body", async ({ path, body, status, says }) => {
    const response = await dev.post(path, body);
    expect([response.status, await response.text()]).toEqual([status, containing(says)]);
  });

  it.each([
    { name: "another page's form", headers: { origin: "http://evil.example" }, status: 403 },
    { name: "no JSON, as a form may send", headers: { "content-type": "text/plain" }, status: 415 },
    { name: "a page of our own", headers: {}, status: 200 },
  ])("let nobody else's page do anything: $name", async ({ headers, status }) => {
    const origin = { origin: dev.url };
    const response = await dev.post("/_backbone/publish", { contract: created }, { ...origin, ...headers });
    expect(response.status).toBe(status);
  });

  async function json(path: string, value: unknown): Promise<z.output<typeof answer>> {
    const response = await dev.post(path, value);
    return answer.parse(await response.json());
  }
});

describe("the page", () => {
  it.each(["/", "/page.css", "/page.mjs", "/panes.mjs", "/parts.mjs"])("has %s", async (path) => {
    const response = await dev.get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
  });

  it("asks for nothing that is not here, and knows every endpoint that it asks", async () => {
    const texts = await Promise.all(
      ["/", "/page.mjs", "/panes.mjs", "/parts.mjs"].map(async (path) => (await dev.get(path)).text()),
    );
    const asked = new Set(
      texts.flatMap((text) => text.match(/\/(?:_backbone\/)?[a-z]+(?:\.(?:mjs|css))?(?=[/"`?])/g) ?? []),
    );
    const answers = await Promise.all(
      [...asked]
        .filter((path) => /^\/_backbone|\.(?:mjs|css)$/.test(path))
        .map(async (path) => {
          const [got, posted] = [await dev.get(path), await dev.post(path, {})];
          await got.body?.cancel();
          return got.status !== 404 || !(await posted.text()).includes("there is nothing at");
        }),
    );
    expect(answers.length).toBeGreaterThan(7);
    expect(answers).not.toContain(false);
    expect(texts.join("\n")).not.toMatch(/https?:\/\//);
  });
});

describe("what is printed first", () => {
  it("has the lines to copy, and what is not as in AWS", () => {
    const banner = renderBanner(dev.running, { url: dev.url, seconds: 1 });
    for (const line of [
      "unset AWS_PROFILE",
      `export AWS_ENDPOINT_URL_EVENTBRIDGE=${dev.url}`,
      `export AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=${dev.url}`,
      "export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1",
      "export no_proxy=127.0.0.1,localhost",
      "not modelled: ",
      `${large}   nobody here: poll its queue`,
    ])
      expect(banner).toContain(line);
    expect(banner).not.toMatch(/export AWS_ENDPOINT_URL=/);
  });
});
