import { beforeAll, describe, expect, it } from "vitest";
import { accountIn, EventError } from "../../rehearsal/given-event.js";
import { exampleEntry, traceEvent } from "../../rehearsal/trace.js";
import { registry } from "../fixtures/registries/aws-events.js";
import { rehearse, type Rehearsed, stageOf } from "../fixtures/rehearsed.js";

const environments = ["prod", "dev", "alone"] as const;
const rehearsed = new Map<string, Rehearsed>();
beforeAll(async () => {
  for (const name of environments) rehearsed.set(name, await rehearse(registry, name));
});

function stage(environment = "prod") {
  const found = rehearsed.get(environment);
  if (found === undefined) throw new Error(`no environment ${environment}`);
  return stageOf(found);
}

function receivedOf(key: string, from: string, environment = "prod") {
  const set = stage(environment);
  const contract = set.registry.contracts.get(key);
  if (contract === undefined) throw new Error(`no contract ${key}`);
  return traceEvent(set, exampleEntry(contract), from);
}

describe("tracing an event of AWS", () => {
  it.each([
    {
      key: "uploads/Object Created",
      from: "orders",
      to: { billing: "billing.default", orders: "orders.default" },
    },
    { key: "uploads/Object Deleted", from: "orders", to: { orders: "orders.default" } },
    { key: "invoices/Object Created", from: "billing", to: { billing: "billing.default" } },
    { key: "trail/AWS API Call via CloudTrail", from: "global", to: { audit: "audit.default" } },
    { key: "trail/AWS API Call via CloudTrail", from: "audit", to: { audit: "audit.default" } },
    { key: "uploads/Object Created", from: "audit", to: {} },
  ])("follows $key from the default bus of $from", ({ key, from, to }) => {
    const { deliveries, accepted, lost, undecided, principal } = receivedOf(key, from);
    expect(deliveries).toEqual(
      Object.entries(to).map(([account, forward]) => ({
        account,
        bus: `backbone-${account}`,
        via: `backbone-forward-${forward}`,
      })),
    );
    expect({ accepted, lost, undecided }).toEqual({ accepted: true, lost: [], undecided: [] });
    expect(principal).toMatch(/^aws\./);
  });

  it("tells contracts of the same source and detail-type apart by the account", () => {
    const contract = (from: string) => receivedOf("uploads/Object Created", from).contract;
    expect(contract("orders")).toEqual({ kind: "conforms", contract: "uploads/Object Created" });
    expect(contract("billing")).toEqual({ kind: "conforms", contract: "invoices/Object Created" });
    expect(contract("audit").kind).toBe("undeclared");
  });

  it("has the ids of the account and its Region in the envelope, as rules ask for them", () => {
    const { steps } = receivedOf("uploads/Object Created", "orders");
    const rule = (name: string) =>
      steps.find((step) => step.kind === "rule" && step.rule.endsWith(`/${name}`));
    expect(rule("billing--uploads.0")).toMatchObject({ outcome: "matched" });
    expect(rule("billing--own.0")).toMatchObject({ outcome: "not-matched", mismatch: { path: "account" } });
  });

  it("follows one where all accounts are one AWS account", () => {
    expect(
      receivedOf("uploads/Object Created", "orders", "dev").deliveries.map(({ account }) => account),
    ).toEqual(["billing", "orders"]);
  });

  it("does not take a detail that is no object", () => {
    const entry = { Source: "aws.s3", DetailType: "Object Created", Detail: "[]" };
    expect(() => traceEvent(stage(), entry, "orders")).toThrow(EventError);
  });

  it("reads whose an event is", () => {
    const event = { source: "aws.s3", "detail-type": "Object Created", detail: {}, account: "444444444444" };
    expect(accountIn(event)).toBe("444444444444");
    expect(accountIn({ Source: "aws.s3", DetailType: "x", Detail: "{}" })).toBeUndefined();
  });
});
