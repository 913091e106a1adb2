import { describe, expect, it } from "vitest";
import { ids, operateAccounts } from "../fixtures/operated-accounts.js";

const accounts = operateAccounts();
const { backbone } = accounts;

const topicOf = (account: keyof typeof ids) =>
  `arn:aws:sns:eu-west-1:${ids[account]}:backbone-${account}-alarms`;
const confirmed = (account: keyof typeof ids, name: string) => ({
  endpoint: `${name}@example.com`,
  arn: `${topicOf(account)}:${name}`,
});

describe("backbone alarms", () => {
  it("lists what is watched and what each alarm says, without AWS", async () => {
    const { exitCode, stdout } = await backbone("alarms", "delivery");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("backbone-delivery.bus.lost");
    expect(stdout).toContain("backbone-delivery.bus.throttled (on the dashboard alone)");
    expect(stdout).toContain("Run: npx backbone dead-letters delivery --env prod");
    expect(stdout).not.toContain("backbone-orders");
    expect(accounts.aws.requests).toEqual([]);
  });
});

describe("backbone alarms --test", () => {
  it("publishes one marked message on the topic of each account, as the caller, and says who hears", async () => {
    for (const account of ["global", "orders", "delivery"] as const) {
      const people = ["ann", "bob", "cy"].map((name) => confirmed(account, name));
      accounts.aws.listeners.set(topicOf(account), people);
    }
    const { exitCode, stdout, stderr } = await backbone("alarms", "--test", "--yes");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("delivery: backbone-delivery-alarms tells 3 listeners");
    expect(stdout).toContain("✓ cy@example.com (email)");
    const sent = accounts.aws.requestsOf("Publish").map(({ input }) => input);
    expect(sent.map(({ TopicArn }) => TopicArn).sort()).toEqual(
      [topicOf("global"), topicOf("orders"), topicOf("delivery")].sort(),
    );
    const mark = /event-backbone:alarm-test:[\w-]+/.exec(stdout)?.[0] ?? "nothing";
    for (const { Subject, Message } of sent) {
      expect(Subject).toMatch(/^TEST of the alarms of (?:global|orders|delivery) \(prod\)$/);
      expect(Message).toContain("nothing is wrong");
      expect(Message).toContain(mark);
    }
  });

  it("exits with 1 where nobody has confirmed, and names who has not", async () => {
    accounts.aws.listeners.set(topicOf("delivery"), [
      { endpoint: "late@example.com", arn: "PendingConfirmation" },
    ]);
    const { exitCode, stdout } = await backbone("alarms", "delivery", "--test", "--yes");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("✗ late@example.com (email): has not confirmed, and hears nothing until then");
    expect(accounts.aws.requestsOf("Publish")).toHaveLength(1);
  });

  it("tells whose topic did not take it, and of the others that they did", async () => {
    for (const account of ["orders", "delivery"] as const) {
      accounts.aws.listeners.set(topicOf(account), [confirmed(account, "ann")]);
    }
    accounts.aws.fault = ({ action, caller }) =>
      action === "Publish" && caller.includes(ids.orders)
        ? { kind: "error", type: "AuthorizationError", status: 403 }
        : undefined;
    const { exitCode, stdout } = await backbone("alarms", "orders", "delivery", "--test", "--yes");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("✓ delivery: message");
    expect(stdout).toContain("✗ orders: ");
  });

  it("asks first, and sends nothing where nobody can be asked", async () => {
    const { exitCode, stderr } = await backbone("alarms", "--test");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "--test needs --yes where nobody can be asked (no terminal, or --json)\n",
    });
    expect(accounts.aws.requests).toEqual([]);
  });

  it.each([
    { args: ["alarms", "deliverry"], says: 'did you mean "delivery"?' },
    {
      args: ["alarms", "--registry", "tests/fixtures/registries/members-15.ts"],
      says: "has no alarms; add alarms: {}",
    },
  ])("a wrong call exits with 2: $args", async ({ args, says }) => {
    const { exitCode, stderr } = await backbone(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });
});
