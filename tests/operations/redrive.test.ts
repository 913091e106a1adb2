import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listLetters } from "../../operations/dead-letters/list.js";
import { planLetters } from "../../operations/dead-letters/plan.js";
import { queueUrl } from "../../operations/dead-letters/queue.js";
import { redrive, type RedriveResult } from "../../operations/dead-letters/redrive.js";
import { FakeAws, type FakeRequest, type Fault } from "../fixtures/fake-aws.js";
import { eventText, forwardAttributes, openFake, stack, topology } from "../fixtures/fake-backbone.js";

const queue = "backbone-global-dead-letters";
const sentAt = new Date("2026-01-01T11:00:05Z");
const quiet = new AbortController().signal;

let aws: FakeAws;

beforeEach(async () => {
  aws = new FakeAws();
  aws.queues.set(queue, []);
  await aws.start();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function addForwardLetters(count: number, member = "delivery"): string[] {
  return Array.from({ length: count }, (_, index) =>
    aws.addMessage(queue, eventText({ id: `event-${index}` }), forwardAttributes(member), sentAt),
  );
}

/** Lists, plans and sends again, as the command does, with faults from the redrive on. */
async function listAndRedrive(
  fault: (request: FakeRequest, index: number) => Fault | undefined = () => undefined,
  signal: AbortSignal = quiet,
): Promise<RedriveResult> {
  const session = await openFake(aws, "global");
  const url = queueUrl(session, queue);
  const { letters } = await listLetters(session, url, { limit: 1_000, signal: quiet });
  const planned = planLetters(topology, stack("global"), letters);
  const role = await session.takeOn(stack("global").redrive.roleArn);
  const before = aws.requests.length;
  aws.fault = (request) => fault(request, aws.requests.length - before - 1);
  try {
    return await redrive(role, url, planned, { signal });
  } finally {
    session.close();
    role.close();
  }
}

function remaining(): string[] {
  return (aws.queues.get(queue) ?? []).map(({ id }) => id);
}

/** Times each event id was put on a bus in the requests received, whatever became of them. */
function sendings(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { detail } of aws.accepted) counts.set(detail, (counts.get(detail) ?? 0) + 1);
  return counts;
}

const nth =
  (action: string, wanted: number, fault: Fault) =>
  ({ action: of }: FakeRequest) => {
    if (of !== action) return undefined;
    return aws.requestsOf(action).length === wanted ? fault : undefined;
  };

describe("a redrive", () => {
  it("puts each event back as it was published, and deletes its message after that", async () => {
    const detail = '{"orderId": "o-1",  "amount": 12345678901234567890.10, "note": "a \\"}, \\\\ {"}';
    aws.addMessage(queue, eventText({ id: "old", detail }), forwardAttributes("delivery"), sentAt);
    const { redriven, ...rest } = await listAndRedrive();
    expect(aws.accepted).toEqual([
      {
        bus: "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery",
        eventId: redriven[0]?.newEventId,
        source: "com.example.orders",
        detailType: "Order.Created",
        detail,
        resources: ["order/o-1"],
        time: Date.parse("2026-01-01T11:00:00Z") / 1_000,
        caller: "arn:aws:sts::111111111111:assumed-role/backbone-redrive-global/session",
      },
    ]);
    expect(redriven).toMatchObject([{ eventId: "old" }]);
    expect(rest).toEqual({ undeleted: [], refused: [], uncertain: [], untouched: [], stopped: undefined });
    expect(remaining()).toEqual([]);
    const actions = aws.requests.map(({ action }) => action);
    expect(actions.indexOf("PutEvents")).toBeLessThan(actions.indexOf("DeleteMessageBatch"));
  });

  it("does everything as the redrive role once it has begun", async () => {
    addForwardLetters(1);
    await listAndRedrive();
    for (const action of ["PutEvents", "DeleteMessageBatch"]) {
      expect(aws.requestsOf(action).map(({ caller }) => caller)).toEqual([
        "arn:aws:sts::111111111111:assumed-role/backbone-redrive-global/session",
      ]);
    }
  });

  it("sends more than ten in several requests, each event once", async () => {
    addForwardLetters(25);
    const { redriven } = await listAndRedrive();
    expect(redriven).toHaveLength(25);
    expect(aws.requestsOf("PutEvents").length).toBeGreaterThanOrEqual(3);
    expect(aws.accepted).toHaveLength(25);
    expect(remaining()).toEqual([]);
  });

  it("sends an event that two targets refused once, and deletes both messages", async () => {
    const own = "backbone-delivery-dead-letters";
    const rule = "arn:aws:events:eu-west-1:333333333333:rule/backbone-delivery";
    for (const target of ["one", "two"]) {
      aws.addMessage(own, eventText(), { RULE_ARN: `${rule}/${target}`, TARGET_ARN: target }, sentAt);
    }
    const session = await openFake(aws, "delivery");
    const url = queueUrl(session, own);
    const { letters } = await listLetters(session, url, { limit: 10, signal: quiet });
    const planned = planLetters(topology, stack("delivery"), letters);
    const { redriven } = await redrive(session, url, planned, { signal: quiet });
    expect(redriven).toHaveLength(2);
    expect(aws.accepted.map(({ bus }) => bus)).toEqual([stack("delivery").bus.arn]);
    expect(aws.queues.get(own)).toEqual([]);
  });

  it("keeps the messages whose events a partly refused request did not take", async () => {
    const ids = addForwardLetters(4);
    aws.entryFault = ({ detail }) => (detail.includes("bad") ? "InternalFailure" : undefined);
    const bad = aws.addMessage(
      queue,
      eventText({ id: "event-bad", detail: '{"bad":true}' }),
      forwardAttributes("delivery"),
      sentAt,
    );
    const { redriven, refused } = await listAndRedrive();
    expect(redriven.map(({ messageId }) => messageId).sort()).toEqual([...ids].sort());
    expect(refused).toMatchObject([{ messageId: bad, problem: "InternalFailure: the fake refuses it" }]);
    expect(remaining()).toEqual([bad]);
  });

  it("waits when it is throttled, and sends nothing twice", async () => {
    addForwardLetters(3);
    const { redriven } = await listAndRedrive((request) =>
      aws.requestsOf("PutEvents").length <= 2 && request.action === "PutEvents"
        ? { kind: "error", type: "ThrottlingException" }
        : undefined,
    );
    expect(redriven).toHaveLength(3);
    expect(aws.requestsOf("PutEvents")).toHaveLength(3);
    expect(aws.accepted).toHaveLength(3);
  });

  it("stops at a denial with everything still in the queue and shown again", async () => {
    const ids = addForwardLetters(12);
    const { refused, untouched, stopped } = await listAndRedrive(
      nth("PutEvents", 1, { kind: "error", type: "AccessDeniedException", message: "not authorized" }),
    );
    expect(refused.length + untouched.length).toBe(12);
    expect(stopped).toContain("may not put events on the bus");
    expect(aws.requestsOf("PutEvents")).toHaveLength(1);
    expect(remaining().sort()).toEqual([...ids].sort());
    expect((aws.queues.get(queue) ?? []).every(({ hiddenUntil }) => hiddenUntil <= aws.now)).toBe(true);
  });

  it.each([
    { kind: "cut" },
    { kind: "cut-after" },
    { kind: "error", status: 500, type: "InternalException" },
  ] as const)("neither repeats nor deletes what a lost answer leaves in doubt: $kind", async (fault) => {
    const ids = addForwardLetters(3);
    const { uncertain, redriven, stopped } = await listAndRedrive(nth("PutEvents", 1, fault));
    expect(uncertain.map(({ messageId }) => messageId).sort()).toEqual([...ids].sort());
    expect(redriven).toEqual([]);
    expect(stopped).toBeDefined();
    expect(aws.requestsOf("PutEvents")).toHaveLength(1);
    expect(aws.requestsOf("DeleteMessageBatch")).toEqual([]);
    expect(remaining().sort()).toEqual([...ids].sort());
  });

  it("repeats a deletion whose answer was lost, because deleting twice does no harm", async () => {
    addForwardLetters(2);
    const { redriven, undeleted } = await listAndRedrive(nth("DeleteMessageBatch", 1, { kind: "cut" }));
    expect({ redriven: redriven.length, undeleted: undeleted.length }).toEqual({ redriven: 2, undeleted: 0 });
    expect(aws.accepted).toHaveLength(2);
    expect(remaining()).toEqual([]);
  });

  it("tells which message could not be deleted, and does not send its event again in the same run", async () => {
    const [stuck = ""] = addForwardLetters(12);
    aws.failsToDelete = (id) => id === stuck;
    // The message becomes visible again while the run goes on.
    const { redriven, undeleted } = await listAndRedrive(({ action }) => {
      if (action === "ReceiveMessage") aws.now += 301;
      return undefined;
    });
    expect(redriven).toHaveLength(11);
    expect(undeleted).toMatchObject([{ messageId: stuck, problem: "InternalError: the fake refuses it" }]);
    expect(aws.accepted).toHaveLength(12);
    expect(remaining()).toEqual([stuck]);
  });

  it("lets messages go that have come since the plan was made", async () => {
    addForwardLetters(1);
    let late = "";
    const { redriven } = await listAndRedrive(({ action }) => {
      if (late === "" && action === "ReceiveMessage") [late = ""] = addForwardLetters(1, "orders");
      return undefined;
    });
    expect(redriven).toHaveLength(1);
    expect(aws.accepted).toHaveLength(1);
    expect(remaining()).toEqual([late]);
    expect(aws.queues.get(queue)?.[0]?.hiddenUntil).toBe(0);
  });

  it("finishes the batch in hand when it is interrupted, and tells what it has not touched", async () => {
    addForwardLetters(25);
    const controller = new AbortController();
    const { redriven, untouched, stopped } = await listAndRedrive(({ action }) => {
      if (action === "PutEvents") controller.abort();
      return undefined;
    }, controller.signal);
    expect(redriven).toHaveLength(10);
    expect(untouched).toHaveLength(15);
    expect(stopped).toBe("interrupted");
    expect(aws.accepted).toHaveLength(10);
    expect(remaining()).toHaveLength(15);
  });

  it("leaves messages of unknown shape and what it must not put anywhere", async () => {
    const left = [
      aws.addMessage(queue, "no json", forwardAttributes("delivery"), sentAt),
      aws.addMessage(queue, '{"orderId":"transformed"}', forwardAttributes("delivery"), sentAt),
      aws.addMessage(queue, eventText(), {}, sentAt),
      aws.addMessage(
        queue,
        eventText(),
        {
          ...forwardAttributes("delivery"),
          RULE_ARN: "arn:aws:events:eu-west-1:555555555555:rule/backbone-global/forward-delivery",
        },
        sentAt,
      ),
      aws.addMessage(
        queue,
        eventText(),
        {
          ...forwardAttributes("delivery"),
          TARGET_ARN: "arn:aws:events:eu-west-1:555555555555:event-bus/elsewhere",
        },
        sentAt,
      ),
      aws.addMessage(
        queue,
        eventText(),
        { ...forwardAttributes("delivery"), TARGET_ARN: stack("global").log.logGroupArn },
        sentAt,
      ),
    ];
    await listAndRedrive();
    expect(aws.requestsOf("PutEvents")).toEqual([]);
    expect(remaining()).toEqual(left);
  });

  it("loses nothing, deletes nothing unsent and sends nothing twice, whatever fails when", async () => {
    const fault = fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Fault>(
          { kind: "cut" },
          { kind: "cut-after" },
          { kind: "error", type: "ThrottlingException" },
          { kind: "error", status: 500, type: "InternalFailure" },
          { kind: "error", type: "AccessDeniedException" },
        ),
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 24 }),
        fc.array(fault, { maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 24 }),
        async (count, faults, refusals) => {
          aws.requests.length = 0;
          aws.accepted.length = 0;
          aws.fault = () => undefined;
          aws.queues.set(queue, []);
          const bodies = Array.from({ length: count }, (_, index) =>
            eventText({ id: `event-${index}`, detail: `{"number":${index}}` }),
          );
          const ids = bodies.map((body) =>
            aws.addMessage(queue, body, forwardAttributes("delivery"), sentAt),
          );
          aws.entryFault = ({ detail }) =>
            refusals[Number(/\d+/.exec(detail)?.[0])] === true ? "ThrottlingException" : undefined;
          const result = await listAndRedrive((_, index) => faults[index]);

          const sent = sendings();
          for (const times of sent.values()) expect(times).toBe(1);
          const left = new Set(remaining());
          ids.forEach((id, index) => {
            const wasSent = sent.has(`{"number":${index}}`);
            // Deleted only after it was sent; so nothing that was not sent is gone.
            if (!left.has(id)) expect(wasSent).toBe(true);
          });
          const { redriven, undeleted, refused, uncertain, untouched } = result;
          const told = [...redriven, ...undeleted, ...refused, ...uncertain].map(
            ({ messageId }) => messageId,
          );
          expect([...told, ...untouched].sort()).toEqual([...ids].sort());
          for (const { messageId } of redriven) expect(left.has(messageId)).toBe(false);
          for (const { messageId } of [...refused, ...uncertain]) expect(left.has(messageId)).toBe(true);
          for (const messageId of untouched) expect(left.has(messageId)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("listing dead letters", () => {
  it("reads all pages and shows the messages to others again", async () => {
    addForwardLetters(23);
    const session = await openFake(aws, "global");
    const { letters, total } = await listLetters(session, queueUrl(session, queue), {
      limit: 1_000,
      signal: quiet,
    });
    expect({ letters: letters.length, total }).toEqual({ letters: 23, total: 23 });
    expect((aws.queues.get(queue) ?? []).every(({ hiddenUntil }) => hiddenUntil === 0)).toBe(true);
    expect(letters[0]).toMatchObject({
      errorCode: "NO_PERMISSIONS",
      ruleArn: "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-delivery",
      sentAt,
      event: { id: "event-0", detailType: "Order.Created" },
    });
  });

  it("stops at its limit, and shows what it took too much of again", async () => {
    addForwardLetters(23);
    const session = await openFake(aws, "global");
    const { letters } = await listLetters(session, queueUrl(session, queue), { limit: 5, signal: quiet });
    expect(letters).toHaveLength(5);
    expect((aws.queues.get(queue) ?? []).every(({ hiddenUntil }) => hiddenUntil === 0)).toBe(true);
  });

  it("says in one sentence that it may not", async () => {
    const session = await openFake(aws, "global");
    aws.fault = () => ({ kind: "error", type: "AccessDeniedException", message: "no" });
    await expect(listLetters(session, queueUrl(session, queue), { limit: 5, signal: quiet })).rejects.toThrow(
      'arn:aws:iam::111111111111:user/administrator may not look at the dead-letter queue in account "global" (111111111111): no',
    );
  });
});
