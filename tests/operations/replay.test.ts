import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { type BackbonePlan, planTopology } from "../../infra/topology/index.js";
import {
  cancelReplay,
  describeArchive,
  followReplay,
  listReplays,
  type Replay,
  type ReplayProgress,
  selectRules,
  startReplay,
} from "../../operations/replay.js";
import { editedAll, removed } from "../fixtures/edit.js";
import { OperatedAws } from "../fixtures/operated-aws.js";
import { openFake, registry, stack } from "../fixtures/fake-backbone.js";
import { FakeClock } from "../fixtures/fake-clock.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

function backbone(): BackbonePlan {
  const plan = stack("global");
  if (plan.kind !== "backbone") throw new Error("global is the backbone");
  return plan;
}

describe("the rules of a replay", () => {
  const select = (selection: { contract?: string; account?: string }) =>
    selectRules(registry, backbone(), selection).map(({ name, account, wanted, besides }) => ({
      name,
      account,
      wanted,
      besides,
    }));

  it("for a contract are those that carry it, with all they carry besides", () => {
    expect(select({ contract: "orders/Order.Created" })).toEqual([
      {
        name: "forward-archive",
        account: "archive",
        wanted: ["orders/Order.Created"],
        besides: ["delivery/Delivery.Updated", "orders/Order.Updated"],
      },
      {
        name: "forward-delivery",
        account: "delivery",
        wanted: ["orders/Order.Created"],
        besides: ["orders/Order.Updated"],
      },
    ]);
  });

  it("for a contract under a beginning that takes several rules are the one that carries it", () => {
    const types = Array.from(
      { length: 60 },
      (_, index) => `Thing.Has.Happened.To.Somebody.Somewhere.${index}`,
    );
    const contract = shopRegistry.services.orders?.contracts["Order.Updated"];
    const divided = parseRegistry(
      editedAll(shopRegistry, [
        [["services", "orders", "contracts"], Object.fromEntries(types.map((type) => [type, contract]))],
        [["routes"], [{ events: "orders/Thing.*", to: "archive" }]],
        [["stories"], removed],
      ]),
    );
    const prod = divided.environments.get("prod");
    const plan = prod && planTopology(divided, prod).stacks.get("global");
    if (plan?.kind !== "backbone") throw new Error("global is the backbone");
    const key = `orders/${types[0] ?? ""}`;
    const rules = selectRules(divided, plan, { contract: key });
    expect(plan.forwards.flatMap((forward) => forward.rules).length).toBeGreaterThan(1);
    expect(rules.map(({ wanted }) => wanted)).toEqual([[key]]);
    expect(rules[0]?.besides.length).toBeLessThan(types.length - 1);
  });

  it("for an account are its own, and nothing comes unasked", () => {
    expect(select({ account: "orders" })).toEqual([
      { name: "forward-orders", account: "orders", wanted: ["delivery/Delivery.Updated"], besides: [] },
    ]);
  });

  it("for contract and account are none where no route leads", () => {
    expect(select({ contract: "orders/Order.Created", account: "orders" })).toEqual([]);
  });

  it("never include the logging rule, unless the backbone's own account is asked for", () => {
    expect(select({}).map(({ name }) => name)).toEqual([
      "forward-archive",
      "forward-delivery",
      "forward-orders",
    ]);
    expect(select({ account: "global" }).map(({ name }) => name)).toEqual(["log-all-events"]);
  });
});

