import { describe, expect, it } from "vitest";
import { renderVerdict } from "../src/render.js";
import {
  allowPut,
  askRole,
  busArn,
  letEveryonePut,
  ours,
  policyText,
  roleArn,
  theirs,
  type Written,
} from "./authorize-questions.js";

const identity = policyText(allowPut);
const nothing = policyText({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" });
const busAllows = (principal: unknown): string => policyText({ ...letEveryonePut, Principal: principal });
const busDenies = policyText(letEveryonePut, { ...letEveryonePut, Sid: "No", Effect: "Deny" });

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
