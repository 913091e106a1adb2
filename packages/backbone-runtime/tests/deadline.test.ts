import { describe, expect, it } from "vitest";
import { consume, createRuntime, log, NotPublished, publish, Rejected, type Runtime } from "../src/index.js";
import { batchOf, eventOf, failed, fakeHost, lettersUrl, queueArn, recordOf } from "./host.js";
import { order, OrderCreated } from "./shop.js";

const context = { getRemainingTimeInMillis: () => 30_000 };

/** A clock that a test moves to the deadline. */
function heldClock() {
  const waits: number[] = [];
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const sleep: Runtime["sleep"] = (milliseconds) => {
    waits.push(milliseconds);
    return reached;
  };
  return {
    waits,
    sleep,
    reach: () => {
      reach();
    },
  };
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

describe("before the host's deadline", () => {
  it("all that is not done has failed, and what is done stays done", async () => {
    const { waits, sleep, reach } = heldClock();
    const signals: AbortSignal[] = [];
    const consumer = consume(OrderCreated, (_, { id, signal }) => {
      signals.push(signal);
      if (id === "event-a") return undefined;
      if (id === "event-c") void turns(50).then(reach);
      return new Promise(() => undefined);
    });
    const host = fakeHost({ sleep });
    const answer = await host.run(() =>
      consumer(batchOf(recordOf("a"), recordOf("b"), recordOf("c")), context),
    );
    expect(answer).toEqual(failed("b", "c"));
    expect(waits).toEqual([29_500]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect(host.lines).toMatchObject([
      { message: "event failed", id: "event-b", error: { name: "DeadlineReached" } },
      { message: "event failed", id: "event-c", error: { name: "DeadlineReached" } },
    ]);
  });

  it("nothing more of a group is begun", async () => {
    const { sleep, reach } = heldClock();
    const seen: string[] = [];
    const consumer = consume(OrderCreated, (_, { id }) => {
      seen.push(id);
      reach();
      return new Promise(() => undefined);
    });
    const records = ["a", "b"].map((id) => recordOf(id, { arn: `${queueArn}.fifo`, group: "1" }));
    expect(await fakeHost({ sleep }).run(() => consumer(batchOf(...records), context))).toEqual(
      failed("a", "b"),
    );
    expect(seen).toEqual(["event-a"]);
  });

  it("an event of EventBridge itself fails by an error", async () => {
    const { sleep, reach } = heldClock();
    const consumer = consume(OrderCreated, () => {
      reach();
      return new Promise(() => undefined);
    });
    await expect(fakeHost({ sleep }).run(() => consumer(eventOf(), context))).rejects.toThrow(
      "give the function more time",
    );
  });

  it("less than half a second is kept where there is little time", async () => {
    const { waits, sleep } = heldClock();
    const consumer = consume(OrderCreated, () => undefined);
    await fakeHost({ sleep }).run(() => consumer(eventOf(), { getRemainingTimeInMillis: () => 1_000 }));
    expect(waits).toEqual([900]);
  });

  it("nothing fails where the work was done in time, however late the clock tells", async () => {
    const { sleep, reach } = heldClock();
    const signals: AbortSignal[] = [];
    const consumer = consume(OrderCreated, (_, { signal }) => signals.push(signal));
    await fakeHost({ sleep }).run(() => consumer(eventOf(), context));
    reach();
    await turns(5);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

describe("a runtime's own clock", () => {
  it("waits no longer than its signal lets it, so that a host need not wait for it", async () => {
    const { sleep } = createRuntime();
    const controller = new AbortController();
    const waiting = sleep(3_600_000, controller.signal);
    controller.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(sleep(3_600_000, controller.signal)).resolves.toBeUndefined();
  });

  it("ends with a delivery that is done", async () => {
    const signals: AbortSignal[] = [];
    const sleep: Runtime["sleep"] = (_, signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    const consumer = consume(OrderCreated, () => undefined);
    await fakeHost({ sleep }).run(() => consumer(eventOf(), context));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("a handler that goes on after its deadline", () => {
  /** Runs a handler's rest after its deadline. */
  async function late(rest: () => unknown, environment = {}) {
    const { sleep, reach } = heldClock();
    const host = fakeHost({ sleep, environment });
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let ended: Promise<unknown> = Promise.resolve();
    const consumer = consume(OrderCreated, () => {
      reach();
      ended = held.then(rest);
      return ended;
    });
    const answer = await host.run(() => consumer(batchOf(recordOf("a")), context));
    goOn();
    const outcome = await ended.catch((error: unknown) => error);
    await turns(20);
    return { host, answer, outcome };
  }

  it("publishes nothing more: its retry does", async () => {
    const { host, answer, outcome } = await late(() => publish(OrderCreated, order));
    expect(answer).toEqual(failed("a"));
    expect(outcome).toBeInstanceOf(NotPublished);
    expect(outcome).toMatchObject({ refused: [{ code: "NotSent" }] });
    expect(host.requests).toEqual([]);
  });

  it("sends no letter", async () => {
    const { host } = await late(
      () => {
        throw new Rejected("too late");
      },
      { BACKBONE_LETTERS_QUEUE_URL: lettersUrl },
    );
    expect(host.letters).toEqual([]);
  });

  it("logs under its own event still", async () => {
    const { host } = await late(() => {
      log.info("late");
    });
    expect(host.lines.at(-1)).toMatchObject({ message: "late", id: "event-a" });
  });
});