describe("a replay", () => {
  let aws: OperatedAws;
  const replay: Replay = {
    name: "backbone-global-1",
    archiveArn: "arn:aws:events:eu-west-1:111111111111:archive/backbone-global",
    bus: "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global",
    ruleArns: ["arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-delivery"],
    from: new Date("2026-01-01T10:00:00Z"),
    to: new Date("2026-01-01T11:00:00Z"),
  };

  beforeEach(async () => {
    aws = new OperatedAws();
    aws.putArchive("backbone-global");
    await aws.start();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await aws.stop();
  });

  it("is limited to the rules and times given", async () => {
    await startReplay(await openFake(aws, "global"), replay);
    expect(aws.requestsOf("StartReplay").map(({ input }) => input)).toEqual([
      {
        ReplayName: replay.name,
        EventSourceArn: replay.archiveArn,
        EventStartTime: replay.from.getTime() / 1_000,
        EventEndTime: replay.to.getTime() / 1_000,
        Destination: { Arn: replay.bus, FilterArns: replay.ruleArns },
      },
    ]);
  });

  it("is started once, although the answer to the first request was lost", async () => {
    aws.fault = ({ action }) =>
      action === "StartReplay" && aws.requestsOf(action).length === 1 ? { kind: "cut-after" } : undefined;
    await startReplay(await openFake(aws, "global"), replay);
    expect(aws.requestsOf("StartReplay")).toHaveLength(2);
    expect(aws.archives.list("eu-west-1:111111111111")).toHaveLength(1);
  });

  it("is followed to its end", async () => {
    const session = await openFake(aws, "global");
    await startReplay(session, replay);
    const clock = new FakeClock();
    const seen: ReplayProgress[] = [];
    const end = await followReplay(session, replay.name, {
      pollMilliseconds: 10_000,
      clock,
      signal: new AbortController().signal,
      progress: (progress) => seen.push(progress),
    });
    expect(seen.map(({ state }) => state)).toEqual(["STARTING", "RUNNING", "COMPLETED"]);
    expect(end.reached).toEqual(replay.to);
    expect(clock.slept).toEqual([10_000, 10_000]);
  });

  it("is left running when following is interrupted", async () => {
    const session = await openFake(aws, "global");
    await startReplay(session, replay);
    const clock = new FakeClock();
    const interrupt = new AbortController();
    clock.onSleep = () => {
      interrupt.abort();
    };
    const end = await followReplay(session, replay.name, {
      pollMilliseconds: 10_000,
      clock,
      signal: interrupt.signal,
    });
    expect(end.state).toBe("RUNNING");
    expect(aws.requestsOf("CancelReplay")).toEqual([]);
  });

  it("of an archive that is not there says what to declare", async () => {
    await expect(describeArchive(await openFake(aws, "global"), "backbone-other")).rejects.toThrow(
      'there is no archive "backbone-other" in account "global" (111111111111); declare archive in the environment',
    );
  });

  it("beyond those that AWS runs at a time is refused in words", async () => {
    aws.fault = ({ action }) =>
      action === "StartReplay" ? { kind: "error", type: "LimitExceededException" } : undefined;
    await expect(startReplay(await openFake(aws, "global"), replay)).rejects.toThrow(
      "AWS runs 10 replays at a time",
    );
  });

  it("of an empty archive names no event that was reached", async () => {
    aws.putReplay("backbone-global", "empty", ["COMPLETED"]);
    const end = await followReplay(await openFake(aws, "global"), "empty", {
      pollMilliseconds: 1,
      clock: new FakeClock(),
      signal: new AbortController().signal,
    });
    expect(end).toMatchObject({ state: "COMPLETED", reached: undefined });
  });

  it("is cancelled, and is not cancelled yet when AWS has only taken the request", async () => {
    const session = await openFake(aws, "global");
    await startReplay(session, replay);
    expect(await cancelReplay(session, replay.name)).toMatchObject({ state: "CANCELLING" });
  });

  it.each([
    { name: "that is not there", states: undefined, says: 'there is no replay "gone"' },
    { name: "that has ended", states: ["COMPLETED"], says: 'the replay "gone" in account "global"' },
  ])("$name cannot be cancelled", async ({ states, says }) => {
    if (states !== undefined) aws.putReplay("backbone-global", "gone", states);
    await expect(cancelReplay(await openFake(aws, "global"), "gone")).rejects.toThrow(says);
  });

  it("is listed with the others of its archive, the latest first", async () => {
    const session = await openFake(aws, "global");
    await startReplay(session, replay);
    await startReplay(session, { ...replay, name: "later", from: new Date("2026-01-01T10:30:00Z") });
    aws.putArchive("backbone-global-other");
    aws.putReplay("backbone-global-other", "foreign", ["STARTING"]);
    const replays = await listReplays(session, replay.archiveArn);
    expect(replays.map(({ name, state }) => [name, state])).toEqual([
      ["later", "STARTING"],
      [replay.name, "STARTING"],
    ]);
  });

  it("knows the archive's state and why it has it", async () => {
    aws.putArchive("backbone-global", { state: "UPDATE_FAILED", stateReason: "the key is gone" });
    expect(await describeArchive(await openFake(aws, "global"), "backbone-global")).toMatchObject({
      state: "UPDATE_FAILED",
      stateReason: "the key is gone",
      events: 0,
    });
  });
});
