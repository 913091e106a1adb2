import { describe, expect, it } from "vitest";
import { holds } from "./authorize-questions.js";

const key = "aws:PrincipalAccount";
const yes = "allowed" as const;
const no = "denied" as const;
const unknown = "cannot-decide" as const;
const role = "arn:aws:iam::111111111111:role/apps/publisher";

describe("a condition operator compares one value", () => {
  it.each([
    ["StringEquals", "a", "a", yes],
    ["StringEquals", "a", "A", no],
    ["StringEquals", "a*", "ab", no],
    ["StringEquals", "a*", "a*", yes],
    ["StringEquals", ["b", "a"], "a", yes],
    ["StringEquals", ["b", "c"], "a", no],
    ["StringEquals", [], "a", no],
    ["StringEquals", 111111111111, "111111111111", yes],
    ["StringNotEquals", "a", "a", no],
    ["StringNotEquals", "a", "b", yes],
    ["StringNotEquals", ["a", "b"], "a", no],
    ["StringNotEquals", ["a", "b"], "c", yes],
    ["StringNotEquals", [], "c", yes],
    ["StringEqualsIgnoreCase", "Orders", "orderS", yes],
    ["StringEqualsIgnoreCase", "Orders", "order", no],
    ["StringNotEqualsIgnoreCase", "Orders", "orderS", no],
    ["StringNotEqualsIgnoreCase", "Orders", "other", yes],
    ["StringLike", "com.example.*", "com.example.orders", yes],
    ["StringLike", "com.example.*", "com.example.", yes],
    ["StringLike", "com.example.*", "com.Example.orders", no],
    ["StringLike", "com.*.orders", "com.a.b.orders", yes],
    ["StringLike", "com.?.orders", "com.a.orders", yes],
    ["StringLike", "com.?.orders", "com.ab.orders", no],
    ["StringLike", "a.c", "abc", no],
    ["StringLike", "(a|b)[c]", "(a|b)[c]", yes],
    ["StringLike", "a*", "a\nb", yes],
    ["StringLike", "a*c", "a\nc", yes],
    ["StringLike", "a?c", "a\nc", yes],
    ["StringNotLike", "com.example.*", "com.example.orders", no],
    ["StringNotLike", "com.example.*", "org.example.orders", yes],
    ["ArnEquals", role, role, yes],
    ["ArnEquals", "arn:aws:iam::*:role/apps/*", role, yes],
    ["ArnEquals", "arn:aws:iam::111111111111:role/apps/publishe?", role, yes],
    ["ArnEquals", "arn:aws:iam::1*:role/publisher", role, no],
    ["ArnEquals", "arn:aws:*:role/apps/publisher", role, unknown],
    ["ArnEquals", "arn:aws:*:x:y:role/apps/publisher", role, no],
    ["ArnEquals", "*", role, unknown],
    ["ArnEquals", role, "no arn at all", no],
    [
      "ArnLike",
      "arn:aws:events:eu-west-1:1:rule/global/*",
      "arn:aws:events:eu-west-1:1:rule/global/a:b",
      yes,
    ],
    ["ArnLike", "arn:aws:events:eu-west-1:1:rule/global/*", "arn:aws:events:eu-west-1:1:rule/local/a", no],
    ["ArnNotEquals", role, role, no],
    ["ArnNotLike", "arn:aws:iam::*:role/other", role, yes],
    ["Bool", "true", "true", yes],
    ["Bool", true, "true", yes],
    ["Bool", "True", "true", yes],
    ["Bool", "false", "true", no],
    ["Bool", "yes", "true", unknown],
    ["Null", "false", "a", yes],
    ["Null", "true", "a", no],
    ["Null", false, "a", yes],
    ["Null", ["true", "false"], "a", yes],
    ["Null", "no", "a", unknown],
  ])("%s %j on %j: %s", (operator, wants, has, expected) => {
    expect(holds({ [operator]: { [key]: wants } }, { [key]: has })).toBe(expected);
  });
});

describe("a condition whose key the request does not carry", () => {
  it.each([
    ["StringEquals", no],
    ["StringNotEquals", yes],
    ["StringEqualsIgnoreCase", no],
    ["StringNotEqualsIgnoreCase", yes],
    ["StringLike", no],
    ["StringNotLike", yes],
    ["ArnEquals", no],
    ["ArnNotEquals", yes],
    ["ArnLike", no],
    ["ArnNotLike", yes],
    ["Bool", no],
  ])("%s: %s, and %s… with IfExists it holds", (operator, expected) => {
    const wants = operator === "Bool" ? "true" : role;
    expect(holds({ [operator]: { [key]: wants } }, { [key]: null })).toBe(expected);
    expect(holds({ [`${operator}IfExists`]: { [key]: wants } }, { [key]: null })).toBe(yes);
    expect(holds({ [`ForAllValues:${operator}`]: { [key]: wants } }, { [key]: null })).toBe(yes);
    expect(holds({ [`ForAnyValue:${operator}`]: { [key]: wants } }, { [key]: null })).toBe(no);
    // Documented each alone, and the two contradict each other.
    expect(holds({ [`ForAnyValue:${operator}IfExists`]: { [key]: wants } }, { [key]: null })).toBe(unknown);
  });

  it("satisfies Null true, and not Null false", () => {
    expect(holds({ Null: { [key]: "true" } }, { [key]: null })).toBe(yes);
    expect(holds({ Null: { [key]: "false" } }, { [key]: null })).toBe(no);
  });
});

