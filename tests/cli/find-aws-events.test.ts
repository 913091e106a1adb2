import { beforeEach, describe, expect, it } from "vitest";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import { awsEventText, deployAwsRules, awsIds } from "../fixtures/aws-events-backbone.js";
import { logOf, operateAccounts } from "../fixtures/operated-accounts.js";

const accounts = operateAccounts(awsIds);
const registry = fixtureRegistry("aws-events");

beforeEach(() => {
  deployAwsRules(accounts.aws);
});

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const created = (id: string, of: keyof typeof awsIds = "orders") =>
  awsEventText({ id, account: awsIds[of], time: ago(10) });
const log = (account: string, ...lines: readonly string[]) => {
  accounts.aws.log(logOf(account), ...lines);
};
const find = (...args: readonly string[]) =>
  runCli(["find", ...args, "--registry", registry, "--profile", "prod-{account}"], { env: accounts.env() });

describe("backbone find of events of AWS", () => {
  it("is content where every receiver's log has it, and misses none in the log of the global bus", async () => {
    for (const account of ["billing", "orders"]) log(account, created("event-1"));
    const { exitCode, stdout, stderr } = await find("event-1");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("(uploads/Object Created)");
    expect(stdout).toContain("✓ billing: arrived; rules that take it: billing--uploads.0 (enabled)");
    expect(stdout).not.toContain("✗");
  });

  it("names the rule on the default bus that should have carried it, and the queue of its account", async () => {
    log("orders", created("event-1"));
    accounts.aws.createQueue("backbone-orders-dead-letters");
    accounts.aws.createQueue("backbone-billing-dead-letters");
    accounts.aws.addMessage("backbone-orders-dead-letters", "{}", {}, new Date());
    const { exitCode, stdout } = await find("event-1");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /✗ billing: not found in \/aws\/events\/backbone-billing, which holds records by the event's own time, from \S+Z to \S+Z\n/,
    );
    expect(stdout).toContain(
      "rule backbone-forward-billing.default on bus default of orders (enabled) should have carried it to backbone-billing, and rule log-all-events there (enabled) should have logged it",
    );
    expect(stdout).toContain("letters in the dead-letter queues now: orders about 1, billing about 0");
    expect(stdout).toContain("next: npx backbone dead-letters orders");
    expect(stdout).not.toContain("did not arrive");
    const asked = accounts.aws
      .requestsOf("ListRules")
      .filter(({ input }) => input.EventBusName === "default");
    expect(new Set(asked.map(({ input }) => input.NamePrefix))).toEqual(new Set(["backbone-forward-"]));
  });

  it("promises no replay for what a rule that is gone did not take", async () => {
    log("orders", created("event-1"));
    accounts.aws.rules.set(`arn:aws:events:eu-west-1:${awsIds.orders}:event-bus/default`, []);
    const { stdout } = await find("event-1");
    expect(stdout).toContain(
      "rule backbone-forward-billing.default on bus default of orders (not there now)",
    );
    expect(stdout).toContain("next: npx pulumi up --refresh -s orders (brings the rule back;");
    expect(stdout).toContain("of events of AWS nothing but the receivers' own archives could replay any");
    expect(stdout).not.toContain("backbone replay");
  });

  it("judges each by the account it is of: the same source and detail-type of two accounts", async () => {
    log("billing", created("event-1", "billing"));
    log("orders", created("event-2"));
    log("billing", created("event-2"));
    const own = await find("--contract", "invoices/Object Created");
    expect(own.exitCode).toBe(0);
    expect(own.stdout).toContain('"Object Created" event-1');
    expect(own.stdout).not.toContain("event-2");
    const others = await find("--contract", "uploads/Object Created");
    expect(others.stdout).toContain('"Object Created" event-2');
    expect(others.stdout).not.toContain("event-1");
  });

  it("says nothing of those that no contract takes from their account", async () => {
    log("orders", created("event-1", "audit"));
    const { stdout } = await find("event-1");
    expect(stdout).toContain("nothing was compared: nobody is routed an undeclared event");
    expect(stdout).toContain(
      "no contract has source aws.s3 and detail-type Object Created from AWS account 222222222222",
    );
  });

  it("says who alone could show what it has not found, and does not read the log of the global bus for it", async () => {
    const { exitCode, stdout } = await find("--contract", "uploads/Object Created");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Not found in the event logs of audit, billing, orders \(prod\)/m);
    expect(stdout).toContain(
      "Events of AWS never pass the global bus: only the logs of billing, orders can show these.",
    );
    expect(stdout).not.toContain("FailedEntryCount");
    expect(accounts.aws.requests.some(({ caller }) => caller.includes(awsIds.global))).toBe(false);
  });
});
