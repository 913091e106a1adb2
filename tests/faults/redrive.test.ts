import { afterEach, describe, expect, it, vi } from "vitest";
import { runCampaign, sumOf, type Figures } from "./campaign.js";
import { redriveThroughSignal, type SignalCase } from "./signals.js";

/** A sample in `npm test`, all of it in `npm run test:faults`. */
const isWhole = process.env.FAULTS === "all";
const campaigns = isWhole ? 400 : 6;
const firstSeed = 20_260_101;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("redrives against a server that misbehaves", () => {
  it("lose nothing, send nothing twice unasked, and say nothing untrue", async () => {
    const figures: Figures[] = [];
    for (let index = 0; index < campaigns; index += 1) figures.push(await runCampaign(firstSeed + index));
    const sum = sumOf(figures);
    const { untrue, ...numbers } = sum;
    console.log(JSON.stringify({ ...numbers, untrue: untrue.length }));
    expect(sum.faults).toBeGreaterThan(0);
    expect({ lost: sum.lost, doubled: sum.doubled, untrue }).toEqual({ lost: 0, doubled: 0, untrue: [] });
  }, 3_600_000);
});

describe("a redrive that a signal ends", () => {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
  const moments = [
    { action: "ReceiveMessage", nth: 1 },
    { action: "PutEvents", nth: 1 },
    { action: "PutEvents", nth: 2 },
    { action: "DeleteMessageBatch", nth: 1 },
    { action: "DeleteMessageBatch", nth: 2 },
    { action: "ChangeMessageVisibilityBatch", nth: 1 },
  ];
  const all: readonly SignalCase[] = signals.flatMap((signal) =>
    moments.flatMap((moment) => [true, false].map((isDone) => ({ signal, ...moment, isDone }))),
  );
  const sample: readonly SignalCase[] = [{ signal: "SIGKILL", action: "PutEvents", nth: 2, isDone: true }];

  it.each(isWhole ? all : sample)(
    "$signal at request $nth of $action (done: $isDone) loses nothing and doubles nothing",
    async (one) => {
      const { exitCode, ...figures } = await redriveThroughSignal(one);
      expect(figures).toEqual({ lost: 0, doubled: 0, untold: 0 });
      // Without the end of the process no report is missing.
      if (one.signal !== "SIGKILL") expect([0, 1]).toContain(exitCode);
    },
    120_000,
  );
});
