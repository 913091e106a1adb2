import { describe, expect, it } from "vitest";
import { type Queue, type QueueChange, Queues, type QueueSettings, VirtualClock } from "../src/index.js";

const arn = "arn:aws:sqs:eu-west-1:111111111111:orders";
const lettersArn = `${arn}-letters`;
const second = 1_000;

function open(settings: Partial<QueueSettings> = {}) {
  const clock = new VirtualClock();
  const changes: QueueChange[] = [];
  const queues = new Queues({ clock, onChange: (change) => changes.push(change) });
  const letters = queues.create({ arn: lettersArn });
  const queue = queues.create({ arn, ...settings });
  return { clock, queues, queue, letters, kinds: () => changes.map(({ kind }) => kind) };
}

const bodies = (messages: readonly { readonly body: string }[]) => messages.map(({ body }) => body);

function receiveOne(queue: Queue, visibilityTimeout?: number) {
  const [message] = queue.receive(visibilityTimeout === undefined ? {} : { visibilityTimeout });
  if (message === undefined) throw new Error("nothing was received");
  return message;
}

describe("a queue", () => {
  it("hides what it hands out, and shows it again when the time is over", () => {
    const { clock, queue } = open({ visibilityTimeout: 5 });
    queue.send({ body: "a" });
    expect(receiveOne(queue)).toMatchObject({ body: "a", receiveCount: 1, firstReceivedAt: clock.now() });
    expect(queue.receive()).toEqual([]);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    clock.advance(5 * second - 1);
    expect(queue.receive()).toEqual([]);
    clock.advance(1);
    expect(receiveOne(queue)).toMatchObject({ receiveCount: 2, firstReceivedAt: clock.now() - 5 * second });
  });

  it("hands out as many as are asked for, ten at most", () => {
    const { queue } = open();
    for (let index = 0; index < 12; index += 1) queue.send({ body: `${index}` });
    expect(bodies(queue.receive({ most: 10 })).join("")).toBe("0123456789");
    expect(bodies(queue.receive({ most: 10 }))).toEqual(["10", "11"]);
    expect(() => queue.receive({ most: 11 })).toThrow("MaxNumberOfMessages must be >= 1 and <= 10");
  });

  it("counts a changed visibility from now, not from the receive", () => {
    const { clock, queue } = open({ visibilityTimeout: 10 });
    queue.send({ body: "a" });
    const { receiptHandle } = receiveOne(queue);
    clock.advance(8 * second);
    queue.changeVisibility(receiptHandle, 10);
    clock.advance(9 * second);
    expect(queue.receive()).toEqual([]);
    clock.advance(1 * second);
    expect(queue.receive()).toHaveLength(1);
  });

  it("shows at once what is hidden for 0 seconds", () => {
    const { queue } = open();
    queue.send({ body: "a" });
    queue.changeVisibility(receiveOne(queue).receiptHandle, 0);
    expect(receiveOne(queue).receiveCount).toBe(2);
  });

  it("hides nothing for more than 12 hours since it was received", () => {
    const { clock, queue } = open();
    queue.send({ body: "a" });
    const { receiptHandle } = receiveOne(queue, 43_200);
    clock.advance(60 * second);
    expect(() => {
      queue.changeVisibility(receiptHandle, 43_141);
    }).toThrow("beyond the limit [43200 seconds]");
    queue.changeVisibility(receiptHandle, 43_140);
    expect(() => {
      queue.changeVisibility(receiptHandle, 43_201);
    }).toThrow("VisibilityTimeout must be >= 0 and <= 43200");
  });

  it("gives another receipt with each receive, and deletes by the latest only", () => {
    const { clock, queue, kinds } = open({ visibilityTimeout: 1 });
    queue.send({ body: "a" });
    const first = receiveOne(queue);
    clock.advance(second);
    const latest = receiveOne(queue);
    expect(first.receiptHandle).not.toBe(latest.receiptHandle);
    expect(queue.delete(first.receiptHandle)).toBe(false);
    expect(queue.counts().inFlight).toBe(1);
    expect(queue.delete(latest.receiptHandle)).toBe(true);
    expect(queue.peek()).toEqual([]);
    // Deleted twice is deleted.
    expect(queue.delete(latest.receiptHandle)).toBe(true);
    expect(kinds()).toEqual(["sent", "received", "shown", "received", "kept", "deleted"]);
  });

  it("deletes by its latest receipt what has become visible meanwhile", () => {
    const { clock, queue } = open({ visibilityTimeout: 1 });
    queue.send({ body: "a" });
    const { receiptHandle } = receiveOne(queue);
    clock.advance(2 * second);
    expect(queue.delete(receiptHandle)).toBe(true);
    expect(queue.receive()).toEqual([]);
  });

  it("says what is no receipt of its, and what is in nobody's hand", () => {
    const { clock, queue, letters } = open({ visibilityTimeout: 1 });
    queue.send({ body: "a" });
    const { receiptHandle } = receiveOne(queue);
    for (const handle of ["nonsense", ""]) {
      expect(() => queue.delete(handle)).toThrow(expect.objectContaining({ code: "ReceiptHandleIsInvalid" }));
    }
    expect(() => letters.delete(receiptHandle)).toThrow(
      expect.objectContaining({ code: "ReceiptHandleIsInvalid" }),
    );
    clock.advance(second);
    expect(() => {
      queue.changeVisibility(receiptHandle, 5);
    }).toThrow(expect.objectContaining({ code: "MessageNotInflight" }));
  });

  it("keeps a message back that is delayed, by its own delay before the queue's", () => {
    const { clock, queue } = open({ delaySeconds: 10 });
    queue.send({ body: "later" });
    queue.send({ body: "now", delaySeconds: 0 });
    expect(bodies(queue.receive({ most: 10 }))).toEqual(["now"]);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 1 });
    expect(queue.nextVisibleAt()).toBe(clock.now() + 10 * second);
    clock.advance(10 * second);
    expect(bodies(queue.receive())).toEqual(["later"]);
  });

  it("forgets what is older than it keeps", () => {
    const { clock, queue, kinds } = open({ retentionSeconds: 60 });
    queue.send({ body: "a" });
    clock.advance(61 * second);
    expect(queue.receive()).toEqual([]);
    expect(kinds()).toEqual(["sent", "expired"]);
  });

  it("is looked into without receiving anything", () => {
    const { queue } = open();
    queue.send({ body: "a" });
    queue.send({ body: "b", delaySeconds: 1 });
    queue.send({ body: "c" });
    queue.receive();
    const looked = queue.peek().map(({ body, state, receiveCount }) => ({ body, state, receiveCount }));
    expect(looked).toEqual([
      { body: "c", state: "visible", receiveCount: 0 },
      { body: "b", state: "delayed", receiveCount: 0 },
      { body: "a", state: "in-flight", receiveCount: 1 },
    ]);
  });

  it("is emptied of everything, in flight too", () => {
    const { queue } = open();
    queue.send({ body: "a" });
    queue.send({ body: "b" });
    const { receiptHandle } = receiveOne(queue);
    queue.purge();
    expect(queue.peek()).toEqual([]);
    expect(queue.delete(receiptHandle)).toBe(true);
  });

  it.each([
    { what: "an empty body", message: { body: "" }, code: "MissingParameter" },
    { what: "what XML cannot hold", message: { body: "a\u0000b" }, code: "InvalidMessageContents" },
    { what: "more than its bytes", message: { body: "é".repeat(6) }, code: "InvalidParameterValue" },
    { what: "a delay of more", message: { body: "a", delaySeconds: 901 }, code: "InvalidParameterValue" },
    {
      what: "an attribute of another type",
      message: { body: "a", attributes: { name: { dataType: "Text", value: "b" } } },
      code: "InvalidParameterValue",
    },
    {
      what: "an attribute without a value",
      message: { body: "a", attributes: { name: { dataType: "String", value: "" } } },
      code: "InvalidParameterValue",
    },
    {
      what: "eleven attributes",
      message: {
        body: "a",
        attributes: Object.fromEntries(
          Array.from({ length: 11 }, (_, index) => [`a${index}`, { dataType: "String", value: "b" }]),
        ),
      },
      code: "InvalidParameterValue",
    },
  ])("refuses $what", ({ message, code }) => {
    const { queue } = open({ maxMessageBytes: 11 });
    expect(() => queue.send(message)).toThrow(expect.objectContaining({ code }));
    expect(queue.peek()).toEqual([]);
  });

  it("takes emoji, which are no lone surrogates", () => {
    const { queue } = open();
    queue.send({ body: "an order 📦 für 茶" });
    expect(() => queue.send({ body: "\ud800" })).toThrow(
      expect.objectContaining({ code: "InvalidMessageContents" }),
    );
    expect(bodies(queue.receive())).toEqual(["an order 📦 für 茶"]);
  });
});

