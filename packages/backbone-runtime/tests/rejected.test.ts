import { describe, expect, it } from "vitest";
import { consume, type Consumer, on, redriveAttribute, Rejected } from "../src/index.js";
import {
  batchOf,
  eventOf,
  failed,
  type FakeHost,
  fakeHost,
  lettersUrl,
  like,
  queueArn,
  recordOf,
} from "./host.js";
import { order, OrderCancelled, OrderCreated } from "./shop.js";

const withLetters = {
  environment: { BACKBONE_LETTERS_QUEUE_URL: lettersUrl, BACKBONE_RULE_ARN: "arn:aws:events:rule" },
};

const rejecting = (message: string, code?: string) =>
  consume(OrderCreated, () => {
    throw new Rejected(message, code === undefined ? {} : { code });
  });

const attributesOf = ({ letters }: FakeHost) =>
  letters.map(({ MessageAttributes }) =>
    Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
  );

const done = consume(OrderCreated, () => undefined);
const wrong = { ...order, orderId: 7, items: [] };

const finals: readonly (readonly [string, Consumer, string, RegExp])[] = [
  [
    "breaks its contract",
    done,
    JSON.stringify(eventOf({ detail: wrong })),
    /^breaks its contract: orderId: .+ \(is 7\); items: .+ \(is \[\]\)$/,
  ],
  [
    "has a contract without handler",
    done,
    JSON.stringify(eventOf({ "detail-type": "Order.Lost" })),
    /^no handler for com\.example\.orders\/Order\.Lost; there are com\.example\.orders\/Order\.Created, com\.example\.ordering\/Order\.Created$/,
  ],
  [
    "has another source",
    done,
    JSON.stringify(eventOf({ source: "forged" })),
    /^no handler for forged\/Order\.Created/,
  ],
  ["is not JSON", done, "{", /^the message's body is not JSON$/],
  [
    "is no event",
    done,
    '{"orderId":"1"}',
    /is no event of EventBridge \(id, source, detail-type, detail\): its keys are orderId$/,
  ],
  [
    "is rejected by its handler",
    rejecting("a negative total"),
    JSON.stringify(eventOf()),
    /^a negative total$/,
  ],
];

describe.each(finals)("a record that %s", (_, consumer, body, message) => {
  const batch = batchOf(recordOf("a", { body }), recordOf("b", { body }));

  it("goes to the letters as it is, with the reason, and is let go", async () => {
    const host = fakeHost(withLetters);
    expect(await host.run(() => consumer(batch))).toEqual(failed());
    expect(host.letters).toMatchObject([
      { QueueUrl: lettersUrl, MessageBody: body },
      { QueueUrl: lettersUrl, MessageBody: body },
    ]);
    expect(attributesOf(host)[0]).toEqual({
      ERROR_CODE: like(/^[A-Z_]+$/),
      ERROR_MESSAGE: like(message),
      RULE_ARN: "arn:aws:events:rule",
      TARGET_ARN: queueArn,
    });
    expect(host.lines).toMatchObject([
      { level: "WARN", message: "event rejected", messageId: "a" },
      { level: "WARN", message: "event rejected", messageId: "b" },
    ]);
  });

  it("fails like any other where nobody says where letters go", async () => {
    for (const environment of [{}, { BACKBONE_LETTERS_QUEUE_URL: "" }]) {
      const host = fakeHost({ environment });
      expect(await host.run(() => consumer(batch))).toEqual(failed("a", "b"));
      expect(host.letters).toEqual([]);
    }
  });

  it.each([
    ["SQS fails", () => Promise.reject(new Error("no such queue"))],
    ["SQS's answer is empty", () => Promise.resolve({})],
  ])("fails where %s, so that it is not lost", async (_why, sendMessage) => {
    const host = fakeHost({ ...withLetters, sendMessage });
    expect(await host.run(() => consumer(batch))).toEqual(failed("a", "b"));
  });
});

describe("what is rejected", () => {
  it("has a code of its own", async () => {
    const codes = new Map<string, string>();
    for (const [name, consumer, body] of finals) {
      const host = fakeHost(withLetters);
      await host.run(() => consumer(batchOf(recordOf("a", { body }))));
      codes.set(name, attributesOf(host)[0]?.ERROR_CODE ?? "");
    }
    expect([...codes.values()]).toEqual([
      ...["INVALID_DETAIL", "UNKNOWN_CONTRACT", "UNKNOWN_CONTRACT"],
      ...["NOT_AN_EVENT", "NOT_AN_EVENT", "REJECTED"],
    ]);
    const host = fakeHost(withLetters);
    await host.run(() => rejecting("no", "NO_STOCK")(batchOf(recordOf("a"))));
    expect(attributesOf(host)).toMatchObject([{ ERROR_CODE: "NO_STOCK" }]);
  });

  it("is rejected alike from EventBridge and from a poller, and thrown where there are no letters", async () => {
    const consumer = rejecting("no");
    for (const input of [eventOf(), { MessageId: "m", Body: JSON.stringify(eventOf()) }]) {
      const host = fakeHost(withLetters);
      expect(await host.run(() => consumer(input))).toBeUndefined();
      expect(host.letters).toMatchObject([{ MessageBody: JSON.stringify(eventOf()) }]);
      await expect(fakeHost().run(() => consumer(input))).rejects.toThrow(Rejected);
    }
  });

  it("holds up nobody in an ordered queue once its letter is sent", async () => {
    const arn = `${queueArn}.fifo`;
    const batch = batchOf(recordOf("a", { arn, group: "1", body: "{" }), recordOf("b", { arn, group: "1" }));
    expect(await fakeHost(withLetters).run(() => done(batch))).toEqual(failed());
    expect(await fakeHost().run(() => done(batch))).toEqual(failed("a", "b"));
  });

  it("keeps its group and its place in an ordered queue of letters", async () => {
    const BACKBONE_LETTERS_QUEUE_URL = `${lettersUrl}.fifo`;
    const host = fakeHost({ environment: { BACKBONE_LETTERS_QUEUE_URL } });
    await host.run(() => done(batchOf(recordOf("a", { arn: `${queueArn}.fifo`, group: "1", body: "{" }))));
    expect(host.letters).toMatchObject([{ MessageGroupId: "1", MessageDeduplicationId: "a" }]);
  });

  it("is told in characters and lengths that SQS takes", async () => {
    const host = fakeHost(withLetters);
    await host.run(() => rejecting(`\u0000\ud800 tab\t ${"x".repeat(5_000)}`)(batchOf(recordOf("a"))));
    const [{ ERROR_MESSAGE = "" } = {}] = attributesOf(host);
    expect(ERROR_MESSAGE).toHaveLength(1_000);
    expect(ERROR_MESSAGE).toMatch(/^\uFFFD\uFFFD tab\t x+$/);
    await host.run(() => rejecting("")(batchOf(recordOf("a"))));
    expect(attributesOf(host)[1]).not.toHaveProperty("ERROR_MESSAGE");
  });

  it("says nothing of what is personal, in letter and log", async () => {
    const consumer = consume([on(OrderCancelled, () => undefined)]);
    const detail = { orderId: "1", reason: "Ada Lovelace" };
    const event = eventOf({
      source: "com.example.prod.cancelling",
      "detail-type": "Order.Cancelled",
      detail,
    });
    const host = fakeHost(withLetters);
    await host.run(() => consumer(batchOf(recordOf("a", { event }))));
    expect(attributesOf(host)).toMatchObject([{ ERROR_CODE: "INVALID_DETAIL" }]);
    expect(JSON.stringify([attributesOf(host), host.lines])).not.toContain("Ada");
  });
});

it("a letter about what a redrive has brought says which round it was", async () => {
  const host = fakeHost(withLetters);
  const messageAttributes = { [redriveAttribute]: { stringValue: "2", dataType: "String" } };
  await host.run(() => rejecting("still none")(batchOf(recordOf("a", { messageAttributes }))));
  expect(attributesOf(host)).toMatchObject([{ [redriveAttribute]: "2" }]);
});
