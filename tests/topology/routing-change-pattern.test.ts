import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { matchEvent, parsePattern } from "event-patterns";
import { editedAll } from "../fixtures/edit.js";
import { projectRoot } from "../fixtures/project-copy.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

/** The pattern of the rule on the default bus. */
function patternText(deployRoleArn: string): string {
  const topology = topologyOf(
    editedAll(shopRegistry, [
      [["environments", "prod", "alarms"], {}],
      [["environments", "prod", "auditTrail"], { retentionDays: 365, deployRoleArn }],
    ]),
    "prod",
  );
  return JSON.stringify(backboneOf(topology).auditTrail?.rule.eventPattern);
}

/** As AWS reads it. */
function patternFor(deployRoleArn: string) {
  const parsed = parsePattern(patternText(deployRoleArn));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.pattern;
}

const account = "111111111111";
const sessionOf = (arn: string) => ({
  type: "AssumedRole",
  principalId: "AROAEXAMPLEID:session",
  arn: `arn:aws:sts::${account}:assumed-role/${arn.slice(arn.lastIndexOf("/") + 1)}/session`,
  accountId: account,
  accessKeyId: "ASIAEXAMPLE",
  sessionContext: {
    sessionIssuer: { type: "Role", principalId: "AROAEXAMPLEID", arn, accountId: account, userName: "role" },
    webIdFederationData: {},
    attributes: { creationDate: "2026-01-01T12:00:00Z", mfaAuthenticated: "false" },
  },
});
const root = {
  type: "Root",
  principalId: account,
  arn: `arn:aws:iam::${account}:root`,
  accountId: account,
  accessKeyId: "",
};
const rootInConsole = {
  ...root,
  sessionContext: { sessionIssuer: {}, webIdFederationData: {}, attributes: { mfaAuthenticated: "true" } },
};
const user = {
  type: "IAMUser",
  principalId: "AIDAEXAMPLEID",
  arn: `arn:aws:iam::${account}:user/alice`,
  accountId: account,
  accessKeyId: "AKIAEXAMPLE",
  userName: "alice",
};
const deploy = `arn:aws:iam::${account}:role/deploy`;

function call(userIdentity: object, eventName = "PutRule", eventSource = "events.amazonaws.com") {
  return JSON.stringify({
    version: "0",
    id: "c9f6a5c4-0000-4000-8000-000000000001",
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${eventSource.slice(0, eventSource.indexOf("."))}`,
    account,
    time: "2026-01-01T12:00:00Z",
    region: "eu-west-1",
    resources: [],
    detail: {
      eventVersion: "1.09",
      userIdentity,
      eventTime: "2026-01-01T12:00:00Z",
      eventSource,
      eventName,
      awsRegion: "eu-west-1",
      sourceIPAddress: "203.0.113.7",
      userAgent: "aws-cli/2.0",
      requestParameters: { name: "a-rule", eventBusName: "backbone-global" },
      responseElements: { ruleArn: `arn:aws:events:eu-west-1:${account}:rule/backbone-global/a-rule` },
      requestID: "r",
      eventID: "e",
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: "Management",
    },
  });
}

const eventShape = z.record(z.string(), z.json());

const matches = (deployRoleArn: string, event: string) =>
  matchEvent(patternFor(deployRoleArn), eventShape.parse(JSON.parse(event)));

describe("a change of the routing", () => {
  it.each([
    { who: "the root user", identity: root, expected: true },
    { who: "the root user in the console", identity: rootInConsole, expected: true },
    { who: "an IAM user", identity: user, expected: true },
    { who: "a session of another role", identity: sessionOf(`${deploy}er`), expected: true },
    { who: "a service on its own", identity: { type: "AWSService", invokedBy: "x" }, expected: true },
    { who: "a session of the deploy role", identity: sessionOf(deploy), expected: false },
  ])("by $who: told is $expected", ({ identity, expected }) => {
    expect(matches(deploy, call(identity))).toBe(expected);
  });

  it.each([
    { name: "PutTargets", expected: true },
    { name: "RemoveTargets", expected: true },
    { name: "DisableRule", expected: true },
    { name: "DeleteRule", expected: true },
    { name: "PutPermission", expected: true },
    { name: "RemovePermission", expected: true },
    { name: "DeleteEventBus", expected: true },
    { name: "UpdateEventBus", expected: true },
    { name: "TagResource", expected: false },
    { name: "ListRules", expected: false },
  ])("$name by a user: told is $expected", ({ name, expected }) => {
    expect(matches(deploy, call(user, name))).toBe(expected);
  });

  it.each([
    ["StopLogging", "cloudtrail"],
    ["DisableKey", "kms"],
    ["ScheduleKeyDeletion", "kms"],
    ["PutKeyPolicy", "kms"],
    ["DeleteAlarms", "monitoring"],
    ["DisableAlarmActions", "monitoring"],
    ["Unsubscribe", "sns"],
    ["PurgeQueue", "sqs"],
    ["SetQueueAttributes", "sqs"],
    ["DeleteLogGroup", "logs"],
    ["PutResourcePolicy", "logs"],
    ["StartReplay", "events"],
  ])("is %s of %s, which blinds whoever watches or sends events again", (name, service) => {
    expect(matches(deploy, call(user, name, `${service}.amazonaws.com`))).toBe(true);
    expect(matches(deploy, call(sessionOf(deploy), name, `${service}.amazonaws.com`))).toBe(false);
  });

  it("is taken by the pattern that the documentation gives for the trail of an organisation", () => {
    const page = readFileSync(join(projectRoot, "docs/operating.md"), "utf8");
    const [, json = ""] = /^```json\n([^]*?)^```$/m.exec(page) ?? [];
    expect(JSON.parse(json)).toEqual(
      JSON.parse(patternText("arn:aws:iam::111111111111:role/backbone-deploy")),
    );
  });

  it("has room in a pattern for a long role and its wildcard", () => {
    const role = `arn:aws:iam::${account}:role/${"a".repeat(500)}*`;
    expect(patternText(role).length).toBeLessThan(2_048);
  });
});

describe("a deploy role with a wildcard", () => {
  const signOn = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Deploy_*`;

  it("keeps quiet about every role it stands for, and about no other", () => {
    expect(matches(signOn, call(sessionOf(signOn.replace("*", "0a1b2c"))))).toBe(false);
    expect(matches(signOn, call(sessionOf(signOn.replace("Deploy_*", "Admin_0a1b2c"))))).toBe(true);
    expect(matches(signOn, call(root))).toBe(true);
  });
});