describe("a queue with a dead-letter queue", () => {
  it("moves there what has been received so often, with its id, its age and where it was", () => {
    const { clock, queue, letters, kinds } = open({
      visibilityTimeout: 1,
      redrivePolicy: { deadLetterTargetArn: lettersArn, maxReceiveCount: 2 },
    });
    const sent = queue.send({
      body: "poison",
      attributes: { RULE_ARN: { dataType: "String", value: "a rule" } },
    });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      receiveOne(queue);
      clock.advance(second);
      expect(letters.peek()).toEqual([]);
    }
    queue.send({ body: "good" });
    expect(bodies(queue.receive({ most: 10 }))).toEqual(["good"]);
    const { receiptHandle, hiddenUntil, ...letter } = receiveOne(letters);
    expect([typeof receiptHandle, typeof hiddenUntil]).toEqual(["string", "number"]);
    // AWS counts receives over all queues.
    expect(letter).toEqual({
      ...sent,
      receiveCount: 3,
      firstReceivedAt: sent.sentAt,
      deadLetterSourceArn: arn,
    });
    expect(kinds()).toContain("moved");
  });

  it("keeps handing out if that queue does not exist", () => {
    const { queue } = open({
      redrivePolicy: { deadLetterTargetArn: `${arn}-elsewhere`, maxReceiveCount: 1 },
    });
    queue.send({ body: "a" });
    queue.changeVisibility(receiveOne(queue).receiptHandle, 0);
    expect(receiveOne(queue).receiveCount).toBe(2);
  });

  it("is found from the other end", () => {
    const { queues, queue } = open({
      redrivePolicy: { deadLetterTargetArn: lettersArn, maxReceiveCount: 1 },
    });
    expect(queues.sourcesOf(lettersArn)).toEqual([queue]);
  });
});