describe("IfExists on a key that is there", () => {
  it.each([
    ["StringEqualsIfExists", "a", yes],
    ["StringEqualsIfExists", "b", no],
    ["StringNotEqualsIfExists", "a", no],
    ["StringNotEqualsIfExists", "b", yes],
    ["ForAllValues:StringEqualsIfExists", "a", yes],
    ["ForAllValues:StringEqualsIfExists", "b", no],
  ])("%s compares with %s: %s", (operator, has, expected) => {
    expect(holds({ [operator]: { [key]: "a" } }, { [key]: has })).toBe(expected);
  });
});

describe("a set operator on several values", () => {
  it.each([
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], yes],
    ["ForAllValues:StringEquals", ["a", "b", "c"], ["a", "b"], yes],
    ["ForAllValues:StringEquals", ["a"], ["a", "b"], no],
    ["ForAnyValue:StringEquals", ["a"], ["a", "b"], yes],
    ["ForAnyValue:StringEquals", ["c"], ["a", "b"], no],
    ["ForAllValues:StringNotEquals", ["c"], ["a", "b"], yes],
    ["ForAllValues:StringNotEquals", ["a"], ["a", "b"], no],
    ["ForAnyValue:StringNotEquals", ["a"], ["a", "b"], yes],
    ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], no],
    ["ForAllValues:StringLike", ["com.*"], ["com.a", "com.b"], yes],
    ["ForAllValues:StringLike", ["com.*"], ["com.a", "org.b"], no],
    ["ForAnyValue:StringNotLike", ["com.*"], ["com.a", "org.b"], yes],
    [
      "ForAllValues:ArnLike",
      ["arn:aws:iam::1:role/*"],
      ["arn:aws:iam::1:role/a", "arn:aws:iam::2:role/a"],
      no,
    ],
    // On a single value, a set operator takes it as a set of one.
    ["ForAllValues:StringEquals", ["a"], "a", yes],
    ["ForAllValues:StringEquals", ["a"], "b", no],
    ["ForAnyValue:StringEquals", ["a"], "a", yes],
    ["ForAnyValue:StringEquals", ["a"], "b", no],
    ["ForAnyValue:StringNotEquals", ["a"], "b", yes],
    // Without a set operator, the answer stands where both set operators agree.
    ["StringEquals", ["a"], ["a"], yes],
    ["StringEquals", ["b"], ["a"], no],
    ["StringEquals", ["a", "b"], ["a", "b"], yes],
    ["StringEquals", ["c"], ["a", "b"], no],
    ["StringEquals", ["a"], ["a", "b"], unknown],
    ["StringNotEquals", ["a"], ["b", "c"], yes],
    ["StringNotEquals", ["a"], ["a", "b"], unknown],
    ["Null", ["false"], ["a", "b"], yes],
    ["Null", ["true"], ["a", "b"], no],
  ])("%s %j on %j: %s", (operator, wants, has, expected) => {
    expect(holds({ [operator]: { [key]: wants } }, { [key]: has })).toBe(expected);
  });
});

