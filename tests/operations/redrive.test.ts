import type { Fault } from "aws-stand-in";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OperatedAws } from "../fixtures/operated-aws.js";
import {
  eventText,
  forwardAttributes,
  numberedOrder,
  orderDetail,
  stack,
} from "../fixtures/fake-backbone.js";
import { LetterDesk, queue, sentAt, staying } from "../fixtures/letter-desk.js";
import { newStateFolder, runRedrive } from "../fixtures/redrive-run.js";

const delivery = stack("delivery").bus.arn;

let desk: LetterDesk;
let aws: OperatedAws;
let state: string;

beforeEach(async () => {
  desk = await LetterDesk.open();
  ({ aws, state } = desk);
});

afterEach(async () => {
  await desk.close();
});

const idsOf = (letters: readonly { readonly messageId: string }[]) =>
  letters.map(({ messageId }) => messageId).sort();

describe("a redrive", () => {
  it("puts each event back as it was published but for a mark, and deletes its letter after that", async () => {
    const detail = orderDetail.replace("{", '{"amount": 12345678901234567890.10, "note": "a \\"}, \\\\ {",');
    aws.addMessage(queue, eventText({ id: "old", detail }), forwardAttributes("delivery"), sentAt);
    const { redriven, ...rest } = await desk.redriveWith();
    expect(aws.accepted).toEqual([
      {
        bus: delivery,
        eventId: redriven[0]?.acceptedAs,
        source: "com.example.orders",
        detailType: "Order.Created",
        detail,
        resources: ["order/o-1", "event-backbone:redriven:old:1"],
        time: Date.parse("2026-01-01T11:00:00Z") / 1_000,
        caller: "arn:aws:sts::111111111111:assumed-role/backbone-redrive-global/event-backbone",
      },
    ]);
    expect(redriven).toMatchObject([{ eventId: "old", firstId: "old", time: "2026-01-01T11:00:00Z" }]);
    expect(rest).toEqual({
      cleared: [],
      undeleted: [],
      partly: [],
      refused: [],
      uncertain: [],
      notSent: [],
      untouched: [],
      stopped: undefined,
    });
    expect(desk.remaining()).toEqual([]);
    const actions = aws.requests.map(({ action }) => action);
    expect(actions.indexOf("DescribeEventBus")).toBeLessThan(actions.indexOf("PutEvents"));
    expect(actions.indexOf("PutEvents")).toBeLessThan(actions.indexOf("DeleteMessageBatch"));
  });

  it("does everything as the redrive role", async () => {
    desk.addForwardLetters(1);
    await desk.redriveWith();
    for (const action of ["DescribeEventBus", "PutEvents", "DeleteMessageBatch"]) {
      expect(new Set(aws.requestsOf(action).map(({ caller }) => caller))).toEqual(
        new Set(["arn:aws:sts::111111111111:assumed-role/backbone-redrive-global/event-backbone"]),
      );
    }
  });

  it("sends one letter alone and deletes it, then ten at once, each event once", async () => {
    desk.addForwardLetters(25);
    const { redriven } = await desk.redriveWith();
    expect(redriven).toHaveLength(25);
    const sizes = aws
      .requestsOf("PutEvents")
      .map(({ input }) => JSON.stringify(input).split("redriven:").length - 1);
    expect(sizes).toEqual([1, 10, 10, 4]);
    const actions = aws.requests.map(({ action }) => action).filter((one) => /PutEvents|Delete/.test(one));
    expect(actions.slice(0, 3)).toEqual(["PutEvents", "DeleteMessageBatch", "PutEvents"]);
    expect(desk.remaining()).toEqual([]);
  });

  it("keeps the letters whose events a partly refused request did not take", async () => {
    const ids = desk.addForwardLetters(4);
    aws.entryFault = ({ detail }) => (detail.includes('"number":2,') ? "InternalFailure" : undefined);
    const { redriven, refused } = await desk.redriveWith();
    expect(redriven).toHaveLength(3);
    expect(refused).toMatchObject([
      { messageId: ids[2], problem: "InternalFailure: refused, as it was told to" },
    ]);
    expect(desk.remaining()).toEqual([ids[2]]);
  });

  it("sends one by one what AWS refuses as a whole, so that one bad event keeps nobody else back", async () => {
    const ids = desk.addForwardLetters(8);
    const { redriven, refused } = await desk.redriveWith(({ action, input }) =>
      action === "PutEvents" && JSON.stringify(input).includes("event-5:")
        ? { kind: "error", type: "ValidationException", message: "bad" }
        : undefined,
    );
    expect(redriven).toHaveLength(7);
    expect(idsOf(refused)).toEqual([ids[5]]);
    expect(aws.accepted).toHaveLength(7);
  });

  it("waits when AWS throttles it, and sends nothing twice", async () => {
    desk.addForwardLetters(3);
    const { redriven } = await desk.redriveWith((request) =>
      aws.requestsOf("PutEvents").length <= 2 && request.action === "PutEvents"
        ? { kind: "error", type: "ThrottlingException" }
        : undefined,
    );
    expect(redriven).toHaveLength(3);
    expect(aws.accepted).toHaveLength(3);
  });

  it("stops at a denial with everything still in the queue and shown again", async () => {
    const ids = desk.addForwardLetters(12);
    const { refused, untouched, stopped } = await desk.redriveWith(
      desk.nth("PutEvents", 1, { kind: "error", type: "AccessDeniedException", message: "not authorized" }),
    );
    expect(refused.length + untouched.length).toBe(12);
    expect(stopped).toContain(
      'may not put events on arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery from account "global" (111111111111)',
    );
    expect(aws.requestsOf("PutEvents")).toHaveLength(1);
    expect(desk.remaining().sort()).toEqual([...ids].sort());
    expect(aws.hiddenIn(queue)).toEqual([]);
  });

  it.each<{ readonly name: string; readonly fault: Fault; readonly says: string }>([
    { name: "a broken connection", fault: { kind: "cut" }, says: "AWS could not be reached" },
    { name: "a lost answer", fault: { kind: "cut-after" }, says: "AWS could not be reached" },
    {
      name: "an error of AWS's own",
      fault: { kind: "error", status: 500, type: "InternalException" },
      says: "AWS failed to put events",
    },
    {
      name: "a time-out of a gateway",
      fault: { kind: "gateway", status: 408, body: "<html>\nRequest Timeout", handled: true },
      says: "HTTP 408: Unexpected token '<'",
    },
    {
      name: "too many requests for a gateway",
      fault: { kind: "gateway", status: 429, body: "", handled: true },
      says: "HTTP 429",
    },
    {
      name: "a gateway that speaks like AWS",
      fault: { kind: "gateway", status: 400, body: '{"__type":"ValidationException"}', handled: true },
      says: "HTTP 400",
    },
    {
      name: "half an answer",
      fault: { kind: "gateway", status: 200, body: '{"Entries":[{"Ev', handled: true },
      says: "HTTP 200",
    },
    {
      name: "an answer that says nothing",
      fault: { kind: "gateway", status: 200, body: "{}", handled: true },
      says: "AWS's answer does not say what became of it",
    },
    {
      name: "a code that AWS does not document",
      fault: { kind: "error", type: "StrangeException" },
      says: "StrangeException",
    },
  ])("neither repeats nor deletes what $name leaves in doubt", async ({ fault, says }) => {
    const ids = desk.addForwardLetters(1);
    const { uncertain, redriven } = await desk.redriveWith(desk.nth("PutEvents", 1, fault));
    expect(idsOf(uncertain)).toEqual(ids);
    expect(uncertain[0]?.problem).toContain(says);
    expect(uncertain[0]?.problem).not.toContain("$response");
    expect(redriven).toEqual([]);
    expect(aws.requestsOf("PutEvents")).toHaveLength(1);
    expect(aws.requestsOf("DeleteMessageBatch")).toEqual([]);
    expect(desk.remaining()).toEqual(ids);
  });

  it("says that nothing was sent where no connection came about", async () => {
    const ids = desk.addForwardLetters(1);
    let url = "";
    const { notSent, uncertain } = await desk
      .redriveWith(({ action }) => {
        // The server is gone for good when the event is to be sent.
        if (action === "DescribeEventBus") {
          url = "stopping";
          void aws.stop();
        }
        return undefined;
      })
      .finally(() => aws.start());
    expect(url).toBe("stopping");
    expect([...idsOf(notSent), ...idsOf(uncertain)]).toEqual(ids);
    expect(uncertain).toEqual([]);
  });

  it("repeats a deletion whose answer was lost, because deleting twice does no harm", async () => {
    desk.addForwardLetters(2);
    const { redriven, undeleted } = await desk.redriveWith(
      desk.nth("DeleteMessageBatch", 1, { kind: "cut" }),
    );
    expect({ redriven: redriven.length, undeleted: undeleted.length }).toEqual({ redriven: 2, undeleted: 0 });
    expect(aws.accepted).toHaveLength(2);
    expect(desk.remaining()).toEqual([]);
  });

  it("ends at the first letter that cannot be deleted, and the next run deletes it instead of sending it", async () => {
    const ids = desk.addForwardLetters(12);
    aws.failsToDelete = () => true;
    const first = await desk.redriveWith();
    expect(first.undeleted).toMatchObject([
      { messageId: ids[0], isRefused: true, problem: "InternalError: refused, as it was told to" },
    ]);
    expect(first.stopped).toContain("deletion failed");
    expect(aws.accepted).toHaveLength(1);
    expect(first.untouched).toHaveLength(11);

    aws.failsToDelete = () => false;
    aws.now += 1_000;
    const second = await desk.redriveWith();
    expect(idsOf(second.cleared)).toEqual([ids[0]]);
    expect(second.redriven).toHaveLength(11);
    expect(aws.accepted).toHaveLength(12);
    expect(desk.remaining()).toEqual([]);
  });

  it("does not claim a letter is still there when it does not know", async () => {
    desk.addForwardLetters(1);
    const { undeleted } = await desk.redriveWith(({ action }) =>
      action === "DeleteMessageBatch"
        ? { kind: "gateway", status: 403, body: "no", handled: true }
        : undefined,
    );
    expect(undeleted).toMatchObject([{ isRefused: false }]);
    expect(desk.remaining()).toEqual([]);
  });

  it("sends nothing to a bus that is not there, and keeps its letters", async () => {
    desk.addForwardLetters(3);
    aws.missingBuses.add(delivery);
    const { planned, result } = await runRedrive(aws, { account: "global", state });
    expect(new Set(Object.values(staying(planned)))).toEqual(new Set(["bus-missing"]));
    expect(result.redriven).toEqual([]);
    expect(aws.requestsOf("PutEvents")).toEqual([]);
    expect(desk.remaining()).toHaveLength(3);
  });

  it("looks again before it sends: a bus that went meanwhile gets nothing", async () => {
    desk.addForwardLetters(3);
    const { notSent } = await desk.redriveWith(undefined, {
      onPlanned: () => {
        aws.missingBuses.add(delivery);
      },
    });
    expect(notSent.map(({ problem }) => problem)).toEqual(Array(3).fill("its bus is not there (any more)"));
    expect(aws.requestsOf("PutEvents")).toEqual([]);
  });

  it("sends nothing to a bus it may not see", async () => {
    desk.addForwardLetters(1);
    aws.fault = ({ action }) =>
      action === "DescribeEventBus" ? { kind: "error", type: "AccessDeniedException" } : undefined;
    const { planned } = await runRedrive(aws, { account: "global", state });
    expect(Object.values(staying(planned))).toEqual(["bus-not-seen"]);
    expect(aws.requestsOf("PutEvents")).toEqual([]);
  });

  it("takes no more letters than asked for, and reads the queue once", async () => {
    desk.addForwardLetters(200);
    const { redriven } = await desk.redriveWith(undefined, { limit: 10 });
    expect(redriven).toHaveLength(10);
    expect(aws.requestsOf("ReceiveMessage")).toHaveLength(1);
    expect(desk.remaining()).toHaveLength(190);
  });

  it("leaves letters that have been in hand for too long", async () => {
    desk.addForwardLetters(3);
    let now = Date.now();
    const clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
    const { untouched, stopped } = await desk.redriveWith(undefined, {
      clock,
      onPlanned: () => {
        now += 700_000;
      },
    });
    expect(untouched).toHaveLength(3);
    expect(stopped).toContain("in hand for too long");
    expect(aws.requestsOf("PutEvents")).toEqual([]);
  });

  it("shows the others again when one release fails, and says how long the rest stays hidden", async () => {
    const ids = desk.addForwardLetters(25);
    aws.missingBuses.add(delivery);
    const { unreleased } = await runRedrive(aws, {
      account: "global",
      state,
      onPlanned: () => {
        aws.failsToRelease = (id) => id === ids[3];
      },
    });
    expect(unreleased).toMatchObject({ messages: 1, problem: "InternalError: refused, as it was told to" });
    expect(unreleased?.until.getTime()).toBeGreaterThan(Date.now() + 800_000);
    expect(aws.hiddenIn(queue)).toHaveLength(1);
  });

  it("finishes the batch in hand when it is interrupted, and tells what it has not reached", async () => {
    desk.addForwardLetters(25);
    const controller = new AbortController();
    const { redriven, untouched, stopped } = await desk.redriveWith(
      ({ action }) => {
        if (action === "PutEvents" && aws.requestsOf("PutEvents").length === 2) controller.abort();
        return undefined;
      },
      { signal: controller.signal },
    );
    expect({ redriven: redriven.length, untouched: untouched.length, stopped }).toEqual({
      redriven: 11,
      untouched: 14,
      stopped: "interrupted",
    });
    expect(desk.remaining()).toHaveLength(14);
  });
});

