import { describe, expect, it } from "vitest";
import { readPolicy } from "../src/iam/policy.js";
import { type PolicyHome } from "../src/iam/policy-home.js";
import {
  allowPut,
  askRole,
  busArn,
  letEveryonePut,
  policyText,
  queueArn,
  theirs,
  type Written,
} from "./authorize-questions.js";

const bus: PolicyHome = { kind: "bus", arn: busArn };
const trustStatement: Written = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sts:AssumeRole",
};
const queueStatement: Written = { ...letEveryonePut, Action: "sqs:SendMessage", Resource: queueArn };

function problemsOf(text: string, home: PolicyHome): readonly string[] {
  const reading = readPolicy(text, home);
  return reading.ok ? [] : reading.problems.map(({ reason }) => reason);
}

describe("a document", () => {
  it.each([
    ["not JSON", "{", ["malformed-json"]],
    ["no object", "[]", ["malformed-document"]],
    [
      "an element nobody knows",
      JSON.stringify({ Version: "2012-10-17", Statements: [], Statement: allowPut }),
      ["malformed-element"],
    ],
    [
      "a wrong version",
      JSON.stringify({ Version: "2012-10-18", Statement: allowPut }),
      ["malformed-version"],
    ],
    ["no statement", JSON.stringify({ Version: "2012-10-17" }), ["malformed-statement"]],
    ["an empty list of statements", policyText(), ["malformed-statement"]],
    ["a statement that is no object", JSON.stringify({ Statement: ["Allow"] }), ["malformed-statement"]],
    [
      "an element given twice",
      '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
      ["malformed-statement"],
    ],
  ])("with %s is refused", (_name, text, expected) => {
    expect(problemsOf(text, { kind: "identity" })).toEqual(expected);
  });

  it("may hold one statement without a list, an Id, and no version", () => {
    expect(problemsOf(JSON.stringify({ Id: "x", Statement: allowPut }), { kind: "identity" })).toEqual([]);
  });
});

describe("a statement of an identity policy", () => {
  it.each([
    ["no effect", { Effect: undefined }, "malformed-effect"],
    ["a misspelt effect", { Effect: "allow" }, "malformed-effect"],
    ["no action", { Action: undefined }, "malformed-action-missing"],
    ["an empty list of actions", { Action: [] }, "malformed-action-missing"],
    ["Action beside NotAction", { NotAction: "sqs:*" }, "malformed-action-missing"],
    ["an action without a service", { Action: "PutEvents" }, "malformed-action"],
    ["no resource", { Resource: undefined }, "malformed-resource-missing"],
    ["a resource that is no ARN", { Resource: "global" }, "malformed-resource"],
    ["a principal", { Principal: "*" }, "malformed-principal-prohibited"],
    ["a misspelt element", { Conditions: {} }, "malformed-element"],
    ["a condition that is no object", { Condition: [] }, "malformed-condition"],
    ["an operator without keys", { Condition: { Bool: "true" } }, "malformed-condition"],
    [
      "a condition value that is an object",
      { Condition: { Bool: { "aws:SecureTransport": {} } } },
      "malformed-condition",
    ],
    ["a Sid with a dash", { Sid: "put-events" }, "malformed-sid"],
  ])("with %s is refused", (_name, change, expected) => {
    expect(problemsOf(policyText({ ...allowPut, ...change }), { kind: "identity" })).toEqual([expected]);
  });

  it("must have a Sid of its own", () => {
    const named = { ...allowPut, Sid: "Put" };
    expect(problemsOf(policyText(named, named), { kind: "identity" })).toEqual(["malformed-sid-twice"]);
  });
});