describe("a receive that waits", () => {
  it("is answered by the first message that comes", async () => {
    const { queue } = open();
    const waiting = queue.wait({ waitSeconds: 20 });
    queue.send({ body: "a" });
    expect(bodies(await waiting)).toEqual(["a"]);
  });

  it("is answered with nothing when its time is over", async () => {
    const { clock, queue } = open();
    const waiting = queue.wait({ waitSeconds: 20 });
    clock.advance(20 * second);
    expect(await waiting).toEqual([]);
    queue.send({ body: "a" });
    expect(queue.counts().visible).toBe(1);
  });

  it("gets what becomes visible meanwhile", async () => {
    const { clock, queue } = open();
    queue.send({ body: "a", delaySeconds: 3 });
    const waiting = queue.wait({ waitSeconds: 20 });
    clock.advance(3 * second);
    expect(bodies(await waiting)).toEqual(["a"]);
  });

  it("gets what somebody else has released, and letters that are moved", async () => {
    const { queue, letters } = open({
      redrivePolicy: { deadLetterTargetArn: lettersArn, maxReceiveCount: 1 },
    });
    queue.send({ body: "a" });
    const { receiptHandle } = receiveOne(queue);
    const [again, letter] = [queue.wait({ waitSeconds: 1 }), letters.wait({ waitSeconds: 20 })];
    queue.changeVisibility(receiptHandle, 0);
    queue.send({ body: "b" });
    expect(bodies(await letter)).toEqual(["a"]);
    expect(bodies(await again)).toEqual(["b"]);
  });

  it("shares with others: each message goes to one of them, in their order", async () => {
    const { queue } = open();
    const waiting = [queue.wait({ waitSeconds: 20 }), queue.wait({ waitSeconds: 20 })];
    queue.send({ body: "a" });
    queue.send({ body: "b" });
    expect((await Promise.all(waiting)).map(bodies)).toEqual([["a"], ["b"]]);
  });

  it("holds nothing for one who has gone", async () => {
    const { queue } = open();
    const gone = new AbortController();
    const waiting = queue.wait({ waitSeconds: 20, signal: gone.signal });
    gone.abort();
    queue.send({ body: "a" });
    expect(await waiting).toEqual([]);
    expect(await queue.wait({ waitSeconds: 20, signal: gone.signal })).toEqual([]);
    expect(queue.peek()).toMatchObject([{ state: "visible", receiveCount: 0 }]);
  });

  it("waits as long as its queue says, if it does not say, and 20 seconds at most", async () => {
    const { clock, queue } = open({ waitSeconds: 2 });
    const waiting = queue.wait();
    clock.advance(2 * second);
    expect(await waiting).toEqual([]);
    await expect(queue.wait({ waitSeconds: 21 })).rejects.toThrow("WaitTimeSeconds must be >= 0 and <= 20");
  });
});

