import { describe, expect, it } from "vitest";
import { editedAll, type EditPath, removed } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { registry as example } from "../fixtures/registries/aws-events.js";

type Edits = Mistake["edits"];

const uploads = (field: string): EditPath => ["services", "uploads", field];
const created = ["services", "uploads", "contracts", "Object Created"] as const;
const inPayments = (field: string): EditPath => ["services", "payments", field];

function mistake(name: string, edits: Edits, path: string, ...says: readonly [string, ...string[]]): Mistake {
  return { name, edits, path, says };
}

function problemsAt(edits: Edits) {
  return problemsOf(editedAll(example, edits));
}

describe("a mistake in an entry of AWS's events", () => {
  itReportsOnce(
    [
      mistake(
        "an account beside the accounts",
        [[uploads("account"), "orders"]],
        "services.uploads.account",
        "accounts says from whose buses they come; remove account",
      ),
      mistake(
        "an account in place of the accounts",
        [
          [uploads("account"), "orders"],
          [uploads("accounts"), removed],
        ],
        "services.uploads.account",
        'write accounts: ["orders"] in its place',
      ),
      mistake(
        "a former account",
        [[uploads("alsoFrom"), "billing"]],
        "services.uploads.alsoFrom",
        "out of no account of a service; remove it",
      ),
      mistake(
        "former sources",
        [[uploads("alsoSources"), ["aws.s3control"]]],
        "services.uploads.alsoSources",
        "write all their sources as a list in source",
      ),
      ...["default", "orders", "aws.partner/", "aws.partner/example.com", "aws.partner/example.com/*"].map(
        (from) =>
          mistake(
            `from ${from}`,
            [[uploads("from"), from]],
            "services.uploads.from",
            `no events of AWS come from "${from}"; write "default-bus", or the name of a partner bus, such as`,
          ),
      ),
      mistake(
        "another placeholder in the name of a partner bus",
        [[inPayments("from"), "aws.partner/example.com/{env}/payments"]],
        "services.payments.from",
        "no events of AWS come from",
      ),
      ...[
        [5, "the number 5"],
        [null, "null"],
        [["default-bus"], "a list"],
      ].map(([from, received]) =>
        mistake(
          `from ${String(received)}`,
          [[uploads("from"), from]],
          "services.uploads.from",
          `expected text, received ${String(received)}; write "default-bus"`,
        ),
      ),
      mistake(
        "from nowhere",
        [[uploads("from"), removed]],
        "services.uploads.from",
        'expected text, received nothing; write "default-bus"',
      ),
      mistake(
        "a misspelt from",
        [
          [uploads("from"), removed],
          [uploads("form"), "default-bus"],
        ],
        "services.uploads.form",
        'did you mean "from"?',
      ),
      mistake(
        "one account that is no list",
        [[uploads("accounts"), "orders"]],
        "services.uploads.accounts",
        'expected a list of accounts, received "orders"; write ["orders"], or "*" for all',
      ),
      mistake(
        "one misspelt account that is no list",
        [[uploads("accounts"), "ordrs"]],
        "services.uploads.accounts",
        'write ["orders"], or "*" for all',
      ),
      mistake(
        "what is like no account",
        [[uploads("accounts"), "everywhere"]],
        "services.uploads.accounts",
        'received "everywhere"; write "*" for all',
      ),
      mistake(
        "no accounts",
        [[uploads("accounts"), []]],
        "services.uploads.accounts",
        'is an empty list; name the accounts whose buses they come from, or write "*" for all',
      ),
      mistake(
        "an unknown account",
        [[uploads("accounts"), ["ordrs"]]],
        "services.uploads.accounts[0]",
        'no account is named "ordrs"; did you mean "orders"?',
      ),
      mistake(
        "all accounts in a list",
        [[uploads("accounts"), ["*"]]],
        "services.uploads.accounts[0]",
        'write accounts: "*"',
      ),
      mistake(
        "an account that is no text",
        [[uploads("accounts"), [5]]],
        "services.uploads.accounts[0]",
        "expected an account's name, received the number 5; write one of",
      ),
      mistake(
        "an account twice",
        [[uploads("accounts"), ["orders", "orders"]]],
        "services.uploads.accounts[1]",
        "remove one of the two",
      ),
      mistake(
        "no source",
        [[uploads("source"), removed]],
        "services.uploads.source",
        'give its source as AWS writes it, such as "aws.s3"',
      ),
      ...["com.example.uploads", "s3", ""].map((source) =>
        mistake(
          `the source ${JSON.stringify(source)}`,
          [[uploads("source"), source]],
          "services.uploads.source",
          `${JSON.stringify(source)} is no source of AWS or of a partner, which all begin with "aws."`,
          "write account in place of from and accounts",
        ),
      ),
      ...["aws.", "aws.*", "aws.s3 ", "aws.{env}"].map((source) =>
        mistake(
          `the source ${JSON.stringify(source)}`,
          [[uploads("source"), source]],
          "services.uploads.source",
          `${JSON.stringify(source)} is no source that AWS could write; write it as it stands in the events, such as "aws.s3"`,
        ),
      ),
      mistake(
        "a source that is too long",
        [[uploads("source"), `aws.${"s".repeat(260)}`]],
        "services.uploads.source",
        "has 264 characters, EventBridge takes 256",
      ),
      mistake(
        "an empty list of sources",
        [[uploads("source"), []]],
        "services.uploads.source",
        "is an empty list; name a source",
      ),
      mistake(
        "a source twice",
        [[uploads("source"), ["aws.s3", "aws.s3"]]],
        "services.uploads.source[1]",
        "remove one of the two",
      ),
      mistake(
        "a source that is no text",
        [[uploads("source"), ["aws.s3", 7]]],
        "services.uploads.source[1]",
        'expected text, received the number 7; write a source such as "aws.s3"',
      ),
      mistake(
        "a partner's source on a default bus",
        [[uploads("source"), "aws.partner/example.com/uploads"]],
        "services.uploads.source",
        'write from: "aws.partner/example.com/uploads"',
      ),
      mistake(
        "a source of AWS's services on a partner bus",
        [[inPayments("source"), "aws.s3"]],
        "services.payments.source",
        'write source: "aws.partner/example.com/{environment}/payments"',
        'or from: "default-bus"',
      ),
      mistake(
        "a contract's source that is not AWS's",
        [[[...created, "source"], "com.example.uploads"]],
        'services.uploads.contracts["Object Created"].source',
        'all begin with "aws."',
      ),
      mistake(
        "a contract's source that is the service's",
        [[[...created, "source"], "aws.s3"]],
        'services.uploads.contracts["Object Created"].source',
        "is the service's source already; remove it",
      ),
      mistake(
        "management events that only read, as text",
        [[uploads("readOnlyManagementEvents"), "yes"]],
        "services.uploads.readOnlyManagementEvents",
        "expected true or false",
      ),
      mistake(
        "management events of a partner",
        [[inPayments("readOnlyManagementEvents"), true]],
        "services.payments.readOnlyManagementEvents",
        "comes to default buses only; remove it",
      ),
      mistake(
        "management events where no contract is CloudTrail's",
        [[uploads("readOnlyManagementEvents"), true]],
        "services.uploads.readOnlyManagementEvents",
        'remove it, or declare one, such as "AWS API Call via CloudTrail"',
      ),
      mistake(
        "an example that EventBridge keeps back",
        [[["services", "trail", "readOnlyManagementEvents"], removed]],
        'services.trail.contracts["AWS API Call via CloudTrail"]',
        "write readOnlyManagementEvents: true beside accounts",
      ),
      mistake(
        "an unknown environment",
        [[uploads("environments"), ["prd"]]],
        "services.uploads.environments[0]",
        'did you mean "prod"?',
      ),
      mistake(
        "no contract",
        [
          [["services", "trail", "contracts"], {}],
          [["routes", 0], removed],
          [["subscriptions", "watch", "everything", "events"], "orders/*"],
        ],
        "services.trail.contracts",
        "declares no contract, so nobody can receive any of these events; add one, or remove the entry",
      ),
      mistake(
        "the same event of the same bus",
        [
          [
            ["services", "invoices", "accounts"],
            ["billing", "orders"],
          ],
        ],
        'services.invoices.contracts["Object Created"]',
        "are uploads/Object Created already, from the same bus; declare it once",
        "or leave one of the two out of prod by environments",
      ),
      mistake(
        "the same event of two accounts that are one AWS account in one environment",
        [[["services", "invoices", "environments"], removed]],
        'services.invoices.contracts["Object Created"]',
        "in dev,",
        "or leave one of the two out of dev by environments",
      ),
      mistake(
        "the same event of two partner buses of an account",
        [
          [
            ["services", "refunds"],
            { ...example.services.payments, from: "aws.partner/example.com/{environment}/refunds" },
          ],
        ],
        'services.refunds.contracts["Payment Succeeded"]',
        "whoever receives both could not tell them apart; leave one of the two out of prod",
      ),
    ],
    example,
  );
});