describe("several conditions", () => {
  it("must all hold, under one operator and under several", () => {
    const context = { "events:source": ["a"], [key]: "1", "aws:SecureTransport": "true" };
    const source = { "events:source": "a" };
    expect(
      holds({ StringEquals: { ...source, [key]: "1" }, Bool: { "aws:SecureTransport": "true" } }, context),
    ).toBe(yes);
    expect(holds({ StringEquals: { ...source, [key]: "2" } }, context)).toBe(no);
    expect(holds({ StringEquals: source, Bool: { "aws:SecureTransport": "false" } }, context)).toBe(no);
  });

  it("do not hold if one fails, whatever else is unknown", () => {
    expect(
      holds({ StringEquals: { [key]: "2" }, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, { [key]: "1" }),
    ).toBe(no);
  });

  it("of an empty Condition hold", () => {
    expect(holds({})).toBe(yes);
    expect(holds({ StringEquals: {} })).toBe(yes);
  });
});

describe("condition keys", () => {
  it("are compared without regard to case", () => {
    expect(holds({ StringEquals: { "AWS:principalACCOUNT": "1" } }, { [key]: "1" })).toBe(yes);
  });

  it.each([
    ["a key that the simulator does not know", { StringEquals: { "aws:SourceVpce": "vpce-1" } }],
    ["a misspelt key under a negated operator", { StringNotEquals: { "aws:PrincipalAcount": "2" } }],
    ["a misspelt key under Null", { Null: { "events:sorce": "true" } }],
    ["a misspelt key under ForAllValues", { "ForAllValues:StringEquals": { "event:source": "a" } }],
    ["an operator that is not evaluated", { NumericEquals: { [key]: "1" } }],
    ["a misspelt operator", { StringEqual: { [key]: "1" } }],
    ["a misspelt prefix", { "ForAllValue:StringEquals": { [key]: "1" } }],
    ["Null with a suffix", { NullIfExists: { [key]: "false" } }],
    ["Null with a prefix", { "ForAllValues:Null": { [key]: "false" } }],
  ])("%s cannot be decided", (_name, condition) => {
    expect(holds(condition, { [key]: "1" })).toBe(unknown);
  });

  it("of tags that the principal does not have are absent, not unknown", () => {
    expect(holds({ StringEquals: { "aws:PrincipalTag/team": "a" } })).toBe(no);
    expect(holds({ StringEquals: { "aws:PrincipalTag/Team": "a" } }, { "aws:PrincipalTag/team": "a" })).toBe(
      yes,
    );
  });
});

describe("tags of somebody who tags himself", () => {
  const any = { "aws:PrincipalTag/*": null };

  it.each([
    ["that are wanted", { StringEquals: { "aws:PrincipalTag/team": "a" } }],
    ["that are spared", { StringNotEquals: { "aws:PrincipalTag/team": "a" } }],
    ["that shall not be there", { Null: { "aws:PrincipalTag/team": "true" } }],
    ["as variable", { StringEquals: { [key]: "${aws:PrincipalTag/team}" } }],
  ])("may have any value: %s", (_name, condition) => {
    expect(holds(condition, { ...any, [key]: "1" })).toBe(unknown);
  });
});

describe("policy variables", () => {
  const context = {
    "aws:PrincipalTag/service": "orders",
    [key]: "1",
    "events:source": ["com.example.orders"],
  };

  it.each([
    [
      "stand for the value of the request",
      { StringEquals: { "events:source": "com.example.${aws:PrincipalTag/service}" } },
      yes,
    ],
    [
      "keep the case of keys out of it",
      { StringEquals: { "events:source": "com.example.${aws:principaltag/Service}" } },
      yes,
    ],
    ["do not equal another value", { StringEquals: { "events:source": "${aws:PrincipalTag/service}" } }, no],
    ["work beside wildcards", { StringLike: { "events:source": "*.${aws:PrincipalTag/service}" } }, yes],
    ["take a default for an absent key", { StringEquals: { [key]: "${aws:PrincipalTag/none, '1'}" } }, yes],
    ["prefer the value to the default", { StringEquals: { [key]: "${aws:PrincipalTag/service, '1'}" } }, no],
    ["without value and default equal nothing", { StringEquals: { [key]: "${aws:PrincipalTag/none}" } }, no],
    [
      "without value leave other values alone",
      { StringEquals: { [key]: ["${aws:PrincipalTag/none}", "1"] } },
      yes,
    ],
    ["without value differ from everything", { StringNotEquals: { [key]: "${aws:PrincipalTag/none}" } }, yes],
    ["of an unknown key", { StringEquals: { [key]: "${aws:SourceIp}" } }, unknown],
    ["of a multi-valued key", { StringEquals: { [key]: "${events:source}" } }, unknown],
    ["that are not closed", { StringEquals: { [key]: "${aws:PrincipalTag/service" } }, unknown],
    ["under Bool", { Bool: { [key]: "${aws:PrincipalTag/service}" } }, unknown],
    ["in ARNs", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/*" } }, yes],
  ])("%s: %j", (_name, condition, expected) => {
    const principal = { "aws:PrincipalArn": "arn:aws:iam::1:role/a" };
    expect(holds(condition, { ...context, ...principal })).toBe(expected);
  });

  it.each([
    ["${*}", "a*c", yes],
    ["${*}", "abc", no],
    ["${?}", "a?c", yes],
    ["${?}", "abc", no],
    ["${$}", "a$c", yes],
    ["$", "a$c", yes],
  ])("escape a%sc on %s under StringLike: %s", (escape, has, expected) => {
    expect(holds({ StringLike: { [key]: `a${escape}c` } }, { [key]: has })).toBe(expected);
  });

  it("give wildcards in a tag no meaning", () => {
    const condition = { StringLike: { [key]: "${aws:PrincipalTag/service}" } };
    expect(holds(condition, { "aws:PrincipalTag/service": "*", [key]: "1" })).toBe(no);
    expect(holds(condition, { "aws:PrincipalTag/service": "*", [key]: "*" })).toBe(yes);
  });
});
