import { matchEvent, parsePattern } from "event-patterns";
import { describe, expect, it } from "vitest";
import {
  type Contract,
  flowsOf,
  inactiveIn,
  inEnvironment,
  parseRegistry,
  patternOf,
  subscribedEvents,
} from "../../infra/registry/index.js";
import { editedAll, removed } from "../fixtures/edit.js";
import { registry as example } from "../fixtures/registries/aws-events.js";

const registry = parseRegistry(example);

function environmentOf(name: string) {
  const environment = registry.environments.get(name);
  if (environment === undefined) throw new Error(`no environment ${name}`);
  return environment;
}

function flowsIn(name: string) {
  return flowsOf(registry, environmentOf(name)).filter(({ from }) => from.name !== undefined);
}

function contractIn(name: string, key: string): Contract {
  const contract = inEnvironment(registry, environmentOf(name)).contracts.get(key);
  if (contract === undefined) throw new Error(`no contract ${key}`);
  return contract;
}

describe("events of AWS in an environment", () => {
  it("have nobody who publishes them, and the first of their accounts", () => {
    expect(contractIn("prod", "trail/AWS API Call via CloudTrail")).toMatchObject({
      account: "audit",
      publishers: [],
      source: "aws.iam",
      alsoSources: ["aws.sts"],
      origin: {
        bus: "default",
        accounts: ["audit", "billing", "global", "orders"],
        readOnlyManagementEvents: true,
      },
    });
  });

  it("come from each bus once where accounts share an AWS account, the backbone's name before all", () => {
    for (const key of ["trail/AWS API Call via CloudTrail", "uploads/Object Created"])
      expect(contractIn("dev", key)).toMatchObject({ account: "global", origin: { accounts: ["global"] } });
  });

  it("come from a partner bus of the environment", () => {
    expect(contractIn("alone", "payments/Payment Succeeded")).toMatchObject({
      source: "aws.partner/example.com/alone/payments",
      origin: { bus: "aws.partner/example.com/alone/payments" },
    });
  });

  it("are left out where none of their accounts is there, and come from those that are", () => {
    const fewer = parseRegistry(
      editedAll(example, [
        [["environments", "prod", "accountIds", "billing"], null],
        [["subscriptions", "billing"], removed],
      ]),
    );
    const prod = fewer.environments.get("prod");
    if (prod === undefined) throw new Error("no prod");
    const here = inEnvironment(fewer, prod);
    expect([...here.services.keys()]).toEqual(["orders", "trail", "uploads", "watch"]);
    expect(here.services.get("trail")?.origin?.accounts).toEqual(["audit", "global", "orders"]);
    expect(inactiveIn(fewer, prod).map(({ what }) => what)).toEqual(
      expect.arrayContaining(["service invoices", "service payments"]),
    );
  });
});

describe("flows of events of AWS", () => {
  const shown = (name: string) =>
    flowsIn(name).map(({ from, to, events }) => [
      `${from.account}/${String(from.name)} to ${to}`,
      events.flatMap(({ contracts }) => contracts),
    ]);

  it("lead from each bus that has any straight to who receives them, and nowhere else", () => {
    const trail = ["trail/AWS API Call via CloudTrail", "trail/AWS API Call via CloudTrail"];
    expect(shown("prod")).toEqual([
      ["billing/default to audit", trail],
      ["audit/default to audit", trail],
      ["global/default to audit", trail],
      ["orders/default to audit", trail],
      ["billing/default to billing", ["invoices/Object Created"]],
      ["billing/aws.partner/example.com/prod/payments to billing", ["payments/Payment Succeeded"]],
      ["orders/default to billing", ["uploads/Object Created"]],
      ["billing/aws.partner/example.com/prod/payments to orders", ["payments/Payment Succeeded"]],
      ["orders/default to orders", ["uploads/Object Created", "uploads/Object Deleted"]],
    ]);
  });

  it("lead from one default bus where all accounts are one AWS account", () => {
    expect(new Set(flowsIn("dev").map(({ from }) => `${from.account}/${String(from.name)}`))).toEqual(
      new Set(["global/default", "global/aws.partner/example.com/dev/payments"]),
    );
  });

  it.each(["*", "uploads/*", "uploads/Object*"])(
    "take of %s what is declared, and no whole source",
    (events) => {
      const taking = parseRegistry(editedAll(example, [[["routes"], [{ events, to: "audit" }]]]));
      const prod = environmentOf("prod");
      const ofUploads = flowsOf(taking, prod)
        .filter(({ from, to }) => from.account === "orders" && from.name === "default" && to === "audit")
        .flatMap((flow) => flow.events)
        .filter(({ contracts }) => contracts.some((key) => key.startsWith("uploads/")))
        .map(({ binds }) => binds);
      expect(ofUploads).toEqual([
        { source: ["aws.s3"], detailType: "Object Created" },
        { source: ["aws.s3"], detailType: "Object Deleted" },
      ]);
    },
  );

  it("are told apart by account where two come to one bus with one source and detail-type", () => {
    const taken = (key: string, account: string) =>
      (subscribedEvents(registry, environmentOf("prod")).get(key) ?? []).some(({ binds }) => {
        const reading = parsePattern(JSON.stringify(patternOf(binds)));
        if (!reading.ok) throw new Error("EventBridge would reject the pattern");
        const detail = { bucket: { name: "uploads" }, object: { key: "1.csv" } };
        return matchEvent(reading.pattern, {
          account,
          source: "aws.s3",
          "detail-type": "Object Created",
          detail,
        });
      });
    const [billing, orders] = ["333333333333", "444444444444"];
    expect([taken("billing/own", billing), taken("billing/own", orders)]).toEqual([true, false]);
    expect([taken("billing/uploads", billing), taken("billing/uploads", orders)]).toEqual([false, true]);
  });

  it("ask for management events that only read where the entry does", () => {
    const asked = flowsIn("prod")
      .flatMap(({ events }) => events)
      .filter(({ binds }) => binds.readOnlyManagementEvents === true);
    expect(new Set(asked.flatMap(({ contracts }) => contracts))).toEqual(
      new Set(["trail/AWS API Call via CloudTrail"]),
    );
  });
});
