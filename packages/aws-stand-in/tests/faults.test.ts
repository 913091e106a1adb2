import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { type Fault, type Faults, handlerOf, withFaults } from "../src/index.js";
import { clientOf, open, post } from "./serving.js";

async function openFaulty(faults: Faults) {
  const puts: string[] = [];
  const backend = {
    putEvents: () => {
      puts.push("put");
      return [{ eventId: "1" }];
    },
  };
  const { url } = await open({}, { handle: withFaults(handlerOf(backend), faults) });
  return { url, puts };
}

const putEvents = new PutEventsCommand({ Entries: [{ Source: "a", DetailType: "b", Detail: "{}" }] });

describe("a fault", () => {
  it.each<{ fault: Fault; done: boolean; answer: object }>([
    {
      fault: { kind: "error", type: "ThrottlingException" },
      done: false,
      answer: { name: "ThrottlingException" },
    },
    {
      fault: { kind: "error", type: "InternalFailure", status: 500 },
      done: false,
      answer: { name: "InternalFailure", $metadata: { httpStatusCode: 500 } },
    },
    { fault: { kind: "cut" }, done: false, answer: { code: "ECONNRESET" } },
    { fault: { kind: "cut-after" }, done: true, answer: { code: "ECONNRESET" } },
    {
      fault: { kind: "gateway", status: 502, body: "<html>", handled: true },
      done: true,
      answer: { $metadata: { httpStatusCode: 502 } },
    },
    {
      fault: { kind: "gateway", status: 502, body: "<html>", handled: false },
      done: false,
      answer: { $metadata: { httpStatusCode: 502 } },
    },
  ])("$fault is what the SDK sees, and the work is done: $done", async ({ fault, done, answer }) => {
    const { url, puts } = await openFaulty({ fault: () => fault });
    await expect(new EventBridgeClient(clientOf(url)).send(putEvents)).rejects.toMatchObject(answer);
    expect(puts).toHaveLength(done ? 1 : 0);
  });

  it("has the form of the call's protocol", async () => {
    const { url } = await openFaulty({ fault: () => ({ kind: "error", type: "Throttling" }) });
    const sts = new STSClient(clientOf(url));
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: "Throttling" });
  });

  it("may pass: the SDK tries again", async () => {
    let calls = 0;
    const { url, puts } = await openFaulty({
      fault: () => ((calls += 1) === 1 ? { kind: "cut-after" } : undefined),
    });
    const client = new EventBridgeClient({ ...clientOf(url), maxAttempts: 2 });
    expect(await client.send(putEvents)).toMatchObject({ FailedEntryCount: 0 });
    // The first answer was lost, and so it is twice.
    expect(puts).toHaveLength(2);
  });

  it("keeps a call waiting, or its answer", async () => {
    const order: string[] = [];
    const { url, puts } = await openFaulty({
      before: async () => {
        order.push(`before ${puts.length}`);
        await Promise.resolve();
      },
      after: async () => {
        order.push(`after ${puts.length}`);
        await Promise.resolve();
      },
    });
    await new EventBridgeClient(clientOf(url)).send(putEvents);
    expect(order).toEqual(["before 0", "after 1"]);
  });

  it("may be in AWS's clock", async () => {
    const day = 86_400_000;
    const { url } = await openFaulty({ clockSkew: day });
    const { headers } = await post(url, { service: "sts", body: "Action=GetCallerIdentity" });
    expect(Math.abs(Date.parse(headers.get("date") ?? "") - Date.now() - day)).toBeLessThan(60_000);
  });
});