describe("what nobody can do with events of AWS", () => {
  itReportsOnce(
    [
      mistake(
        "publishing them",
        [[["publishers"], [{ events: "uploads/*", by: "orders" }]]],
        "publishers[0].events",
        "nobody else may; remove it",
      ),
      mistake(
        "publishing in their name",
        [[["publishers"], [{ events: "billing/*", by: ["orders", "uploads"] }]]],
        "publishers[0].by[1]",
        "publishes nothing itself; remove it",
      ),
      mistake(
        "sending them as a canary",
        [[["canary"], "uploads/Object Created"]],
        "canary",
        "EventBridge takes them from nobody else; name a contract of a service",
      ),
      mistake(
        "beginning a story with them by a function",
        [
          [
            ["stories"],
            { s: { title: "A story", begins: "services/s.ts", steps: ["uploads/Object Created"] } },
          ],
        ],
        "stories.s.begins",
        "so no function begins the story; remove it",
      ),
      mistake(
        "hearing of one that was not brought",
        [
          [
            ["stories"],
            { s: { title: "A story", steps: ["uploads/Object Deleted", "billing/Invoice.Sent"] } },
          ],
        ],
        "stories.s.steps[1]",
        'add { events: "uploads/Object Deleted", to: "billing" } to the routes',
      ),
      mistake(
        "subscribing as them",
        [
          [["subscriptions", "uploads"], { own: { events: "orders/*", to: { queue: {} } } }],
          [["subscriptions", "billing"], removed],
        ],
        "subscriptions.uploads",
        "write the subscription under a service that wants them",
      ),
      mistake(
        "answering with them",
        [[["subscriptions", "billing", "own", "answers"], "uploads/Object Created"]],
        "subscriptions.billing.own.answers",
        "is published by AWS or a partner, and by nobody else; remove it",
      ),
      mistake(
        "filtering by a field they do not have",
        [[["routes", 3, "filter"], { bucket: { nam: ["uploads"] } }]],
        "routes[3].filter",
        'did you mean "bucket.name"?',
      ),
    ],
    example,
  );

  it("is a source of AWS under a service of its own, which says how to declare such events", () => {
    for (const path of [
      ["services", "orders", "source"],
      ["services", "orders", "contracts", "Order.Created", "source"],
    ])
      expect(problemsAt([[path, "aws.orders"]])[0]?.message).toContain(
        'write from: "default-bus" and accounts in place of account',
      );
  });

  it("takes a story that AWS begins, and one in which AWS comes later", () => {
    const steps = ["orders/Order.Created", "uploads/Object Created", "billing/Invoice.Sent"];
    for (const from of [0, 1])
      expect(problemsAt([[["stories"], { s: { title: "A story", steps: steps.slice(from) } }]])).toEqual([]);
  });
});
