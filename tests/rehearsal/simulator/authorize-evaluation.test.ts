import { describe, expect, it } from "vitest";
import { renderVerdict, type Verdict } from "../../../rehearsal/simulator/index.js";
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
    const resource = "arn:aws:events:eu-west-1:${aws:ResourceAccount}:event-bus/global";
    const context = { "aws:ResourceAccount": theirs };
    const text = policyText({ ...allowPut, Resource: resource });
    expect(answer(askRole({ identity: text, sameAccount: true, context }))).toBe("allowed");
    const old = text.replace("2012-10-17", "2008-10-17");
    expect(answer(askRole({ identity: old, sameAccount: true, context }))).toBe("nothing-allows");
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

describe("evidence", () => {
  it("names the statements of both sides that allowed", () => {
    const verdict = askRole({ identity, bus: busAllows("*") });
    expect(renderVerdict(verdict)).toEqual(["allowed by publisher #0 and global Everyone"]);
  });

  it("names the statement that denied", () => {
    expect(renderVerdict(askRole({ identity, bus: busDenies }))).toEqual([
      "denied: a statement denies it: global No",
      "global No denies it: it speaks of everybody, without any condition",
    ]);
  });

  it.each<{
    why: string;
    condition: Written;
    context?: Parameters<typeof askRole>[0]["context"];
    says: string;
  }>([
    {
      why: "what a negated condition spares",
      context: { "aws:PrincipalArn": roleArn },
      condition: { ArnNotEquals: { "aws:PrincipalArn": `arn:aws:iam::${theirs}:role/other` } },
      says: `ArnNotEquals aws:PrincipalArn holds: the statement spares arn:aws:iam::${theirs}:role/other; the request has ${roleArn} (account 111111111111, not ${theirs}; resource role/apps/publisher, not role/other)`,
    },
    {
      why: "what the request does not carry",
      condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-1" } },
      context: { "aws:PrincipalOrgID": null },
      says: "StringNotEquals aws:PrincipalOrgID holds: the statement spares o-1; the request does not carry aws:PrincipalOrgID",
    },
    {
      why: "every condition",
      condition: {
        StringEquals: { "events:source": ["a.b", "c.d"] },
        Null: { "aws:PrincipalOrgID": "true" },
      },
      context: { "events:source": "c.d", "aws:PrincipalOrgID": null },
      says: "StringEquals events:source holds: the statement says a.b or c.d; the request has c.d; and Null aws:PrincipalOrgID holds: the statement says that the request does not carry it; the request does not carry aws:PrincipalOrgID",
    },
  ])("names $why of the statement that denied", ({ condition, context, says }) => {
    const bus = policyText(letEveryonePut, {
      ...letEveryonePut,
      Sid: "No",
      Effect: "Deny",
      Condition: condition,
    });
    const verdict = askRole({ identity, bus, ...(context === undefined ? {} : { context }) });
    expect(renderVerdict(verdict)[1]).toBe(`global No denies it, because ${says}`);
  });

  it("names whom a Deny without conditions is about", () => {
    const bus = policyText(letEveryonePut, {
      ...letEveryonePut,
      Sid: "No",
      Effect: "Deny",
      Principal: { AWS: ours },
    });
    expect(renderVerdict(askRole({ identity, bus }))[1]).toBe(
      `global No denies it, because it names account 111111111111; the request comes from ${roleArn} of account 111111111111`,
    );
  });

  it.each<{ element: Written; says: string }>([
    {
      element: { Action: undefined, NotAction: "events:PutEvent" },
      says: "NotAction leaves out events:PutEvent; the request has events:PutEvents",
    },
    {
      element: { Resource: undefined, NotResource: `${busArn}l` },
      says: `NotResource leaves out ${busArn}l; the request has ${busArn} (resource event-bus/global, not event-bus/globall)`,
    },
  ])("names what a Deny leaves out, and an Allow: $says", ({ element, says }) => {
    const denied = policyText(allowPut, { ...allowPut, Sid: "No", Effect: "Deny", ...element });
    const bus = busAllows("*");
    expect(renderVerdict(askRole({ identity: denied, bus }))[1]).toBe(
      `publisher No denies it, because ${says}`,
    );
    const spared = Object.fromEntries(
      Object.entries(element).map(([name, value]) => [
        name,
        name === "NotAction" ? "events:PutEvents" : value && busArn,
      ]),
    );
    const left = policyText({ ...allowPut, Sid: "All", ...spared });
    expect(renderVerdict(askRole({ identity: left, bus }))[1]).toMatch(
      /^publisher All does not allow it: Not(?:Action|Resource) leaves out (\S+); the request has \1$/,
    );
  });

  it.each<{ condition: Written; context: Parameters<typeof askRole>[0]["context"]; says: string }>([
    {
      condition: { StringNotEquals: { "aws:PrincipalAccount": ours } },
      context: { "aws:PrincipalAccount": ours },
      says: `StringNotEquals aws:PrincipalAccount spares ${ours}; the request has ${ours}`,
    },
    {
      condition: { Null: { "aws:PrincipalOrgID": "true" } },
      context: { "aws:PrincipalOrgID": "o-1" },
      says: "Null aws:PrincipalOrgID wants that the request does not carry it; the request has o-1",
    },
    {
      condition: { Null: { "aws:PrincipalOrgID": "false" } },
      context: { "aws:PrincipalOrgID": null },
      says: "Null aws:PrincipalOrgID wants that the request carries it; the request does not carry aws:PrincipalOrgID",
    },
    {
      condition: { StringEquals: { "aws:PrincipalOrgID": [] } },
      context: { "aws:PrincipalOrgID": "o-1" },
      says: "StringEquals aws:PrincipalOrgID wants no value; the request has o-1",
    },
  ])("says of an Allow what its condition means: $says", ({ condition, context, says }) => {
    const bus = policyText({ ...letEveryonePut, Condition: condition });
    expect(renderVerdict(askRole({ identity, bus, ...(context === undefined ? {} : { context }) }))[1]).toBe(
      `global Everyone does not allow it: condition ${says}`,
    );
  });

  it.each<{ what: string; type: string }>([
    { what: "two keys that the request does not carry", type: "Order.Created" },
    { what: "another value besides", type: "Order.Create" },
  ])("prefers the statement of which most fits: $what", ({ type }) => {
    const claims = (source: string, detailType: string, more: Written = {}): Written => ({
      "ForAllValues:StringEquals": { "events:source": source, "events:detail-type": detailType },
      ...more,
    });
    const tags = { StringEquals: { "aws:PrincipalTag/team": "a" } };
    const others = claims("com.example.delivery", "Delivery.Updated", tags);
    const meant = claims("com.example.orders", type, {
      StringEquals: { ...tags.StringEquals, "aws:PrincipalTag/env": "b" },
    });
    const bus = policyText(
      { ...letEveryonePut, Sid: "Other", Principal: { AWS: "333333333333" }, Condition: others },
      { ...letEveryonePut, Sid: "Meant", Principal: { AWS: ours }, Condition: meant },
    );
    const context = {
      "events:source": ["com.example.orders"],
      "events:detail-type": ["Order.Created"],
      "aws:PrincipalTag/team": null,
      "aws:PrincipalTag/env": null,
    };
    const [, ...misses] = renderVerdict(askRole({ identity, bus, context }));
    expect(misses.map((line) => line.split(" ", 2)[1])).toEqual(["Meant"]);
  });

  it.each<{ named: Written; says: string }>([
    { named: { AWS: "333333333333" }, says: "account 333333333333" },
    { named: { AWS: "arn:aws:iam::333333333333:root" }, says: "account 333333333333" },
    {
      named: { AWS: ["arn:aws:iam::333333333333:role/x", "arn:aws:iam::444444444444:root"] },
      says: "account 444444444444 or arn:aws:iam::333333333333:role/x",
    },
    { named: { Service: "events.amazonaws.com" }, says: "events.amazonaws.com" },
  ])("names whom a statement lets in, $says, and who asked", ({ named, says }) => {
    expect(renderVerdict(askRole({ identity, bus: busAllows(named) }))[1]).toBe(
      `global Everyone does not allow it: it names ${says}; the request comes from ${roleArn} of account 111111111111`,
    );
  });

  it("shows the nearest statements only: same action and resource, fewest differing parts, at most three", () => {
    const others = ["3", "4", "5", "6"].map((id) => ({
      ...letEveryonePut,
      Sid: `Other${id}`,
      Principal: { AWS: id.repeat(12) },
    }));
    const far = { ...others[0], Sid: "Far", Condition: { StringEquals: { "events:source": "x" } } };
    const bus = policyText({ ...letEveryonePut, Sid: "List", Action: "events:ListRules" }, far, ...others);
    const [, ...misses] = renderVerdict(askRole({ identity, bus, context: { "events:source": ["y"] } }));
    expect(misses.map((line) => line.split(" ", 2)[1])).toEqual(["Other3", "Other4", "Other5"]);
  });

  it("looks for near misses only in policies that had to allow and did not", () => {
    const context = { "events:source": ["com.example.delivery"] };
    const Condition = { "ForAllValues:StringEquals": { "events:source": "com.example.orders" } };
    const bus = policyText({ ...letEveryonePut, Condition });
    const lines = renderVerdict(askRole({ identity, bus, context }));
    expect(lines.slice(1).filter((line) => line.startsWith("publisher"))).toEqual([]);
  });

  it("names what each condition of a near miss wanted", () => {
    const condition = {
      "ForAllValues:StringEquals": { "events:source": "com.example.orders" },
      StringEquals: { "aws:PrincipalOrgID": ["o-1", "o-2"] },
    };
    const bus = policyText({ ...letEveryonePut, Condition: condition });
    const context = { "events:source": ["com.example.delivery"], "aws:PrincipalOrgID": null };
    expect(renderVerdict(askRole({ identity, bus, context }))[1]).toBe(
      "global Everyone does not allow it: " +
        "condition ForAllValues:StringEquals events:source wants com.example.orders; the request has com.example.delivery; " +
        "condition StringEquals aws:PrincipalOrgID wants o-1 or o-2; the request does not carry aws:PrincipalOrgID",
    );
  });

  it("names the action of a near miss where no statement is about the action asked for", () => {
    const verdict = askRole({
      identity: nothing,
      bus: undefined,
      sameAccount: true,
    });
    expect(renderVerdict(verdict)).toEqual([
      "denied: neither an identity policy nor the resource policy allows it",
      "publisher #0 does not allow it: action wants sqs:SendMessage; the request has events:PutEvents",
    ]);
  });
});
