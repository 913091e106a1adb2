import type { Fault } from "aws-stand-in";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RedriveResult } from "../../operations/dead-letters/redrive.js";
import { eventText, numberedOrder, orderDetail } from "../fixtures/fake-backbone.js";
import { LetterDesk, sentAt, staying } from "../fixtures/letter-desk.js";
import type { AwsRequest, OperatedAws } from "../fixtures/operated-aws.js";
import { runRedrive, type RedriveRunOptions } from "../fixtures/redrive-run.js";
import { registry, subscriptionAttributes, topology } from "../fixtures/subscribed-backbone.js";

const backbone = { registry, topology };
const queue = "backbone-delivery-dead-letters";
const target = "backbone-delivery--start-delivery";
const givenUp = "backbone-delivery--start-delivery-letters";
const largeOrders = "arn:aws:sqs:eu-west-1:333333333333:large-orders";

let desk: LetterDesk;
let aws: OperatedAws;

beforeEach(async () => {
  desk = await LetterDesk.open();
  ({ aws } = desk);
  for (const name of [queue, target, givenUp, largeOrders]) aws.createQueue(name);
});

afterEach(async () => {
  await desk.close();
});

function addLetters(count: number, of = "delivery/start-delivery", detail = numberedOrder): string[] {
  return Array.from({ length: count }, (_, index) =>
    aws.addMessage(
      queue,
      eventText({ id: `event-${index}`, detail: detail(index) }),
      subscriptionAttributes("delivery", of),
      sentAt,
    ),
  );
}

const redrive = (
  fault?: (request: AwsRequest) => Fault | undefined,
  options: Partial<RedriveRunOptions> = {},
): Promise<RedriveResult> => desk.redriveWith(fault, { backbone, account: "delivery", ...options });

const messagesIn = (name: string) =>
  aws.messagesIn(name).map(({ body, attributes }) => ({
    body,
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value])),
  }));

describe("a redrive of a subscription's letters", () => {
  it("gives the event as it was to the queue, marked, as the redrive role, and puts nothing on a bus", async () => {
    addLetters(1);
    const { redriven, ...rest } = await redrive();
    expect(messagesIn(target)).toEqual([
      {
        body: eventText({ id: "event-0", detail: numberedOrder(0) }),
        attributes: { "backbone-redrive": "1" },
      },
    ]);
    expect(redriven).toMatchObject([{ eventId: "event-0", acceptedAs: aws.messagesIn(target)[0]?.id }]);
    expect(rest.stopped).toBeUndefined();
    expect(desk.remaining(queue)).toEqual([]);
    expect(aws.accepted).toEqual([]);
    expect(aws.requestsOf("DescribeEventBus")).toEqual([]);
    expect(aws.requestsOf("SendMessageBatch").map(({ caller }) => caller)).toEqual([
      "arn:aws:sts::333333333333:assumed-role/backbone-redrive-delivery/event-backbone",
    ]);
    const actions = aws.requests.map(({ action }) => action);
    expect(actions.indexOf("SendMessageBatch")).toBeLessThan(actions.indexOf("DeleteMessageBatch"));
  });

  it("sends one alone, then ten at once, and an event that is in two letters once", async () => {
    addLetters(25);
    addLetters(1);
    const { redriven } = await redrive();
    expect(redriven).toHaveLength(26);
    const sizes = aws
      .requestsOf("SendMessageBatch")
      .map(({ input }) => JSON.stringify(input).split('"MessageBody"').length - 1);
    expect(sizes).toEqual([1, 10, 10, 4]);
    expect(messagesIn(target)).toHaveLength(25);
  });

  it("leaves the letters of a queue that is not there, and goes on with others", async () => {
    const ids = addLetters(12);
    addLetters(3, "delivery/large-orders", (index) =>
      numberedOrder(index).replace('"amount":5', '"amount":500'),
    );
    aws.deleteQueue(target);
    const { redriven, refused, notSent, stopped } = await redrive();
    expect(stopped).toBeUndefined();
    expect(redriven).toHaveLength(3);
    expect(refused.map(({ messageId }) => messageId)).toEqual([ids[0]]);
    expect(refused[0]?.problem).toContain("QueueDoesNotExist");
    expect(notSent).toHaveLength(11);
    expect(desk.remaining(queue)).toEqual(ids);
    expect(messagesIn(largeOrders)).toHaveLength(3);
  });

  it("keeps the letters that a partly refused batch did not take", async () => {
    const ids = addLetters(4);
    aws.failsToSend = (body) => (body.includes('"number":2,') ? "InternalError" : undefined);
    const { redriven, refused } = await redrive();
    expect(redriven).toHaveLength(3);
    expect(refused).toMatchObject([
      { messageId: ids[2], problem: "InternalError: refused, as it was told to" },
    ]);
    expect(desk.remaining(queue)).toEqual([ids[2]]);
  });

  it("waits when SQS throttles it, and sends nothing twice", async () => {
    addLetters(2);
    let throttled = 0;
    const { redriven } = await redrive(({ action }) => {
      if (action !== "SendMessageBatch" || throttled === 2) return undefined;
      throttled += 1;
      return { kind: "error", type: "RequestThrottled" };
    });
    expect(redriven).toHaveLength(2);
    expect(messagesIn(target)).toHaveLength(2);
  });

  it("does not repeat what is in doubt, not in the next run either, but where that is asked for", async () => {
    const ids = addLetters(1);
    const { uncertain } = await redrive(desk.nth("SendMessageBatch", 1, { kind: "cut-after" }));
    expect(uncertain.map(({ messageId }) => messageId)).toEqual(ids);
    expect(aws.requestsOf("SendMessageBatch")).toHaveLength(1);
    aws.now += 1_000;
    const next = await runRedrive(aws, { backbone, account: "delivery", state: desk.state });
    expect(staying(next.planned)).toEqual({ "event-0": "in-doubt" });
    expect(messagesIn(target)).toHaveLength(1);
    await redrive(undefined, { again: true });
    expect(messagesIn(target)).toHaveLength(2);
    expect(desk.remaining(queue)).toEqual([]);
  });
});

describe("a redrive of what a consumer gave up", () => {
  const options = { queue: "delivery/start-delivery" };
  const fail = (attributes: Readonly<Record<string, string>>) =>
    aws.addMessage(givenUp, eventText({ detail: orderDetail }), attributes, sentAt);

  it("puts it back on the subscription's queue, and again when it comes back, until it is asked why", async () => {
    for (const round of ["1", "2"]) {
      fail(round === "1" ? {} : { "backbone-redrive": "1" });
      const { redriven } = await redrive(undefined, options);
      expect(redriven).toHaveLength(1);
      expect(messagesIn(target).at(-1)?.attributes).toEqual({ "backbone-redrive": round });
    }
    fail({ "backbone-redrive": "2" });
    const { planned } = await runRedrive(aws, {
      backbone,
      account: "delivery",
      state: desk.state,
      ...options,
    });
    expect(Object.values(staying(planned))).toEqual(["many-rounds"]);
  });

  it("gives an event once that was given up twice in one round", async () => {
    fail({});
    await redrive(undefined, options);
    fail({});
    const { planned } = await runRedrive(aws, {
      backbone,
      account: "delivery",
      state: desk.state,
      ...options,
    });
    expect(Object.values(staying(planned))).toEqual(["given-back"]);
    expect(messagesIn(target)).toHaveLength(1);
  });
});
