import { describe, expect, it } from "vitest";
import { ask, type WorldData } from "../src/index.js";
import {
  accounts,
  arrivals,
  attacker,
  type Document,
  forward,
  forwardRole,
  forwardTarget,
  globalBus,
  localBus,
  mayPut,
  policy,
  put,
  role,
  worldOf,
} from "./delivery-world.js";

// A development environment: the local bus is in the account of the global bus.
const sharedBus = localBus.replace(accounts.delivery, accounts.global);

function shared(...statements: readonly Document[]): Partial<WorldData> {
  const global = worldOf().buses.get(globalBus);
  return {
    buses: [
      {
        arn: globalBus,
        policy: policy({ ...put0, Principal: { AWS: accounts.orders }, Resource: global?.arn }),
      },
      { arn: sharedBus, ...(statements.length === 0 ? {} : { policy: policy(...statements) }) },
    ],
    rules: [{ ...forward, targets: [{ ...forwardTarget, arn: sharedBus }] }],
    roles: [{ ...role, inlinePolicies: [{ name: "put-events", policy: mayPut(sharedBus) }] }],
  };
}

const put0 = { Effect: "Allow", Action: "events:PutEvents", Principal: "*", Resource: sharedBus };
const deny = { ...put0, Effect: "Deny", Sid: "deny" };

describe("a forward inside one account", () => {
  it("needs no policy on the receiving bus", () => {
    expect(arrivals(put(worldOf(shared())))).toContain(`bus ${sharedBus}`);
  });

  it.each([
    ["direct calls", "false"],
    ["forwarded events", "true"],
  ])("cannot be decided if the bus denies %s: AWS does not say how it sends them", (_name, value) => {
    const world = worldOf(
      shared({ ...deny, Condition: { StringEquals: { "events:eventBusInvocation": value } } }),
    );
    const delivery = put(world);
    expect(arrivals(delivery)).not.toContain(`bus ${sharedBus}`);
    expect(delivery.undecided).toMatchObject([{ arn: sharedBus }]);
    expect(JSON.stringify(delivery.steps)).toContain(
      "events:eventBusInvocation of an event forwarded inside one account",
    );
  });

  it("is decided if the bus denies either, or neither", () => {
    const either = { StringEquals: { "events:eventBusInvocation": ["true", "false"] } };
    const neither = { Null: { "events:eventBusInvocation": "true" } };
    expect(put(worldOf(shared({ ...deny, Condition: either }))).steps).toContainEqual(
      expect.objectContaining({ reason: "forward-denied" }),
    );
    expect(arrivals(put(worldOf(shared({ ...deny, Condition: neither }))))).toContain(`bus ${sharedBus}`);
  });

  it("is decided by who forwards", () => {
    const others = { ArnNotEquals: { "aws:PrincipalArn": forwardRole } };
    expect(arrivals(put(worldOf(shared({ ...deny, Condition: others }))))).toContain(`bus ${sharedBus}`);
    const own = { ArnEquals: { "aws:PrincipalArn": forwardRole } };
    expect(arrivals(put(worldOf(shared({ ...deny, Condition: own }))))).not.toContain(`bus ${sharedBus}`);
  });
});

describe("a forward with a role", () => {
  const onLocalBus = (condition: Document): Partial<WorldData> => ({
    rules: [forward],
    buses: [
      { arn: globalBus, policy: policy({ ...put0, Resource: globalBus }) },
      { arn: localBus, policy: policy({ ...put0, Resource: localBus, Condition: condition }) },
    ],
  });

  it.each([
    ["wants the rule as source", { ArnEquals: { "aws:SourceArn": forward.arn } }],
    ["wants the rule's account as source", { StringEquals: { "aws:SourceAccount": accounts.global } }],
    ["wants no source", { Null: { "aws:SourceArn": "true" } }],
  ])("cannot be decided by a bus that %s: AWS does not say whether it names the rule", (_name, condition) => {
    const delivery = put(worldOf(onLocalBus(condition)));
    expect(delivery.undecided).toMatchObject([{ arn: localBus }]);
  });

  it("is decided by a bus that takes the rule as source, if it is named", () => {
    const delivery = put(worldOf(onLocalBus({ ArnEqualsIfExists: { "aws:SourceArn": forward.arn } })));
    expect(arrivals(delivery)).toContain(`bus ${localBus}`);
  });

  it("is refused by a bus that wants another rule as source, named or not", () => {
    const delivery = put(worldOf(onLocalBus({ ArnEquals: { "aws:SourceArn": `${forward.arn}-2` } })));
    expect(delivery.steps).toContainEqual(expect.objectContaining({ reason: "forward-denied" }));
  });
});

describe("a forged forward", () => {
  const claims = { sources: ["com.example.orders"], detailTypes: ["Order.Created"] };
  const from = (account: string, bus: string): string =>
    ask(worldOf(), {
      may: "forward",
      rule: `arn:aws:events:eu-west-1:${account}:rule/own/forged`,
      executionRole: attacker(account),
      bus,
      claims,
    }).outcome;

  it("is refused by the local bus, whose policy knows one role", () => {
    expect(from(accounts.orders, localBus)).toBe("denied");
    expect(from(accounts.global, localBus)).toBe("denied");
  });

  it("is refused by the global bus, which takes direct calls only", () => {
    expect(from(accounts.orders, globalBus)).toBe("denied");
  });

  it("is no question without a rule or a role", () => {
    const forged = {
      may: "forward",
      rule: "rule",
      executionRole: attacker(accounts.orders),
      bus: localBus,
      claims,
    } as const;
    expect(() => ask(worldOf(), forged)).toThrow("rule is no ARN");
    const nobody = { ...forged, rule: forward.arn, executionRole: { arn: "somebody", policies: [] } };
    expect(() => ask(worldOf(), nobody)).toThrow("somebody is no role");
  });
});

describe("asking about a publisher", () => {
  it("answers without delivering anything", () => {
    const caller = attacker(accounts.orders);
    const put = (source: string): string => {
      const claims = { sources: [source], detailTypes: ["Order.Created"] };
      return ask(worldOf(), { may: "put-events", caller, bus: globalBus, claims }).outcome;
    };
    expect(put("com.example.orders")).toBe("allowed");
    expect(put("com.example.delivery")).toBe("denied");
  });
});
