import { describeMismatch } from "event-patterns";
import { describe, expect, it } from "vitest";
import type { RuleStep } from "../src/index.js";
import {
  accounts,
  arrivals,
  attacker,
  buses,
  forward,
  forwardRule,
  forwardTarget,
  globalBus,
  globalBusPolicy,
  globalLog,
  globalLogging,
  localBus,
  localLog,
  localLogging,
  localLogRule,
  orderCreated,
  policy,
  publisher,
  put,
  role,
  worldOf,
} from "./delivery-world.js";

const world = worldOf();

describe("an event of orders", () => {
  it("reaches the global bus, its log, delivery's bus and its log, each once", () => {
    const delivery = put(world);
    expect(delivery.accepted).toBe(true);
    expect(arrivals(delivery)).toEqual([
      `bus ${globalBus}`,
      `bus ${localBus}`,
      `log-group ${localLog}`,
      `log-group ${globalLog}`,
    ]);
    expect([delivery.lost, delivery.undecided]).toEqual([[], []]);
  });

  it("names for each arrival the rule and target that brought it", () => {
    expect(put(world).arrivals.map(({ account, via }) => [account, via?.rule, via?.target])).toEqual([
      [accounts.global, undefined, undefined],
      [accounts.delivery, forwardRule, "delivery"],
      [accounts.delivery, localLogRule, "log"],
      [accounts.global, globalLogging.arn, "log"],
    ]);
  });

  it("tells by which statements each step was allowed", () => {
    const forwarded = put(world).steps.find((step) => step.kind === "target" && step.rule === forwardRule);
    expect(forwarded).toMatchObject({
      outcome: "delivered",
      checks: [
        { check: "assume-role", verdict: { allowedBy: [{ policy: role.arn, statement: "#0" }] } },
        {
          check: "put-events",
          principal: role.arn,
          verdict: {
            allowedBy: [
              { policy: `${role.arn}/put-events`, statement: "#0" },
              { policy: localBus, statement: "forward" },
            ],
          },
        },
      ],
    });
  });

  it("that no forward rule wants stays on the global bus", () => {
    const delivery = put(world, { ...orderCreated, DetailType: "Order.Shipped" });
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `log-group ${globalLog}`]);
  });

  it("passes a disabled rule by", () => {
    const disabled = worldOf({ rules: [{ ...forward, state: "DISABLED" }, globalLogging, localLogging] });
    expect(arrivals(put(disabled))).not.toContain(`bus ${localBus}`);
  });
});

describe("a trace", () => {
  const silent = worldOf({
    rules: [
      { ...forward, eventPattern: '{"detail":{"orderId":["2"]}}' },
      globalLogging,
      { ...localLogging, state: "DISABLED" },
    ],
  });
  const rules = (telling: "proof" | "trace"): readonly RuleStep[] =>
    put(silent, orderCreated, { telling }).steps.filter((step) => step.kind === "rule");

  it("lists every rule that did not match, and why", () => {
    const [unmatched] = rules("trace").filter(({ outcome }) => outcome === "not-matched");
    expect(unmatched?.rule).toBe(forwardRule);
    expect(unmatched?.mismatch && describeMismatch(unmatched.mismatch)).toContain("detail.orderId: wanted");
  });

  it("lists disabled rules", () => {
    const quiet = worldOf({ rules: [forward, globalLogging, { ...localLogging, state: "DISABLED" }] });
    const steps = put(quiet, orderCreated, { telling: "trace" }).steps;
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: "rule", rule: localLogRule, outcome: "disabled" }),
    );
  });

  it("differs from a proof only in what it tells", () => {
    expect(rules("proof").map(({ outcome }) => outcome)).toEqual(["matched"]);
    const [proof, trace] = [put(silent), put(silent, orderCreated, { telling: "trace" })];
    expect(trace.arrivals).toEqual(proof.arrivals);
  });

  it("explains a refusal by the conditions that failed", () => {
    const spoof = { ...orderCreated, Source: "com.example.delivery" };
    const caller = attacker(accounts.orders);
    const check = (telling: "proof" | "trace"): unknown => put(world, spoof, { caller, telling }).steps[0];
    expect(check("proof")).toMatchObject({ checks: [{ verdict: { nearMisses: [] } }] });
    expect(check("trace")).toMatchObject({
      outcome: "refused",
      reason: "put-events-denied",
      checks: [
        {
          verdict: { nearMisses: [{ statement: { statement: "orders" }, parts: [{ part: "condition" }] }] },
        },
      ],
    });
  });
});

