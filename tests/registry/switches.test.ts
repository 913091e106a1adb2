import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { edited, editedAll } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const prod = ["environments", "prod"] as const;
const trail = { retentionDays: 365, deployRoleArn: "arn:aws:iam::111111111111:role/deploy" };

const mistakes: readonly Mistake[] = [
  {
    name: "an archive without a retention",
    edits: [[[...prod, "archive"], {}]],
    path: "environments.prod.archive.retentionDays",
    says: ["expected a whole number of days, received nothing", "how long events can be replayed"],
  },
  {
    name: "an archive that keeps events for ever",
    edits: [[[...prod, "archive"], { retentionDays: 0 }]],
    path: "environments.prod.archive.retentionDays",
    says: ["0 days would keep events for ever", "write at least 1"],
  },
  {
    name: "a local archive of a misspelt account",
    edits: [[[...prod, "archive"], { retentionDays: 7, local: { ordres: 7 } }]],
    path: "environments.prod.archive.local.ordres",
    says: ['no account is named "ordres"', 'did you mean "orders"?'],
  },
  {
    name: "a local archive of the backbone",
    edits: [[[...prod, "archive"], { retentionDays: 7, local: { global: 7 } }]],
    path: "environments.prod.archive.local.global",
    says: ['"global" has the global bus', "remove it"],
  },
  {
    name: "a local archive of no length",
    edits: [[[...prod, "archive"], { retentionDays: 7, local: { orders: "7" } }]],
    path: "environments.prod.archive.local.orders",
    says: ['expected a whole number of days, received the string "7"'],
  },
  {
    name: "a misspelt archive setting",
    edits: [[[...prod, "archive"], { retentionDay: 7 }]],
    path: "environments.prod.archive.retentionDay",
    says: ["nothing is called so here", 'did you mean "retentionDays"?'],
  },
  {
    name: "an archive of a wrong type",
    edits: [[[...prod, "archive"], true]],
    path: "environments.prod.archive",
    says: ["expected an object, received the boolean true", "write { retentionDays: 30 }"],
  },
  {
    name: "no e-mail address",
    edits: [[[...prod, "alarms"], { emails: ["on-call"] }]],
    path: "environments.prod.alarms.emails[0]",
    says: ['"on-call" is no e-mail address', "on-call@example.com"],
  },
  {
    name: "an e-mail address that stands twice",
    edits: [[[...prod, "alarms"], { emails: ["a@example.com", "a@example.com"] }]],
    path: "environments.prod.alarms.emails[1]",
    says: ['"a@example.com" stands here twice', "remove one"],
  },
  {
    name: "a runbook that is no link",
    edits: [[[...prod, "alarms"], { runbook: "the wiki" }]],
    path: "environments.prod.alarms.runbook",
    says: ['"the wiki" is no link', "https://wiki.example.com/backbone"],
  },
  {
    name: "an unknown level of a bus's log",
    edits: [[[...prod, "busLogging"], { level: "DEBUG" }]],
    path: "environments.prod.busLogging.level",
    says: ['"DEBUG" is no level', "write one of OFF, ERROR, INFO, TRACE"],
  },
  {
    name: "an encryption of a wrong type",
    edits: [[[...prod, "encryption"], "yes"]],
    path: "environments.prod.encryption",
    says: ['expected true, "ending" or false, received the string "yes"', "leave it out"],
  },
  {
    name: "an audit trail that nobody hears of",
    edits: [[[...prod, "auditTrail"], trail]],
    path: "environments.prod.auditTrail",
    says: ["has no topic", "add alarms: {}"],
  },
  {
    name: "an audit trail with a wrong alarm setting, once",
    edits: [
      [[...prod, "auditTrail"], trail],
      [[...prod, "alarms"], "yes"],
    ],
    path: "environments.prod.alarms",
    says: ["expected an object", "write {} to have alarms"],
  },
  {
    name: "an audit trail kept for days CloudWatch Logs does not offer",
    edits: [
      [[...prod, "alarms"], {}],
      [[...prod, "auditTrail"], { ...trail, retentionDays: 366 }],
    ],
    path: "environments.prod.auditTrail.retentionDays",
    says: ["keeps nothing for 366 days", "choose one of"],
  },
  {
    name: "a deploy role that is none",
    edits: [
      [[...prod, "alarms"], {}],
      [[...prod, "auditTrail"], { ...trail, deployRoleArn: "deploy" }],
    ],
    path: "environments.prod.auditTrail.deployRoleArn",
    says: ['"deploy" is no role\'s ARN', "arn:aws:iam::111111111111:role/deploy"],
  },
  {
    name: "a deploy role with two wildcards on end, which a pattern cannot hold",
    edits: [
      [[...prod, "alarms"], {}],
      [[...prod, "auditTrail"], { ...trail, deployRoleArn: "arn:aws:iam::111111111111:role/a**" }],
    ],
    path: "environments.prod.auditTrail.deployRoleArn",
    says: ["is no role's ARN"],
  },
  {
    name: "a prefix that is too long for an archive's name",
    edits: [
      [[...prod, "prefix"], "p".repeat(42)],
      [[...prod, "archive"], { retentionDays: 7 }],
      [[...prod, "busLogging"], { level: "OFF" }],
    ],
    path: "environments.prod.prefix",
    says: ["the archive", "would have 49 characters, AWS takes 48", "shorten the prefix"],
  },
  {
    name: "a prefix that is too long for a log delivery source",
    edits: [[[...prod, "prefix"], "p".repeat(43)]],
    path: "environments.prod.prefix",
    says: ["the log delivery source", "AWS takes 60", "shorten the prefix"],
  },
  {
    name: "a prefix that is too long for the trail's bucket",
    edits: [
      [[...prod, "prefix"], "p".repeat(36)],
      [[...prod, "alarms"], {}],
      [[...prod, "auditTrail"], trail],
    ],
    path: "environments.prod.prefix",
    says: ["the bucket", "would have 65 characters, AWS takes 63"],
  },
];

describe("a mistake in how an environment's accounts are operated", () => {
  itReportsOnce(mistakes);
});

describe("what an environment leaves out", () => {
  it("is the cheap default: errors logged without details, nothing else", () => {
    const { archive, alarms, auditTrail, busLogging, encryption } = {
      ...parseRegistry(shopRegistry).environments.get("prod"),
    };
    expect({ archive, alarms, auditTrail, busLogging, encryption }).toEqual({
      archive: undefined,
      alarms: undefined,
      auditTrail: undefined,
      busLogging: { level: "ERROR", includeDetail: false },
      encryption: false,
    });
  });

  it("may be all but the alarms' braces", () => {
    const registry = parseRegistry(edited(shopRegistry, [...prod, "alarms"], {}));
    expect(registry.environments.get("prod")?.alarms).toEqual({ emails: [] });
  });
});

describe("a deploy role of another partition", () => {
  it("is warned of: whatever it does would be told as somebody else's", () => {
    const { warnings } = parseRegistry(
      editedAll(shopRegistry, [
        [[...prod, "region"], "cn-north-1"],
        [[...prod, "alarms"], {}],
        [[...prod, "auditTrail"], trail],
      ]),
    );
    expect(warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      expect.stringMatching(
        /^environments\.prod\.auditTrail\.deployRoleArn: .*is of partition aws, but cn-north-1 is in aws-cn; write "arn:aws-cn:iam::111111111111:role\/deploy"$/,
      ),
    ]);
  });
});
