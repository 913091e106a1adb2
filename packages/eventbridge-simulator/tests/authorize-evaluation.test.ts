import { describe, expect, it } from "vitest";
import { type Verdict } from "../src/index.js";
import { resourcePart } from "../src/iam/statement.js";
import { renderVerdict } from "../src/render.js";
import {
  allowPut,
  askQueue,
  askRole,
  busArn,
  letEveryonePut,
  ours,
  policyText,
  queueArn,
  roleArn,
  theirs,
  type Written,
} from "./authorize-questions.js";

const identity = policyText(allowPut);
const identityDeny = policyText(allowPut, { ...allowPut, Effect: "Deny", Sid: "No" });
const nothing = policyText({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" });
const root = (account: string): string => `arn:aws:iam::${account}:root`;
const busAllows = (principal: unknown): string => policyText({ ...letEveryonePut, Principal: principal });
const busDenies = policyText(letEveryonePut, { ...letEveryonePut, Sid: "No", Effect: "Deny" });

function answer(verdict: Verdict): string {
  return verdict.outcome === "denied" ? verdict.reason : verdict.outcome;
}

describe("across accounts", () => {
  it.each([
    ["both allow", identity, busAllows("*"), "allowed"],
    ["both allow, by account id", identity, busAllows({ AWS: ours }), "allowed"],
    ["both allow, by account root", identity, busAllows({ AWS: root(ours) }), "allowed"],
    ["both allow, by role", identity, busAllows({ AWS: [root("333333333333"), roleArn] }), "allowed"],
    [
      "the bus allows another account",
      identity,
      busAllows({ AWS: "333333333333" }),
      "resource-allows-nothing",
    ],
    ["the bus allows another role", identity, busAllows({ AWS: `${roleArn}x` }), "resource-allows-nothing"],
    [
      "the bus allows a service",
      identity,
      busAllows({ Service: "events.amazonaws.com" }),
      "resource-allows-nothing",
    ],
    ["the bus has no policy", identity, undefined, "resource-policy-absent"],
    ["no identity policy", undefined, busAllows("*"), "identity-allows-nothing"],
    ["no identity policy for it", nothing, busAllows({ AWS: roleArn }), "identity-allows-nothing"],
    ["the identity policy denies", identityDeny, busAllows("*"), "explicit-deny"],
    ["the bus denies", identity, busDenies, "explicit-deny"],
  ])("%s", (_name, identityText, bus, expected) => {
    expect(answer(askRole({ identity: identityText, bus }))).toBe(expected);
  });
});

describe("inside an account", () => {
  const own = roleArn.replace(ours, theirs);
  it.each([
    ["the identity policy suffices", identity, undefined, "allowed"],
    [
      "the identity policy suffices beside a policy for others",
      identity,
      busAllows({ AWS: ours }),
      "allowed",
    ],
    ["the bus grants to everyone", undefined, busAllows("*"), "allowed"],
    ["the bus grants to everyone, as AWS principal", undefined, busAllows({ AWS: "*" }), "allowed"],
    ["the bus grants to the role", undefined, busAllows({ AWS: own }), "allowed"],
    ["the bus names the account root only", undefined, busAllows({ AWS: root(theirs) }), "account-delegates"],
    ["the bus names the account id only", nothing, busAllows({ AWS: theirs }), "account-delegates"],
    [
      "the bus names the root, and the identity policy allows",
      identity,
      busAllows({ AWS: root(theirs) }),
      "allowed",
    ],
    ["nothing allows", nothing, busAllows({ AWS: ours }), "nothing-allows"],
    ["the bus denies", identity, busDenies, "explicit-deny"],
    ["the identity policy denies what the bus grants", identityDeny, busAllows("*"), "explicit-deny"],
  ])("%s", (_name, identityText, bus, expected) => {
    expect(answer(askRole({ identity: identityText, bus, sameAccount: true }))).toBe(expected);
  });
});

describe("a principal", () => {
  const session = `arn:aws:sts::${ours}:assumed-role/publisher/one`;
  it("is a session of a role, and of no other", () => {
    const bus = busAllows({ AWS: session });
    expect(answer(askRole({ identity, bus, sessionArn: session }))).toBe("allowed");
    expect(answer(askRole({ identity, bus, sessionArn: `${session}x` }))).toBe("resource-allows-nothing");
  });

  it("of an unnamed session cannot be decided", () => {
    expect(answer(askRole({ identity, bus: busAllows({ AWS: session }) }))).toBe("cannot-decide");
  });

  it("of a user never matches a role", () => {
    const user = `arn:aws:iam::${ours}:user/publisher`;
    expect(answer(askRole({ identity, bus: busAllows({ AWS: user }) }))).toBe("resource-allows-nothing");
  });

  it.each([
    ["a federated provider", { Federated: "cognito-identity.amazonaws.com" }],
    ["a deleted role's unique id", { AWS: "AROAEXAMPLEID12345" }],
    ["a misspelt service", { Service: "event.amazonaws.com" }],
    ["a kind of ARN nobody knows", { AWS: `arn:aws:iam::${ours}:group/all` }],
  ])("of a kind that the simulator does not know cannot be decided: %s", (_name, principal) => {
    expect(answer(askRole({ identity, bus: busAllows(principal) }))).toBe("cannot-decide");
  });

  it("that is known decides, whatever stands beside it", () => {
    expect(answer(askRole({ identity, bus: busAllows({ AWS: ours, Federated: "x" }) }))).toBe("allowed");
  });

  it("with a permissions boundary cannot be decided", () => {
    const verdict = askRole({ identity, bus: busAllows("*"), boundary: `arn:aws:iam::${ours}:policy/edge` });
    expect(renderVerdict(verdict).join()).toContain("permissions boundaries are not evaluated");
  });
});

describe("action and resource", () => {
  it.each([
    ["*", busArn, "allowed"],
    ["events:*", busArn, "allowed"],
    ["EVENTS:putevents", busArn, "allowed"],
    ["events:Put*", "*", "allowed"],
    ["events:PutEvent?", "*", "allowed"],
    ["events:PutRule", "*", "nothing-allows"],
    [["sqs:*", "events:PutEvents"], ["arn:aws:sqs:*:*:*", busArn], "allowed"],
    ["events:PutEvents", "arn:aws:events:*:*:event-bus/*", "allowed"],
    ["events:PutEvents", `arn:aws:events:eu-west-?:${theirs}:event-bus/global`, "allowed"],
    ["events:PutEvents", "arn:aws:events:*:event-bus/*", "cannot-decide"],
    ["events:PutEvents", "arn:aws:*:*:*:*", "allowed"],
    ["events:PutEvents", "arn:aws:sqs:*:*:*", "nothing-allows"],
    ["events:PutEvents", busArn.toUpperCase().replace("ARN", "arn"), "nothing-allows"],
    ["events:PutEvents", `${busArn}-2`, "nothing-allows"],
  ])("%j on %j: %s", (action, resource, expected) => {
    const text = policyText({ Effect: "Allow", Action: action, Resource: resource });
    expect(answer(askRole({ identity: text, sameAccount: true }))).toBe(expected);
  });

  it.each([
    ["NotAction that leaves the action", { NotAction: "sqs:*", Resource: "*" }, "allowed"],
    ["NotAction that takes the action out", { NotAction: "events:*", Resource: "*" }, "nothing-allows"],
    ["NotResource that leaves the bus", { Action: "*", NotResource: "arn:aws:sqs:*:*:*" }, "allowed"],
    ["NotResource that takes the bus out", { Action: "*", NotResource: busArn }, "nothing-allows"],
    [
      "NotResource with a variable without value",
      { Action: "*", NotResource: "arn:aws:sqs:::${aws:PrincipalTag/x}" },
      "cannot-decide",
    ],
    [
      "Resource with a variable without value",
      { Action: "*", Resource: "arn:aws:events:::${aws:PrincipalTag/x}" },
      "nothing-allows",
    ],
  ])("%s", (_name, statement, expected) => {
    const text = policyText({ Effect: "Allow", ...statement });
    expect(answer(askRole({ identity: text, sameAccount: true }))).toBe(expected);
  });

  it("of a variable use the request's values", () => {
    const resource = `arn:aws:events:eu-west-1:${theirs}:event-bus/\${aws:PrincipalTag/bus}`;
    const context = { "aws:PrincipalTag/bus": "global" };
    const text = policyText({ ...allowPut, Resource: resource });
    expect(answer(askRole({ identity: text, sameAccount: true, context }))).toBe("allowed");
    const old = text.replace("2012-10-17", "2008-10-17");
    expect(answer(askRole({ identity: old, sameAccount: true, context }))).toBe("nothing-allows");
  });
});

describe("a resource that AWS documents too loosely", () => {
  const events = `arn:aws:events:eu-west-1:${theirs}`;
  it.each([
    // IAM takes variables in the last part only.
    [
      "a variable before the fifth colon, that fits",
      "arn:aws:events:eu-west-1:${aws:ResourceAccount}:event-bus/global",
      "cannot-decide",
    ],
    [
      "one that does not",
      "arn:aws:events:eu-west-1:${aws:ResourceAccount}:event-bus/other",
      "nothing-allows",
    ],
    [
      "an escaped character there",
      `arn:aws:event\${*}:eu-west-1:${theirs}:event-bus/global`,
      "nothing-allows",
    ],
    // A `*` at the end of a part may reach over colons.
    ["a wildcard that would have to", "arn:aws:events:*:event-bus/global:*", "nothing-allows"],
    ["a wildcard for two parts", "arn:aws:e*:event-bus/*:*:*", "nothing-allows"],
    ["a wildcard that need not", `${events.replace(theirs, "*")}:event-bus/*`, "allowed"],
  ])("%s", (_name, resource, expected) => {
    const text = policyText({ ...allowPut, Resource: resource });
    const context = { "aws:ResourceAccount": theirs };
    expect(answer(askRole({ identity: text, sameAccount: true, context }))).toBe(expected);
  });

  it("is unknown where only a wildcard beyond its part would fit: log groups have colons", () => {
    const stream = "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/events/orders:log-stream:one";
    const part = resourcePart(["arn:aws:logs:*:log-group:/aws/events/orders:*"], false, true);
    const request = (resource: string) => ({
      principal: { kind: "service", service: "events.amazonaws.com" } as const,
      action: "logs:PutLogEvents",
      context: new Map(),
      resource,
    });
    expect(part.test(request(stream))).toBe("unknown");
    expect(part.test(request(stream.replace("orders", "other")))).toBe("no");
  });
});

describe("what is unknown", () => {
  const ip: Written = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
  const unknownDeny = { ...allowPut, Sid: "Net", Effect: "Deny", Condition: ip };

  it("in a Deny makes an allow undecided, and names it", () => {
    const verdict = askRole({ identity: policyText(allowPut, unknownDeny), sameAccount: true });
    expect(verdict).toEqual({
      outcome: "cannot-decide",
      unknowns: [{ reason: "unknown-operator", subject: "IpAddress", policy: "publisher", statement: "Net" }],
    });
  });

  it("in a Deny about something else does not matter", () => {
    const other = { ...unknownDeny, Action: "sqs:SendMessage" };
    expect(answer(askRole({ identity: policyText(allowPut, other), sameAccount: true }))).toBe("allowed");
  });

  it("in a Deny does not matter where nothing allows, or another Deny does", () => {
    expect(answer(askRole({ identity: policyText(unknownDeny), sameAccount: true }))).toBe("nothing-allows");
    const both = policyText(allowPut, unknownDeny, { ...allowPut, Effect: "Deny" });
    expect(answer(askRole({ identity: both, sameAccount: true }))).toBe("explicit-deny");
  });

  it("in an Allow never allows, and does not matter beside one that does", () => {
    const doubtful = { ...allowPut, Condition: ip };
    expect(answer(askRole({ identity: policyText(doubtful), sameAccount: true }))).toBe("cannot-decide");
    expect(answer(askRole({ identity: policyText(doubtful, allowPut), sameAccount: true }))).toBe("allowed");
  });

  it("on one side is settled by a refusal on the other", () => {
    const doubtful = policyText({ ...allowPut, Condition: ip });
    expect(answer(askRole({ identity: doubtful }))).toBe("resource-policy-absent");
    expect(answer(askRole({ identity: doubtful, bus: busAllows("*") }))).toBe("cannot-decide");
  });

  it("as NotPrincipal is never an allow, and a Deny with it leaves no allow standing", () => {
    const not = {
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: busArn,
      NotPrincipal: { AWS: "333333333333" },
    };
    expect(answer(askRole({ identity, bus: policyText(not) }))).toBe("cannot-decide");
    const deny = policyText(letEveryonePut, { ...not, Effect: "Deny" });
    expect(answer(askRole({ identity, bus: deny }))).toBe("cannot-decide");
  });

  it("as a wildcard action in a bus policy cannot be decided", () => {
    const verdict = askRole({ identity, bus: policyText({ ...letEveryonePut, Action: "events:*" }) });
    expect(verdict).toMatchObject({ unknowns: [{ reason: "unknown-action", subject: "events:*" }] });
  });
});

describe("a service", () => {
  const letter: Written = {
    Sid: "Letters",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: { ArnLike: { "aws:SourceArn": `arn:aws:events:eu-west-1:${theirs}:rule/global/*` } },
  };
  const rule = { "aws:SourceArn": `arn:aws:events:eu-west-1:${theirs}:rule/global/all` };

  it.each([
    ["is let in by the resource policy alone", letter, rule, "allowed"],
    ["is let in as everyone", { ...letter, Principal: "*" }, rule, "allowed"],
    [
      "is not let in for another rule",
      letter,
      { "aws:SourceArn": "arn:aws:events:eu-west-1:1:rule/a/b" },
      "resource-allows-nothing",
    ],
    ["is not let in without a rule", letter, { "aws:SourceArn": null }, "resource-allows-nothing"],
    ["is no account", { ...letter, Principal: { AWS: theirs } }, rule, "resource-allows-nothing"],
    [
      "is no other service",
      { ...letter, Principal: { Service: "sns.amazonaws.com" } },
      rule,
      "resource-allows-nothing",
    ],
    [
      "is not let in for another action",
      { ...letter, Action: "sqs:ReceiveMessage" },
      rule,
      "resource-allows-nothing",
    ],
    [
      "is not let into another queue",
      { ...letter, Resource: `${queueArn}-2` },
      rule,
      "resource-allows-nothing",
    ],
    ["is denied", { ...letter, Effect: "Deny" }, rule, "explicit-deny"],
  ])("%s", (_name, statement, context, expected) => {
    expect(answer(askQueue(policyText(statement), context))).toBe(expected);
  });

  it("is not let in where there is no policy", () => {
    expect(answer(askQueue(undefined))).toBe("resource-policy-absent");
  });
});