describe("a publisher is refused", () => {
  it.each([
    [
      "with the source of another service",
      attacker(accounts.orders),
      { Source: "com.example.delivery" },
      "resource-allows-nothing",
    ],
    [
      "by its own policy, with the source of another service",
      publisher,
      { Source: "com.example.delivery" },
      "identity-allows-nothing",
    ],
    [
      "with a detail-type that is not declared",
      publisher,
      { DetailType: "Order.Lost" },
      "resource-allows-nothing",
    ],
    ["without a source", attacker(accounts.orders), { Source: "" }, "explicit-deny"],
    ["from an account that declares nothing", attacker(accounts.delivery), {}, "resource-allows-nothing"],
    ["from outside the organisation", attacker("333333333333"), {}, "explicit-deny"],
    [
      "on another account's local bus",
      attacker(accounts.orders),
      { EventBusName: localBus },
      "resource-allows-nothing",
    ],
    [
      "on a local bus, from the global account, with another role",
      attacker(accounts.global),
      { EventBusName: localBus },
      "resource-allows-nothing",
    ],
    [
      "on a local bus, with a role of the forward role's name elsewhere",
      attacker(accounts.orders, "forward-delivery"),
      { EventBusName: localBus },
      "resource-allows-nothing",
    ],
    [
      "on a local bus, with the forward role, but calling itself",
      attacker(accounts.global, "forward-delivery"),
      { EventBusName: localBus },
      "resource-allows-nothing",
    ],
  ])("%s", (_name, caller, change, reason) => {
    const delivery = put(world, { ...orderCreated, ...change }, { caller });
    expect(delivery.accepted).toBe(false);
    expect(delivery.arrivals).toEqual([]);
    expect(delivery.steps[0]).toMatchObject({
      outcome: "refused",
      checks: [{ verdict: { outcome: "denied", reason } }],
    });
  });

  it("for the whole call if one entry claims another source", () => {
    const spoof = { ...orderCreated, Source: "com.example.delivery" };
    const delivery = put(world, [orderCreated, spoof], { caller: attacker(accounts.orders) });
    expect([delivery.accepted, delivery.arrivals]).toEqual([false, []]);
  });

  it("for the whole call if one of its buses denies", () => {
    const delivery = put(world, [orderCreated, { ...orderCreated, EventBusName: localBus }], {
      caller: attacker(accounts.orders),
    });
    expect([delivery.accepted, delivery.arrivals]).toEqual([false, []]);
  });

  it("if it is no role", () => {
    const caller = { arn: `arn:aws:iam::${accounts.orders}:user/ann`, policies: [] };
    expect(put(world, orderCreated, { caller }).steps[0]).toMatchObject({ reason: "caller-not-a-role" });
  });

  it("but a bus policy that only allows refuses nobody inside its own account", () => {
    const delivery = put(
      world,
      { ...orderCreated, EventBusName: localBus },
      { caller: attacker(accounts.delivery) },
    );
    expect(arrivals(delivery)).toEqual([`bus ${localBus}`, `log-group ${localLog}`]);
  });

  it("by nobody's guess: what cannot be decided is neither accepted nor refused", () => {
    const doubtful = globalBusPolicy.replace("aws:PrincipalOrgID", "aws:PrincipalOrgPaths");
    const odd = worldOf({
      buses: buses.map((bus) => (bus.arn === globalBus ? { ...bus, policy: doubtful } : bus)),
    });
    const delivery = put(odd);
    expect(delivery.accepted).toBe(false);
    expect(delivery.arrivals).toEqual([]);
    expect(delivery.undecided).toMatchObject([{ arn: globalBus, reason: "check-undecided" }]);
  });
});

describe("a second hop", () => {
  const third = localBus.replace("/local", "/third");
  const onward = {
    arn: localLogRule.replace("log", "onward"),
    state: "ENABLED",
    eventPattern: '{"source":["com.example.orders"]}',
    targets: [
      {
        ...forwardTarget,
        id: "third",
        arn: third,
        roleArn: role.arn.replace(accounts.global, accounts.delivery),
      },
    ],
  };
  const chained = worldOf({
    buses: [...buses, { arn: third }],
    rules: [forward, onward],
    roles: [
      role,
      {
        ...role,
        arn: onward.targets[0]?.roleArn ?? "",
        trustPolicy: policy({
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sts:AssumeRole",
        }),
        inlinePolicies: [{ name: "all", policy: policy({ Effect: "Allow", Action: "*", Resource: "*" }) }],
      },
    ],
  });

  it("is refused, also inside one account", () => {
    const delivery = put(chained);
    expect(arrivals(delivery)).not.toContain(`bus ${third}`);
    expect(delivery.steps).toContainEqual(
      expect.objectContaining({
        outcome: "failed",
        reason: "third-bus",
        errorCode: "THIRD_ACCOUNT_HOP_DETECTED",
      }),
    );
  });

  it("is a first one for an event that was put there directly", () => {
    const delivery = put(
      chained,
      { ...orderCreated, EventBusName: localBus },
      { caller: attacker(accounts.delivery) },
    );
    expect(arrivals(delivery)).toEqual([`bus ${localBus}`, `bus ${third}`]);
  });
});

describe("a rule", () => {
  it("sees the event as EventBridge makes it, with the publisher's account", () => {
    const eventPattern = JSON.stringify({
      version: ["0"],
      id: ["event-0"],
      account: [accounts.orders],
      region: ["eu-west-1"],
      time: ["2026-11-22T10:00:00Z"],
      resources: ["arn:aws:s3:::a"],
      detail: { orderId: ["1"] },
    });
    const entry = { ...orderCreated, Resources: ["arn:aws:s3:::a"] };
    const onGlobal = worldOf({ rules: [{ ...globalLogging, eventPattern }] });
    expect(arrivals(put(onGlobal, entry))).toContain(`log-group ${globalLog}`);
    const onLocal = worldOf({ rules: [forward, { ...localLogging, eventPattern }] });
    expect(arrivals(put(onLocal, entry))).toContain(`log-group ${localLog}`);
  });

  it("sees the time that the entry gives", () => {
    const timed = worldOf({
      rules: [{ ...globalLogging, eventPattern: '{"time":["2026-01-01T00:00:00Z"]}' }],
    });
    for (const Time of ["2026-01-01T01:00:00+01:00", 1767225600]) {
      expect(arrivals(put(timed, { ...orderCreated, Time }))).toContain(`log-group ${globalLog}`);
    }
  });
});