it("a redrive loses nothing, deletes nothing unsent and sends nothing twice, whatever fails when", async () => {
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
        { kind: "gateway", status: 408, body: "", handled: true },
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
        aws.createQueue(queue);
        const ids = desk.addForwardLetters(count);
        aws.entryFault = ({ detail }) =>
          refusals[Number(/\d+/.exec(detail)?.[0])] === true ? "ThrottlingException" : undefined;
        const result = await desk.redriveWith((_, index) => faults[index], { state: newStateFolder() });

        const sent = new Map<string, number>();
        for (const { detail } of aws.accepted) sent.set(detail, (sent.get(detail) ?? 0) + 1);
        for (const times of sent.values()) expect(times).toBe(1);
        const left = new Set(desk.remaining());
        // Deleted only after it was sent; so nothing that was not sent is gone.
        ids.forEach((id, index) => {
          if (!left.has(id)) expect(sent.has(numberedOrder(index))).toBe(true);
        });
        const { redriven, undeleted, refused, uncertain, notSent, untouched } = result;
        const told = idsOf([...redriven, ...undeleted, ...refused, ...uncertain, ...notSent]);
        expect([...told, ...untouched].sort()).toEqual([...ids].sort());
        for (const { messageId } of redriven) expect(left.has(messageId)).toBe(false);
        for (const { messageId } of [...refused, ...uncertain, ...notSent])
          expect(left.has(messageId)).toBe(true);
        for (const messageId of untouched) expect(left.has(messageId)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});
