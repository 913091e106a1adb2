import { describe } from "vitest";
import { removed } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";

const environmentMistakes: readonly Mistake[] = [
  {
    name: "an account id that is too short",
    edits: [[["environments", "prod", "accountIds", "orders"], "2222"]],
    path: "environments.prod.accountIds.orders",
    says: ['"2222" is no account id', "write its twelve digits in quotes"],
  },
  {
    name: "a publishing that there is not",
    edits: [[["environments", "prod", "publishing"], "organization"]],
    path: "environments.prod.publishing",
    says: [
      'expected "statements" or "organisation", received the string "organization"',
      'write "organisation"',
    ],
  },
  {
    name: "an organisation that is let in, and not named",
    edits: [
      [["environments", "prod", "publishing"], "organisation"],
      [["environments", "prod", "organizationId"], removed],
    ],
    path: "environments.prod.publishing",
    says: ["none is named", 'add organizationId: "o-…" to this environment'],
  },
  {
    name: "publishers to be told apart by their account where two share one",
    edits: [
      [["environments", "prod", "publishing"], "organisation"],
      [["environments", "prod", "accountIds", "delivery"], "222222222222"],
    ],
    path: "environments.prod.publishing",
    says: ["delivery and orders share one", "give each an AWS account of its own"],
  },
  {
    name: "publishers to be told apart by their account where all are one",
    edits: [
      [["environments", "dev", "publishing"], "organisation"],
      [["environments", "dev", "organizationId"], "o-abcde12345"],
    ],
    path: "environments.dev.publishing",
    says: ["all accounts of this environment share one", "remove publishing"],
  },
  {
    name: "a tag that is a number",
    edits: [[["environments", "prod", "tags"], { "cost-centre": 4711 }]],
    path: "environments.prod.tags.cost-centre",
    says: ["the number 4711 is no tag's value", "write it in quotes"],
  },
  {
    name: "a tag of AWS's",
    edits: [[["environments", "prod", "tags"], { "aws:owner": "me" }]],
    path: 'environments.prod.tags["aws:owner"]',
    says: ['begins with "aws:"', "choose another key"],
  },
  {
    name: "a tag of the project's own",
    edits: [[["environments", "prod", "tags"], { "event-backbone:account": "me" }]],
    path: 'environments.prod.tags["event-backbone:account"]',
    says: ['begins with "event-backbone:"', "choose another key"],
  },
  {
    name: "a tag that is too long",
    edits: [[["environments", "prod", "tags"], { owner: "x".repeat(257) }]],
    path: "environments.prod.tags.owner",
    says: ["is too long or empty", "256 at most"],
  },
  {
    name: "a tag that not every service takes",
    edits: [[["environments", "prod", "tags"], { owner: "a*b" }]],
    path: "environments.prod.tags.owner",
    says: ["has a character that not every AWS service takes", "use letters, digits"],
  },
  {
    name: "more tags than AWS takes",
    edits: [
      [
        ["environments", "prod", "tags"],
        Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`t${index}`, ""])),
      ],
    ],
    path: "environments.prod.tags",
    says: ["has 49 tags", "AWS takes 48", "remove some"],
  },
  {
    name: "an account id that is a number",
    edits: [[["environments", "prod", "accountIds", "orders"], 222222222222]],
    path: "environments.prod.accountIds.orders",
    says: ["the number 222222222222 is no account id", "in quotes"],
  },
  {
    name: "one id for all that is none",
    edits: [[["environments", "dev", "accountIds"], "99999999999x"]],
    path: "environments.dev.accountIds",
    says: ['"99999999999x" is no account id', "twelve digits"],
  },
  {
    name: "an account without an id",
    edits: [[["environments", "prod", "accountIds", "archive"], removed]],
    path: "environments.prod.accountIds",
    says: ['account "archive" has no id here', 'add archive: "<its twelve digits>"'],
  },
  {
    name: "an id for a misspelt account",
    edits: [
      [["environments", "prod", "accountIds", "archive"], removed],
      [["environments", "prod", "accountIds", "archiv"], "444444444444"],
    ],
    path: "environments.prod.accountIds.archiv",
    says: ['no account is named "archiv"', 'did you mean "archive"?'],
  },
  {
    name: "an id for an account whose name every object has",
    edits: [
      [["accounts", "constructor"], { description: "Builds." }],
      [["environments", "dev", "accountIds"], "999999999999"],
    ],
    path: "environments.prod.accountIds",
    says: ['account "constructor" has no id here'],
  },
  {
    name: "account ids of a wrong type",
    edits: [[["environments", "prod", "accountIds"], 5]],
    path: "environments.prod.accountIds",
    says: ["expected an account id or one id per account, received the number 5", 'write "111111111111" or'],
  },
  {
    name: "environments that share an id and a prefix",
    edits: [
      [["environments", "dev", "accountIds"], "111111111111"],
      [["environments", "dev", "prefix"], "backbone"],
    ],
    path: "environments.dev.prefix",
    says: [
      'environment "prod" has the prefix "backbone" in account 111111111111 too',
      "choose another prefix",
    ],
  },
  {
    name: "a prefix that begins another, with names that clash in one AWS account",
    edits: [
      [["accounts", "dev-orders"], { description: "Orders of developers." }],
      [["environments", "prod", "accountIds", "dev-orders"], "999999999999"],
    ],
    path: "environments.dev.prefix",
    says: [
      'the bus "backbone-dev-orders" of account "orders" is also that of account "dev-orders" in environment "prod"',
      "choose a prefix that is not the beginning of another",
    ],
  },
  {
    name: "a prefix that is too long for every name",
    edits: [[["environments", "prod", "prefix"], "p".repeat(70)]],
    path: "environments.prod.prefix",
    says: ["characters, AWS takes 80", "shorten the prefix"],
  },
  {
    name: "a prefix with characters that AWS refuses",
    edits: [[["environments", "prod", "prefix"], "Back bone"]],
    path: "environments.prod.prefix",
    says: ['"Back bone" cannot begin a name', "use small letters"],
  },
  {
    name: "a prefix that SSM refuses",
    edits: [[["environments", "prod", "prefix"], "aws-events"]],
    path: "environments.prod.prefix",
    says: ['begins with "aws" or "ssm"', "choose another prefix"],
  },
  {
    name: "an environment whose name cannot end a stack's",
    edits: [
      [
        ["environments", "Test Lab"],
        { region: "eu-west-1", accountIds: "888888888888", prefix: "b", protect: false, logRetentionDays: 1 },
      ],
    ],
    path: 'environments["Test Lab"]',
    says: ['"Test Lab" cannot end a stack\'s name', "use small letters"],
  },
  {
    name: "no AWS Region",
    edits: [[["environments", "prod", "region"], "Ireland"]],
    path: "environments.prod.region",
    says: ['"Ireland" is no AWS Region', 'such as "eu-west-1"'],
  },
  {
    name: "a Region of an isolated partition",
    edits: [[["environments", "prod", "region"], "us-iso-east-1"]],
    path: "environments.prod.region",
    says: ['"us-iso-east-1" is in an isolated partition', "choose a Region of aws, aws-cn or aws-us-gov"],
  },
  {
    name: "no organisation id",
    edits: [[["environments", "prod", "organizationId"], "example"]],
    path: "environments.prod.organizationId",
    says: ['"example" is no organisation id', "or leave it out"],
  },
  {
    name: "a retention CloudWatch Logs does not offer",
    edits: [[["environments", "prod", "logRetentionDays"], 31]],
    path: "environments.prod.logRetentionDays",
    says: ["keeps nothing for 31 days", "choose one of 1, 3, 5"],
  },
  {
    name: "a protection of a wrong type",
    edits: [[["environments", "prod", "protect"], "yes"]],
    path: "environments.prod.protect",
    says: ['expected true or false, received the string "yes"', "write true where"],
  },
  {
    name: "a default environment that does not exist",
    edits: [[["defaultEnvironment"], "prd"]],
    path: "defaultEnvironment",
    says: ['no environment is named "prd"', 'did you mean "prod"?'],
  },
  {
    name: "a quota that does not exist",
    edits: [[["environments", "prod", "quotas"], { rulesPerBuss: 500 }]],
    path: "environments.prod.quotas.rulesPerBuss",
    says: ["no quota is named so", 'did you mean "rulesPerBus"?'],
  },
  {
    name: "a quota named like something every object has",
    edits: [[["environments", "prod", "quotas"], { toString: 5 }]],
    path: "environments.prod.quotas.toString",
    says: ["no quota is named so"],
  },
  {
    name: "a quota that AWS does not raise",
    edits: [[["environments", "prod", "quotas"], { wildcardRulesPerBus: 60 }]],
    path: "environments.prod.quotas.wildcardRulesPerBus",
    says: ['AWS does not raise "Rules that contain wildcards per event bus" (30 rules)', "remove it"],
  },
  {
    name: "a quota above AWS's ceiling",
    edits: [[["environments", "prod", "quotas"], { eventPatternCharacters: 9000 }]],
    path: "environments.prod.quotas.eventPatternCharacters",
    says: ['AWS raises "Event pattern size" to 4096 characters at most', "write no more"],
  },
  {
    name: "a quota of a wrong type",
    edits: [[["environments", "prod", "quotas"], { rulesPerBus: "500" }]],
    path: "environments.prod.quotas.rulesPerBus",
    says: ['the string "500" is no count of rules', "write the whole number AWS granted"],
  },
  {
    name: "quotas of a wrong type",
    edits: [[["environments", "prod", "quotas"], 500]],
    path: "environments.prod.quotas",
    says: ["expected an object, received the number 500", "name the quotas AWS has raised: rulesPerBus"],
  },
];

describe("a mistake in the environments", () => {
  itReportsOnce(environmentMistakes);
});
