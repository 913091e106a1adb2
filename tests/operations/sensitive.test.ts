import { logRecordOf } from "eventbridge-simulator";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { runCanary } from "../../operations/canary.js";
import { findEvents } from "../../operations/find.js";
import { readLogged, type SearchedLog } from "../../operations/logs.js";
import { isCanary, roundsOf } from "../../operations/marks.js";
import { selectRules } from "../../operations/replay.js";
import { isWanted } from "../../operations/wanted.js";
import { rehearse, stageOf } from "../fixtures/rehearsed.js";
import { publish } from "../../rehearsal/stage.js";
import { OperatedAws } from "../fixtures/operated-aws.js";
import { openFake, stack } from "../fixtures/fake-backbone.js";
import { FakeClock } from "../fixtures/fake-clock.js";
import { registry as sensitive } from "../fixtures/registries/sensitive.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

const stage = stageOf(await rehearse(sensitive, "prod"));

/** What the log of the global bus gets of a sensitive contract's example. */
function lineOf(key: string, resources: readonly string[] = []): string {
  const contract = stage.registry.contracts.get(key);
  if (contract === undefined) throw new Error(`no contract ${key}`);
  const { steps } = publish(stage, { contract, detail: contract.example, resources });
  const [line = ""] = steps.flatMap((step) =>
    step.kind === "target" && step.input !== undefined ? (logRecordOf(step.input)?.message ?? []) : [],
  );
  return line;
}

describe("the envelope that a log holds of a sensitive contract", () => {
  it("is read back, and has no detail", () => {
    const line = lineOf("customers/Customer.Moved", ["event-backbone:canary:c-1"]);
    expect(line).not.toContain("Lovelace");
    const event = readLogged(line);
    expect(event).toMatchObject({
      id: "rehearsal-customers-Customer.Moved",
      source: "com.example.customers",
      detailType: "Customer.Moved",
      time: "2026-01-01T12:00:00Z",
      resources: ["event-backbone:canary:c-1"],
      detail: undefined,
      replayName: undefined,
    });
    expect(event && isCanary(event)).toBe(true);
    expect(JSON.parse(event?.text ?? "")).toMatchObject({
      account: "444444444444",
      resources: ["event-backbone:canary:c-1"],
    });
    expect(JSON.parse(event?.text ?? "")).not.toHaveProperty("replay-name");
  });

  it("gives the first id of an event that was redriven, and the replay that brought it", () => {
    const line = lineOf("letters/Letter.Written", ["order/o-1", "event-backbone:redriven:first-id:2"]);
    const event = readLogged(line.replace('"replay-name":""', '"replay-name":"again"'));
    expect(event?.replayName).toBe("again");
    expect(event && roundsOf(event)).toEqual({ firstId: "first-id", count: 2 });
    expect(JSON.parse(event?.text ?? "")).toMatchObject({ "replay-name": "again" });
  });

  it("is read back whatever publishers write into resources, which EventBridge does not escape", () => {
    const line = lineOf("customers/Customer.Moved", ["x"]);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (resources) => {
        const event = readLogged(line.replace("[x]", () => `[${resources.join(",")}]`));
        expect(event?.id).toBe("rehearsal-customers-Customer.Moved");
        expect(event?.detailType).toBe("Customer.Moved");
      }),
    );
  });

  it("is found by id, source and detail-type, and never by a detail", () => {
    const event = readLogged(lineOf("customers/Customer.Moved"));
    if (event === undefined) throw new Error("the line cannot be read");
    const sources = ["com.example.customers"];
    expect(isWanted({ id: event.id, sources, detailType: "Customer.Moved" }, event)).toBe(true);
    expect(isWanted({ sources, detail: { path: ["customerId"], value: "cus-7" } }, event)).toBe(false);
  });
});

describe("with envelopes in the logs", () => {
  const accounts = ["global", "delivery"];
  let aws: OperatedAws;

  beforeEach(async () => {
    aws = new OperatedAws();
    for (const account of accounts) aws.createLog(stack(account).log.logGroupName);
    await aws.start();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await aws.stop();
  });

  async function searched(): Promise<SearchedLog[]> {
    const logs: SearchedLog[] = [];
    for (const account of accounts)
      logs.push({ session: await openFake(aws, account), logGroup: stack(account).log.logGroupName });
    return logs;
  }

  it("an event is found in every log that has it", async () => {
    for (const account of accounts)
      aws.log(stack(account).log.logGroupName, lineOf("customers/Customer.Moved"));
    const { found } = await findEvents(await searched(), {
      wanted: { sources: ["com.example.customers"] },
      from: new Date("2026-01-01T11:00:00Z"),
      until: new Date("2026-01-01T13:00:00Z"),
      backbone: "global",
      limit: 5,
      signal: new AbortController().signal,
    });
    expect(found.map(({ sightings }) => sightings.map(({ account }) => account))).toEqual([accounts]);
  });

  it.each([true, false])(
    "a canary is seen by its mark, whether AWS tells its id or not (%s)",
    async (told) => {
      const clock = new FakeClock();
      const contract = stage.registry.contracts.get("customers/Customer.Moved");
      if (contract === undefined) throw new Error("no such contract");
      if (!told) aws.fault = ({ action }) => (action === "PutEvents" ? { kind: "cut-after" } : undefined);
      const line = lineOf(contract.key, ["event-backbone:canary:run-1"]);
      const show = (eventId: string) => {
        const shown = line
          .replace(/"id":"[^"]+"/, `"id":"${eventId}"`)
          .replace(/"time":"[^"]+"/, `"time":"${clock.now().toISOString()}"`);
        for (const account of accounts) aws.log(stack(account).log.logGroupName, shown);
      };
      if (told)
        aws.onAccepted = ({ eventId }) => {
          show(eventId);
        };
      else
        clock.onSleep = () => {
          show("on-the-bus");
        };
      const result = await runCanary({
        contract,
        owner: await openFake(aws, "orders"),
        logs: await searched(),
        globalBus: stack("global").bus.arn,
        boundAccount: undefined,
        name: "run-1",
        timeoutMilliseconds: 60_000,
        pollMilliseconds: 5_000,
        clock,
        signal: new AbortController().signal,
      });
      expect(result.ok).toBe(true);
      const asked = aws.requestsOf("FilterLogEvents").map(({ input }) => input.filterPattern);
      expect(new Set(asked)).toEqual(
        new Set([told ? `{ $.id = "${result.eventId ?? ""}" }` : '"event-backbone:canary:run-1"']),
      );
    },
  );
});

describe("a replay into the log of the global bus", () => {
  it("runs the rule that logs what is wanted, and that one only", () => {
    const registry = parseRegistry(sensitive);
    const backbone = backboneOf(topologyOf(sensitive, "prod"));
    const rulesFor = (contract?: string) =>
      selectRules(registry, backbone, {
        account: "global",
        ...(contract === undefined ? {} : { contract }),
      }).map(({ name }) => name);
    expect(rulesFor("customers/Customer.Moved")).toEqual(["log-sensitive-events"]);
    expect(rulesFor("parcels/Customer.Moved")).toEqual(["log-all-events"]);
    expect(rulesFor()).toEqual(["log-all-events", "log-sensitive-events"]);
  });
});
