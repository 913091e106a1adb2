import { beforeAll, describe, expect, it } from "vitest";
import { exampleEntry } from "../../rehearsal/trace.js";
import { registry } from "../fixtures/registries/several-examples.js";
import { changeInput, everyFailure, rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const key = "documents/Document.Received";
let rehearsed: Rehearsed;
beforeAll(async () => {
  rehearsed = await rehearse(registry, "prod");
});

describe("a contract with several examples", () => {
  it("is proven with each of them, each reaching whom it must", () => {
    const { failures, checks } = verifyPlan(rehearsed);
    expect(failures).toEqual([]);
    expect(checks).toContainEqual({
      id: `delivery:${key}`,
      title: `${key} reaches archive (plain); archive, delivery (scan), and their logs, once`,
      ok: true,
      cases: 2,
    });
  });

  it("fails by the name of the example that goes astray", () => {
    const wrong = changeInput(rehearsed.plan, "global", "EventRule forward-delivery", {
      eventPattern: JSON.stringify({ source: ["com.example.documents", "com.example.orders"] }),
    });
    const failures = everyFailure(rehearsed, wrong);
    const told = failures.filter(({ id }) => id === `delivery:${key}`);
    expect(told.map(({ example, step }) => ({ example, step }))).toContainEqual({
      example: "plain",
      step: "forward",
    });
    expect(told.filter(({ example }) => example !== "plain")).toEqual([]);
  });

  it("has the same claims as with one, and names no example where none has a name", async () => {
    const one = await rehearse(shopRegistry, "prod");
    const wrong = changeInput(one.plan, "global", "EventRule forward-delivery", { state: "DISABLED" });
    const { failures } = verifyPlan(one, wrong);
    expect(failures).not.toEqual([]);
    expect(failures.filter(({ example }) => example !== undefined)).toEqual([]);
    const ids = (of: Rehearsed) => verifyPlan(of).checks.map(({ id }) => id);
    expect(ids(rehearsed)).toEqual(expect.arrayContaining(ids(one)));
  });

  it("is told in stories and published by the canary as its first", () => {
    const contract = rehearsed.registry.contracts.get(key);
    expect(contract?.example).toEqual({ documentId: "doc-1", pages: [{ text: "Dear Sir or Madam" }] });
    expect(contract && exampleEntry(contract).Detail).toBe(JSON.stringify(contract?.example));
  });
});