describe("a bus policy", () => {
  const rules = `arn:aws:events:eu-west-1:${theirs}:rule/global/*`;
  it.each([
    ["no principal", { Principal: undefined }, "malformed-principal-missing"],
    ["a misspelt principal", { Principle: "*" }, "malformed-element"],
    ["a principal kind nobody knows", { Principal: { Aws: theirs } }, "malformed-principal"],
    ["an account id that is too short", { Principal: { AWS: "12345" } }, "malformed-principal"],
    [
      "a wildcard inside a principal",
      { Principal: { AWS: `arn:aws:iam::${theirs}:role/*` } },
      "malformed-principal",
    ],
    ["a service that is no host name", { Principal: { Service: "events" } }, "malformed-principal"],
    ["an empty principal", { Principal: {} }, "malformed-principal"],
    ["Principal beside NotPrincipal", { NotPrincipal: { AWS: theirs } }, "malformed-principal"],
    ["another bus", { Resource: `${busArn}-2` }, "malformed-resource-foreign"],
    [
      "a bus of the same name elsewhere",
      { Resource: busArn.replace("eu-west-1", "eu-west-2") },
      "malformed-resource-foreign",
    ],
    ["any resource", { Resource: "*" }, "malformed-resource-foreign"],
    ["an action of another service", { Action: "sqs:SendMessage" }, "malformed-action-not-admitted"],
    [
      "an action that it does not admit",
      { Action: "events:DeleteEventBus" },
      "malformed-action-not-admitted",
    ],
  ])("with %s is refused", (_name, change, expected) => {
    expect(problemsOf(policyText({ ...letEveryonePut, ...change }), bus)).toContain(expected);
  });

  it("may let others manage rules of the bus", () => {
    const statement = { ...letEveryonePut, Action: ["events:PutRule", "events:PutTargets"], Resource: rules };
    expect(problemsOf(policyText(statement), bus)).toEqual([]);
  });

  it("takes dashes in a Sid", () => {
    expect(problemsOf(policyText({ ...letEveryonePut, Sid: "allow-orders_1" }), bus)).toEqual([]);
    expect(problemsOf(policyText({ ...letEveryonePut, Sid: "allow orders" }), bus)).toEqual([
      "malformed-sid",
    ]);
  });

  it("that is malformed decides nothing and allows nothing, and the verdict says why", () => {
    const verdict = askRole({
      identity: policyText(allowPut),
      bus: policyText(letEveryonePut, { ...letEveryonePut, Sid: "Typo", Effect: "Alow" }),
    });
    expect(verdict).toEqual({
      outcome: "cannot-decide",
      unknowns: [{ reason: "malformed-effect", subject: "Alow", policy: "global", statement: "Typo" }],
    });
  });
});

describe("a malformed bus policy", () => {
  it("might deny what an identity policy allows, so even its own account is left in doubt", () => {
    const verdict = askRole({ identity: policyText(allowPut), bus: "{}", sameAccount: true });
    expect(verdict).toMatchObject({
      outcome: "cannot-decide",
      unknowns: [{ reason: "malformed-statement" }],
    });
  });
});

describe("a trust policy", () => {
  it.each([
    ["a resource", { Resource: "*" }, "malformed-resource-prohibited"],
    ["an action that assumes nothing", { Action: "events:PutEvents" }, "malformed-action-not-admitted"],
    ["every action", { Action: "*" }, "malformed-action-not-admitted"],
    ["no principal", { Principal: undefined }, "malformed-principal-missing"],
  ])("with %s is refused", (_name, change, expected) => {
    expect(problemsOf(policyText({ ...trustStatement, ...change }), { kind: "trust" })).toEqual([expected]);
  });

  it("needs neither resource nor Sid", () => {
    expect(problemsOf(policyText(trustStatement), { kind: "trust" })).toEqual([]);
  });
});

describe("the policy of a queue", () => {
  it("needs its version written out", () => {
    const text = policyText(queueStatement);
    expect(problemsOf(text, { kind: "queue" })).toEqual([]);
    expect(problemsOf(text.replace("2012", "2008"), { kind: "queue" })).toEqual([
      "malformed-version-missing",
    ]);
    expect(problemsOf(JSON.stringify({ Statement: queueStatement }), { kind: "queue" })).toEqual([
      "malformed-version-missing",
    ]);
  });
});

describe("the policy of a log group", () => {
  it("admits two actions only", () => {
    const statement = { ...queueStatement, Resource: "*", Action: "logs:PutLogEvents" };
    expect(problemsOf(policyText(statement), { kind: "log-group" })).toEqual([]);
    const more = { ...statement, Action: "logs:DeleteLogGroup" };
    expect(problemsOf(policyText(more), { kind: "log-group" })).toEqual(["malformed-action-not-admitted"]);
  });
});
