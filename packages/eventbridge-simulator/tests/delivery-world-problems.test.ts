import { describe, expect, it } from "vitest";
import { buildWorld, renderWorldProblem } from "../src/index.js";
import {
  buses,
  everything,
  forward,
  forwardTarget,
  globalBus,
  globalBusPolicy,
  globalLetters,
  globalLog,
  mayPut,
  problemsOf,
  role,
  threeAccounts,
} from "./delivery-world.js";

const targets = (count: number): { targets: readonly (typeof forwardTarget)[] } => ({
  targets: Array.from({ length: count }, (_, index) => ({ ...forwardTarget, id: `t${index}` })),
});

describe("a world is refused for", () => {
  it.each([
    ["an account id that is none", { accounts: [{ id: "1234" }] }, "world-account"],
    [
      "an account given twice",
      { accounts: [...threeAccounts.accounts, ...threeAccounts.accounts.slice(0, 1)] },
      "world-duplicate",
    ],
    ["a bus given twice", { buses: [...buses, { arn: globalBus }] }, "world-duplicate"],
    ["a rule given twice", { rules: [forward, forward] }, "world-duplicate"],
    ["a role given twice", { roles: [role, role] }, "world-duplicate"],
    ["a queue given twice", { queues: [{ arn: globalLetters }, { arn: globalLetters }] }, "world-duplicate"],
    [
      "a log group given twice",
      { logGroups: [globalLog, globalLog].map((arn) => ({ arn, resourcePolicies: [] })) },
      "world-duplicate",
    ],
    ["a bus whose ARN is that of something else", { buses: [...buses, { arn: globalLetters }] }, "world-arn"],
    [
      "a log group written with :*",
      { logGroups: [{ arn: `${globalLog}:*`, resourcePolicies: [] }] },
      "world-arn",
    ],
    [
      "a role whose ARN is that of a user",
      { roles: [role, { ...role, arn: "arn:aws:iam::999999999999:user/a" }] },
      "world-arn",
    ],
    [
      "a target whose ARN is none",
      { rules: [{ ...forward, targets: [{ id: "a", arn: "local" }] }] },
      "world-arn",
    ],
    [
      "a rule on a bus that is not there",
      { rules: [{ ...forward, arn: forward.arn.replace("/global/", "/globl/") }] },
      "world-rule-bus",
    ],
    [
      "a rule on the default bus by mistake",
      { rules: [{ ...forward, arn: forward.arn.replace("/global/", "/") }] },
      "world-rule-bus",
    ],
    ["a rule in a state nobody knows", { rules: [{ ...forward, state: "enabled" }] }, "world-rule-state"],
    ["an event pattern that is not JSON", { rules: [{ ...forward, eventPattern: "{" }] }, "world-pattern"],
    [
      "an event pattern that AWS refuses",
      { rules: [{ ...forward, eventPattern: '{"source":"a"}' }] },
      "world-pattern",
    ],
    ["six targets", { rules: [{ ...forward, ...targets(6) }] }, "world-too-many-targets"],
    [
      "a target id given twice",
      { rules: [{ ...forward, targets: [forwardTarget, forwardTarget] }] },
      "world-target-twice",
    ],
    [
      "a target id with a slash",
      { rules: [{ ...forward, targets: [{ ...forwardTarget, id: "a/b" }] }] },
      "world-target-id",
    ],
    [
      "an attached policy that is not there",
      { roles: [{ ...role, managedPolicies: ["arn:aws:iam::aws:policy/X"] }] },
      "world-managed-policy",
    ],
    ["a FIFO queue without the suffix", { queues: [{ arn: globalLetters, fifo: true }] }, "world-queue-fifo"],
    ["a standard queue with the suffix", { queues: [{ arn: `${globalLetters}.fifo` }] }, "world-queue-fifo"],
    [
      "a bus policy about another bus",
      {
        buses: [{ arn: globalBus, policy: globalBusPolicy.replace(/"Resource":"[^"]*"/u, '"Resource":"*"') }],
      },
      "malformed-resource-foreign",
    ],
    [
      "a trust policy that is an identity policy",
      { roles: [{ ...role, trustPolicy: mayPut(globalBus) }] },
      "malformed-principal-missing",
    ],
    [
      "an inline policy that is not JSON",
      { roles: [{ ...role, inlinePolicies: [{ name: "a", policy: "" }] }] },
      "malformed-json",
    ],
    [
      "a malformed managed policy",
      { managedPolicies: [{ arn: "arn:aws:iam::999999999999:policy/a", policy: "{}" }] },
      "malformed-statement",
    ],
    [
      "a malformed log policy",
      { logResourcePolicies: [{ name: "a", account: "999999999999", region: "eu-west-1", policy: "{}" }] },
      "malformed-statement",
    ],
    ["a malformed queue policy", { queues: [{ arn: globalLetters, policy: "[]" }] }, "malformed-document"],
  ])("%s", (_name, changes, reason) => {
    expect(problemsOf(changes)).toContain(reason);
  });

  it("nothing, if it is sound", () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ rules: [{ ...forward, ...targets(5) }] })).toEqual([]);
  });

  it("everything that is wrong with it at once, each with its place", () => {
    const reading = buildWorld({
      ...threeAccounts,
      rules: [{ ...forward, state: "ON", eventPattern: everything }],
      roles: [
        {
          ...role,
          inlinePolicies: [{ name: "put-events", policy: mayPut(globalBus).replace("Effect", "Efect") }],
        },
      ],
    });
    expect(reading.ok ? [] : reading.problems.map(renderWorldProblem)).toEqual([
      `${forward.arn}: the state of a rule is ENABLED or DISABLED: ON`,
      `${role.arn} put-events #0: AWS knows no such element: Efect`,
      `${role.arn} put-events #0: Effect must be Allow or Deny`,
    ]);
  });
});
