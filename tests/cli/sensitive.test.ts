import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.js";
import { eventText, forwardAttributes } from "../fixtures/fake-backbone.js";
import { logOf, operateAccounts } from "../fixtures/operated-accounts.js";

const accounts = operateAccounts();
const registry = ["--registry", "tests/fixtures/registries/sensitive.ts"];
const searched = ["--account", "global", "--account", "delivery", "--account", "orders"];
const backbone = (...args: readonly string[]) => accounts.backbone(...args, ...registry);

/** As the rule for sensitive contracts writes it. */
function envelope(detailType: string, time = new Date(Date.now() - 600_000).toISOString()): string {
  return `{"id":"event-1","detail-type":"${detailType}","source":"com.example.customers","account":"444444444444","time":"${time}","region":"eu-west-1","replay-name":"","resources":"[customer/cus-7]"}`;
}

const log = (account: string, line: string) => {
  accounts.aws.log(logOf(account), line);
};

describe("backbone find, of a sensitive contract", () => {
  beforeEach(() => {
    const rule = (name: string, pattern: object) => ({
      name,
      state: "ENABLED" as const,
      eventPattern: JSON.stringify(pattern),
    });
    for (const account of ["global", "delivery", "orders"])
      accounts.aws.rules.set(`backbone-${account}`, [
        rule("log-all-events", { source: [{ prefix: "" }] }),
        rule("log-sensitive-events", { source: ["com.example.customers"] }),
        rule("pack", { "detail-type": [{ prefix: "Customer." }] }),
        rule("vip", { "detail-type": [{ prefix: "Customer." }], detail: { name: ["Ada"] } }),
      ]);
  });

  it("shows where its envelope was seen, and the rules that take it or may by its detail", async () => {
    for (const account of ["global", "delivery"]) log(account, envelope("Customer.Moved"));
    const { exitCode, stdout, stderr } = await backbone("find", "event-1", ...searched);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("(customers/Customer.Moved, its detail is not logged)");
    expect(stdout).toContain(
      "✓ delivery: arrived; rules that take it: pack (enabled), vip (enabled, if its detail fits)\n",
    );
    expect(stdout).not.toContain("does not satisfy");
  });

  it("names the rule that should have logged it where it is missing", async () => {
    log("global", envelope("Customer.Moved"));
    const { exitCode, stdout } = await backbone("find", "event-1", ...searched);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("✗ delivery: not found");
    expect(stdout).toContain("rule log-sensitive-events there (enabled) should have logged it");
  });

  it("blames nobody where a filter decides: its log does not hold what the filter looks at", async () => {
    for (const account of ["global", "delivery"]) log(account, envelope("Customer.Registered"));
    const { exitCode, stdout } = await backbone("find", "event-1", ...searched);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      "? orders: cannot be told: a filter decides, and logs hold no detail of what is sensitive",
    );
    log("orders", envelope("Customer.Registered"));
    const seen = await backbone("find", "event-1", ...searched);
    expect(seen.exitCode).toBe(0);
    expect(seen.stdout).not.toContain("although no route brings it there");
  });

  it("cannot go by the detail, and says so", async () => {
    const named = await backbone("find", "--contract", "customers/Customer.Moved", "--detail", "name=Ada");
    expect(named.exitCode).toBe(2);
    expect(named.stderr).toContain(
      "--detail: logs hold no detail of customers/Customer.Moved, which is sensitive",
    );
    const { stdout } = await backbone("find", "--detail", "name=Ada", ...searched);
    expect(stdout).toContain(
      "! logs hold no detail of customers/Customer.Moved, customers/Customer.Registered, letters/Letter.Written, parcels/Parcel.Signed (sensitive), so --detail does not find their events",
    );
  });
});

describe("backbone trace, of a sensitive contract", () => {
  it("says what each log holds", async () => {
    const event = JSON.stringify({
      Source: "com.example.customers",
      DetailType: "Customer.Moved",
      Detail: { customerId: "cus-7", name: "Ada Lovelace" },
    });
    const traced = ["trace", "-", "--from", "customers", ...registry];
    const { stdout } = await runCli(traced, { stdin: event });
    expect(stdout).toMatch(
      /logged in \/aws\/events\/backbone-delivery: delivered, as \{"id":"[^"]+","detail-type":"Customer\.Moved","source":"com\.example\.customers"/,
    );
    expect(stdout).not.toContain("Lovelace");
    expect(stdout).toContain("rule log-all-events on backbone-delivery: does not match");
  });
});

describe("backbone dead-letters, of a sensitive contract", () => {
  it.each([
    { form: "keeps its contract", detail: '{"customerId":"cus-7","name":"Ada Lovelace"}' },
    { form: "breaks its contract", detail: '{"customerId":4711,"name":["Ada Lovelace"]}' },
  ])("never prints the detail of a letter that $form", async ({ detail }) => {
    const queue = "backbone-global-dead-letters";
    accounts.aws.createQueue(queue);
    const body = eventText({ source: "com.example.customers", detailType: "Customer.Moved", detail });
    accounts.aws.addMessage(queue, body, forwardAttributes("delivery"), new Date());
    for (const how of [[], ["--json"]]) {
      const { stdout, stderr } = await backbone("dead-letters", "global", ...how);
      expect(stdout).toMatch(/NO_PERMISSIONS/);
      expect(stdout + stderr).not.toMatch(/Lovelace|4711|cus-7/);
    }
  });
});

describe("backbone check, of a sensitive contract", () => {
  it("warns of where it stands in full", async () => {
    const { exitCode, stdout } = await runCli(["check", ...registry]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("warning: customers/Customer.Moved, customers/Customer.Registered");
    expect(stdout).toContain("write encryption: true in environments.prod");
  });
});