describe("a receipt that never arrived", () => {
  it("is given back, and was no receive", () => {
    const { queue } = open({ redrivePolicy: { deadLetterTargetArn: lettersArn, maxReceiveCount: 1 } });
    queue.send({ body: "a" });
    queue.giveBack(receiveOne(queue).receiptHandle);
    expect(queue.peek()).toMatchObject([{ state: "visible", receiveCount: 0, firstReceivedAt: undefined }]);
    expect(receiveOne(queue).receiveCount).toBe(1);
  });

  it("is not given back once somebody else has the message, or it is gone", () => {
    const { clock, queue } = open({ visibilityTimeout: 1 });
    queue.send({ body: "a" });
    const lost = receiveOne(queue);
    clock.advance(second);
    const { receiptHandle } = receiveOne(queue);
    queue.giveBack(lost.receiptHandle);
    expect(queue.counts().inFlight).toBe(1);
    queue.delete(receiptHandle);
    queue.giveBack(receiptHandle);
    expect(queue.peek()).toEqual([]);
  });

  it("goes to the next who waits", async () => {
    const { queue } = open();
    queue.send({ body: "a" });
    const { receiptHandle } = receiveOne(queue);
    const waiting = queue.wait({ waitSeconds: 20 });
    queue.giveBack(receiptHandle);
    expect(await waiting).toMatchObject([{ body: "a", receiveCount: 1 }]);
  });
});

describe("queues", () => {
  it("are the same when made again alike, and not otherwise", () => {
    const { queues, queue } = open({ visibilityTimeout: 5 });
    expect(queues.create({ arn })).toBe(queue);
    expect(queues.create({ arn, visibilityTimeout: 5 })).toBe(queue);
    expect(() => queues.create({ arn, visibilityTimeout: 6 })).toThrow(
      expect.objectContaining({ code: "QueueNameExists", queryCode: "QueueAlreadyExists" }),
    );
  });

  it("are told apart by account and Region", () => {
    const { queues } = open();
    const elsewhere = queues.create({ arn: "arn:aws:sqs:eu-west-1:222222222222:orders" });
    elsewhere.send({ body: "a" });
    expect(queues.existing(arn).peek()).toEqual([]);
    expect(() => queues.existing("arn:aws:sqs:us-east-1:111111111111:orders")).toThrow(
      expect.objectContaining({
        code: "QueueDoesNotExist",
        queryCode: "AWS.SimpleQueueService.NonExistentQueue",
      }),
    );
  });

  it("hand out as they are told to", () => {
    const queues = new Queues({ clock: new VirtualClock(), handOut: (all) => all.toReversed().slice(0, 1) });
    const queue = queues.create({ arn });
    queue.send({ body: "a" });
    queue.send({ body: "b" });
    expect(bodies(queue.receive())).toEqual(["b"]);
    // In somebody's hand already, as it may happen.
    expect(receiveOne(queue)).toMatchObject({ body: "b", receiveCount: 2 });
  });
});
