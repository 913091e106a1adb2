import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCanary, type CanaryResult } from "../../operations/canary.js";
import { OperatedAws, type AcceptedEvent } from "../fixtures/operated-aws.js";
import { eventText, openFake, registry, stack } from "../fixtures/fake-backbone.js";
import { FakeClock } from "../fixtures/fake-clock.js";

let aws: OperatedAws;
let clock: FakeClock;
let interrupt: AbortController;

beforeEach(async () => {
  aws = new OperatedAws();
  clock = new FakeClock();
  interrupt = new AbortController();
  for (const account of ["global", "delivery"]) aws.createLog(stack(account).log.logGroupName);
  await aws.start();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function show(account: string, { eventId, detail, resources }: AcceptedEvent): void {
  const time = new Date(clock.now().getTime() + aws.clockSkew).toISOString();
  aws.log(stack(account).log.logGroupName, eventText({ id: eventId, detail, resources, time }));
}

async function run(boundAccount?: string): Promise<CanaryResult> {
  const contract = registry.contracts.get("orders/Order.Created");
  if (contract === undefined) throw new Error("the shop has this contract");
  const owner = await openFake(aws, "orders");
  const logs = [];
  for (const account of ["global", "delivery"]) {
    logs.push({ session: await openFake(aws, account), logGroup: stack(account).log.logGroupName });
  }
  return runCanary({
    contract,
    owner,
    logs,
    globalBus: stack("global").bus.arn,
    boundAccount,
    name: "run-1",
    timeoutMilliseconds: 60_000,
    pollMilliseconds: 5_000,
    clock,
    signal: interrupt.signal,
  });
}

describe("a canary", () => {
  it("is the contract's example, marked in resources, put on the global bus by its owner", async () => {
    aws.onAccepted = (event) => {
      show("global", event);
      show("delivery", event);
    };
    const { ok, hops } = await run();
    expect(ok).toBe(true);
    expect(hops.map(({ account, seenAfter }) => [account, seenAfter])).toEqual([
      ["global", 0],
      ["delivery", 0],
    ]);
    expect(aws.accepted).toMatchObject([
      {
        bus: "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global",
        source: "com.example.orders",
        detailType: "Order.Created",
        detail: '{"orderId":"o-1","total":{"amount":5,"currency":"EUR"},"lines":[{"sku":"tea"}]}',
        resources: ["event-backbone:canary:run-1"],
        caller: "arn:aws:iam::222222222222:user/administrator",
      },
    ]);
    expect(clock.slept).toEqual([]);
  });

  it("fails at once where forwards go by the account, and EventBridge gives it another than its owner's", async () => {
    aws.onAccepted = (event) => {
      show("global", event);
      show("delivery", event);
    };
    expect(await run("222222222222")).toMatchObject({ ok: true, wrongAccount: undefined });
    expect(await run("333333333333")).toMatchObject({ ok: false, wrongAccount: "222222222222" });
    expect(await run()).toMatchObject({ ok: true, wrongAccount: undefined });
    expect(clock.slept).toEqual([]);
  });

  it("waits for a log that is late, and looks at that one only", async () => {
    aws.onAccepted = (event) => {
      show("global", event);
      clock.onSleep = () => {
        if (clock.slept.length === 3) show("delivery", event);
      };
    };
    const { ok, hops } = await run();
    expect(ok).toBe(true);
    expect(hops.at(-1)).toMatchObject({ account: "delivery", seenAfter: 15_000 });
    expect(aws.requestsOf("FilterLogEvents")).toHaveLength(1 + 4);
  });

  it("gives up when the time is over, and knows who has not seen it", async () => {
    aws.onAccepted = (event) => {
      show("global", event);
    };
    const { ok, interrupted, hops } = await run();
    expect({ ok, interrupted }).toEqual({ ok: false, interrupted: false });
    expect(hops.map(({ seenAfter }) => seenAfter)).toEqual([0, undefined]);
    expect(clock.slept).toHaveLength(12);
  });

  it("is not fooled by another canary in the log", async () => {
    aws.onAccepted = (event) => {
      show("global", event);
      show("delivery", { ...event, eventId: "another", resources: ["event-backbone:canary:run-2"] });
    };
    expect((await run()).ok).toBe(false);
  });

  it("stops waiting when it is interrupted", async () => {
    clock.onSleep = () => {
      interrupt.abort();
    };
    expect(await run()).toMatchObject({ ok: false, interrupted: true });
    expect(clock.slept).toHaveLength(1);
  });

  it("that the bus refuses is an error at once, not a wait", async () => {
    aws.entryFault = () => "AccessDeniedException";
    await expect(run()).rejects.toThrow(
      "the global bus did not accept the canary orders/Order.Created: AccessDeniedException",
    );
    expect(aws.requestsOf("FilterLogEvents")).toEqual([]);
  });

  it.each([
    { name: "lost", fault: { kind: "cut-after" } as const },
    { name: "an error of AWS", fault: { kind: "error", status: 500, type: "InternalFailure" } as const },
  ])(
    "whose answer is $name is looked for by its mark, and its id learned from the log",
    async ({ fault }) => {
      aws.fault = ({ action }) => (action === "PutEvents" ? fault : undefined);
      const event = { eventId: "on-the-bus", detail: "{}", resources: ["event-backbone:canary:run-1"] };
      clock.onSleep = () => {
        for (const account of ["global", "delivery"]) show(account, { ...accepted, ...event });
      };
      expect(await run()).toMatchObject({ ok: true, eventId: "on-the-bus", doubt: undefined });
    },
  );

  it("whose answer is lost and that no log shows is in doubt, not refused", async () => {
    aws.fault = ({ action }) => (action === "PutEvents" ? { kind: "cut" } : undefined);
    const { ok, eventId, doubt, mark } = await run();
    expect({ ok, eventId, mark }).toEqual({
      ok: false,
      eventId: undefined,
      mark: "event-backbone:canary:run-1",
    });
    expect(doubt).toContain("put events on arn:aws:events:");
  });

  it.each([-180, -3, 3, 180])("is seen although AWS's clock is %i minutes ahead", async (minutes) => {
    aws.clockSkew = minutes * 60_000;
    aws.onAccepted = (event) => {
      show("global", event);
      show("delivery", event);
    };
    expect((await run()).ok).toBe(true);
  });

  it("looks again at a log that could not be read", async () => {
    aws.onAccepted = (event) => {
      show("global", event);
      show("delivery", event);
    };
    let refused = 0;
    aws.fault = ({ action, caller }) =>
      action === "FilterLogEvents" && caller.includes("333333333333") && (refused += 1) <= 2
        ? { kind: "error", type: "AccessDeniedException" }
        : undefined;
    const { ok, hops } = await run();
    expect(ok).toBe(true);
    expect(hops.at(-1)).toMatchObject({ seenAfter: 10_000, problem: undefined });
  });

  it("has its id told, and why, when a log is gone", async () => {
    aws.onAccepted = (event) => {
      show("global", event);
    };
    aws.deleteLog(stack("delivery").log.logGroupName);
    const { ok, eventId, hops } = await run();
    expect({ ok, eventId }).toEqual({ ok: false, eventId: aws.accepted[0]?.eventId });
    expect(hops.at(-1)?.problem).toContain("look through the event log /aws/events/backbone-delivery");
  });
});

const accepted: AcceptedEvent = {
  bus: "",
  eventId: "",
  source: "",
  detailType: "",
  detail: "",
  resources: [],
  time: undefined,
  caller: "",
};
