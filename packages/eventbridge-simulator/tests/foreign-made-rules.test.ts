import { describe, expect, it } from "vitest";
import type { RuleData, WorldData } from "../src/index.js";
import {
  accounts,
  arrivals,
  forward,
  forwardRole,
  forwardRule,
  globalBus,
  localBus,
  localLetters,
  mayPut,
  policy,
  put,
  worldOf,
} from "./delivery-world.js";

/** A rule on the global bus that the receiver made itself, with a role of its own. */

const role = forwardRole.replace(accounts.global, accounts.delivery);

function trusting(condition: Readonly<Record<string, unknown>>): string {
  return policy({
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: condition,
  });
}

const byRule = trusting({ ArnEquals: { "aws:SourceArn": forwardRule } });

function world(trustPolicy = byRule, rule: Partial<RuleData> = { creator: accounts.delivery }) {
  const inlinePolicies = [{ name: "put-events", policy: mayPut(localBus) }];
  const changes: Partial<WorldData> = {
    // The role is of the receiving account, so its bus needs no policy.
    buses: [{ arn: globalBus, policy: policy(open) }, { arn: localBus }],
    rules: [{ ...forward, targets: [{ id: "own", arn: localBus, roleArn: role }], ...rule }],
    roles: [{ arn: role, trustPolicy, inlinePolicies, managedPolicies: [] }],
  };
  return worldOf(changes);
}

const open = { Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: globalBus };

describe("a rule that another account made on the bus", () => {
  it("forwards by a role of the account that made it, without a policy on the receiver's bus", () => {
    expect(arrivals(put(world()))).toContain(`bus ${localBus}`);
  });

  it("is not decided with a role of another account than it was made by", () => {
    const delivery = put(world(byRule, {}));
    expect(delivery.undecided).toMatchObject([{ arn: localBus, reason: "role-elsewhere" }]);
    expect(arrivals(delivery)).not.toContain(`bus ${localBus}`);
  });

  it("is not decided where the trust asks which account it is: AWS does not document that", () => {
    const byAccount = (account: string) => trusting({ StringEquals: { "aws:SourceAccount": account } });
    for (const account of [accounts.global, accounts.delivery]) {
      expect(put(world(byAccount(account))).undecided).toMatchObject([{ arn: localBus }]);
    }
    expect(put(world(byAccount(accounts.orders))).steps).toContainEqual(
      expect.objectContaining({ reason: "assume-role-denied" }),
    );
  });

  it("is followed to buses only", () => {
    const targets = [{ id: "queue", arn: localLetters }];
    expect(put(world(byRule, { creator: accounts.delivery, targets })).undecided).toMatchObject([
      { arn: localLetters, reason: "unmodelled-creator" },
    ]);
  });
});
