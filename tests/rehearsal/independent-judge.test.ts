import { type EventPattern, parsePattern, sameEvents } from "event-patterns";
import { describe, expect, it } from "vitest";
import { patternEdits } from "../fixtures/damage-patterns.js";
import { filteredRegistry } from "../fixtures/filtered-registry.js";
import { judgePatterns } from "../fixtures/independent-judge-patterns.js";
import { judgePolicies, type Subject, type World } from "../fixtures/independent-judge-requests.js";
import { ofKind, textOf } from "../fixtures/recordings.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse } from "../fixtures/rehearsed.js";

const account = "111111111111";
const queue: Subject = { guarded: "queue", account, arn: `arn:aws:sqs:eu-west-1:${account}:letters` };
const bus: Subject = { guarded: "bus", account, arn: `arn:aws:events:eu-west-1:${account}:event-bus/it` };
const world: World = { accounts: [account, "222222222222"], organizationId: "o-1", arns: new Set() };
const rule = `arn:aws:events:eu-west-1:${account}:rule/it/one`;

const letters = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: queue.arn,
  Condition: { ArnEquals: { "aws:SourceArn": rule } },
};
const publish = {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::222222222222:root" },
  Action: "events:PutEvents",
  Resource: bus.arn,
  Condition: { "ForAllValues:StringEquals": { "events:source": ["a", "b"] } },
};
const others = { Effect: "Deny", Principal: "*", Action: "events:PutEvents", Resource: bus.arn };
const foreign = { ...others, Condition: { StringNotEquals: { "aws:PrincipalAccount": "222222222222" } } };

function policyOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

describe("the judge of policies", () => {
  it.each([
    { what: "an account by its id", changed: { Principal: { AWS: "222222222222" } }, verdict: "harmless" },
    { what: "another case of the action", changed: { Action: "EVENTS:putevents" }, verdict: "harmless" },
    { what: "a list of one", changed: { Action: ["events:PutEvents"] }, verdict: "harmless" },
    { what: "another account", changed: { Principal: { AWS: "333333333333" } }, verdict: "harmful" },
    {
      what: "a role of the account only",
      changed: { Principal: { AWS: "arn:aws:iam::222222222222:role/any" } },
      verdict: "harmful",
    },
    { what: "no condition", changed: { Condition: {} }, verdict: "harmful" },
    {
      what: "a source less",
      changed: { Condition: { "ForAllValues:StringEquals": { "events:source": "a" } } },
      verdict: "harmful",
    },
    {
      what: "one good source among bad ones",
      changed: { Condition: { "ForAnyValue:StringEquals": { "events:source": ["a", "b"] } } },
      verdict: "harmful",
    },
    {
      what: "a comparison without wildcards by Like",
      changed: { Condition: { "ForAllValues:StringLike": { "events:Source": ["b", "a"] } } },
      verdict: "harmless",
    },
    {
      what: "a beginning of sources",
      changed: { Condition: { "ForAllValues:StringLike": { "events:source": ["a*", "b"] } } },
      verdict: "harmful",
    },
    { what: "any resource, which EventBridge refuses", changed: { Resource: "*" }, verdict: "harmful" },
    {
      what: "the whole account's word for everybody, where a Deny refuses the others",
      changed: { Principal: "*" },
      verdict: "open",
    },
  ])("says $verdict of $what", ({ changed, verdict }) => {
    const before = policyOf(publish, foreign);
    expect(judgePolicies(bus, world, before, policyOf({ ...publish, ...changed }, foreign)).verdict).toBe(
      verdict,
    );
  });

  it.each([
    { what: "its own queue by every resource", changed: { Resource: "*" }, verdict: "harmless" },
    { what: "another queue", changed: { Resource: `${queue.arn ?? ""}-other` }, verdict: "harmful" },
    {
      what: "ArnLike for ArnEquals",
      changed: { Condition: { ArnLike: { "AWS:SourceArn": rule } } },
      verdict: "harmless",
    },
    {
      what: "whoever says nothing of the rule",
      changed: { Condition: { ArnEqualsIfExists: { "aws:SourceArn": rule } } },
      verdict: "harmful",
    },
    {
      what: "rules that begin alike",
      changed: { Condition: { ArnLike: { "aws:SourceArn": `${rule}*` } } },
      verdict: "harmful",
    },
    {
      what: "any rule of the account",
      changed: { Condition: { StringEquals: { "aws:SourceAccount": account } } },
      verdict: "harmful",
    },
    {
      what: "the account of the rule besides",
      changed: { Condition: { ...letters.Condition, StringEquals: { "aws:SourceAccount": account } } },
      verdict: "open",
    },
    {
      what: "another service",
      changed: { Principal: { Service: "lambda.amazonaws.com" } },
      verdict: "harmful",
    },
  ])("says $verdict of $what", ({ changed, verdict }) => {
    expect(judgePolicies(queue, world, policyOf(letters), policyOf({ ...letters, ...changed })).verdict).toBe(
      verdict,
    );
  });

  it("tells a statement said twice from one of which nothing comes", () => {
    const verdictOf = (...added: readonly object[]) =>
      judgePolicies(queue, world, policyOf(letters), policyOf(letters, ...added)).verdict;
    expect(verdictOf(letters)).toBe("harmless");
    expect(verdictOf({ ...letters, Resource: "arn:aws:sqs:eu-west-1:777777777777:theirs" })).toBe("open");
    expect(verdictOf({ ...letters, Effect: "Deny" })).toBe("harmful");
  });
});

describe("the judge of patterns", () => {
  it("says of every pattern written otherwise what its normal form says", async () => {
    const plans = [await rehearse(example, "prod"), await rehearse(filteredRegistry, "prod")];
    const texts = plans.flatMap(({ plan }) =>
      plan.stacks.flatMap((stack) => ofKind(stack, "EventRule").map((one) => textOf(one, "eventPattern"))),
    );
    const wrong = [...new Set(texts)].flatMap((before) =>
      [...patternEdits(before)]
        .filter(({ element }) => element !== "size")
        .flatMap(({ what, text }) => {
          const compared = sameEvents([patternOf(before)], [patternOf(text)]).kind;
          const { verdict, because } = judgePatterns(before, text);
          // A value beside a matcher that takes it anyway is left in its normal form.
          const isTaken = compared === "differ" && /a value more$|whatever is there$/.test(what);
          const agrees = (compared === "same") === (verdict === "harmless");
          return compared === "undecided" || agrees || isTaken
            ? []
            : [`${what}: ${compared}, but ${verdict}: ${because}`];
        }),
    );
    expect(wrong).toEqual([]);
  });
});

function patternOf(text: string): EventPattern {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new Error(`${text} is no pattern`);
  return parsed.pattern;
}
