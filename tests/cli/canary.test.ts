import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runCliProcess } from "../fixtures/cli.js";
import type { AcceptedEvent } from "../fixtures/operated-aws.js";
import { eventText } from "../fixtures/fake-backbone.js";
import { logOf, operateAccounts } from "../fixtures/operated-accounts.js";

const accounts = operateAccounts();

describe("backbone canary", () => {
  const showsIn =
    (...receivers: readonly string[]) =>
    ({ eventId, detail, resources }: AcceptedEvent) => {
      const time = new Date().toISOString();
      for (const account of receivers) {
        accounts.aws.log(logOf(account), eventText({ id: eventId, detail, resources, time }));
      }
    };

  it("exits with 0 when every routed account's log shows it", async () => {
    accounts.aws.onAccepted = showsIn("global", "delivery");
    const { exitCode, stdout, stderr } = await accounts.backbone("canary", "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      contract: "orders/Order.Updated",
      hops: [{ account: "global" }, { account: "delivery" }],
    });
    expect(accounts.aws.accepted).toMatchObject([{ caller: "arn:aws:iam::222222222222:user/administrator" }]);
  });

  it("exits with 1 and names the hop that no log shows, and for which time", async () => {
    accounts.aws.onAccepted = showsIn("global");
    const { exitCode, stdout } = await accounts.backbone("canary", "--timeout", "1s", "--poll", "1s");
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      "✗ delivery: not seen in /aws/events/backbone-delivery, which holds records by the event's own time, from",
    );
    expect(stdout).toContain(
      "missing hop: rule forward-delivery on backbone-global did not bring it to delivery, or /aws/events/backbone-delivery does not log",
    );
    expect(stdout).not.toContain("did not arrive");
  });

  it("says that it may be on the bus when AWS's answer is lost", async () => {
    accounts.aws.fault = ({ action }) => (action === "PutEvents" ? { kind: "cut-after" } : undefined);
    const { exitCode, stdout } = await accounts.backbone("canary", "--timeout", "1s", "--poll", "1s");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("in doubt");
    expect(stdout).toContain("it may be on the bus");
  });

  it("publishes every routed contract in turn when it is told to, a line of JSON each", async () => {
    accounts.aws.onAccepted = showsIn("global", "delivery", "orders");
    const { exitCode, stdout, stderr } = await accounts.backbone("canary", "--all", "--yes", "--json");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("Publishing orders/Order.Created from orders");
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => z.looseObject({ contract: z.string() }).parse(JSON.parse(line)));
    expect(lines.map(({ contract }) => contract)).toEqual([
      "delivery/Delivery.Updated",
      "orders/Order.Created",
      "orders/Order.Updated",
    ]);
  });

  it("goes on to the next one when the bus refuses one, and says so", async () => {
    accounts.aws.onAccepted = showsIn("global", "delivery", "orders");
    accounts.aws.entryFault = ({ detailType }) =>
      detailType === "Order.Created" ? "InternalFailure" : undefined;
    const { exitCode, stdout } = await accounts.backbone("canary", "--all", "--yes");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("canary (orders/Order.Created): not published");
    expect(stdout.match(/arrived everywhere/g)).toHaveLength(2);
  });

  it("that is watched goes on when a log cannot be read, a line of JSON for each round", async () => {
    accounts.aws.onAccepted = showsIn("global", "delivery");
    accounts.aws.fault = ({ action }) =>
      action === "FilterLogEvents" && accounts.aws.accepted.length === 1
        ? { kind: "error", type: "AccessDeniedException" }
        : undefined;
    const { stdout } = await runCliProcess(
      [
        ...["canary", "--watch", "1s", "--timeout", "1s", "--poll", "1s", "--json"],
        "--profile",
        "prod-{account}",
      ],
      { env: accounts.env(), interruptOnce: (output) => (output.match(/"contract"/g) ?? []).length >= 2 },
    );
    const [first, second] = stdout
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(first).toMatchObject({ ok: false, hops: [{ account: "global" }, { account: "delivery" }] });
    expect(JSON.stringify(first)).toContain("may not look through the event log");
    expect(second).toMatchObject({ ok: true });
  });
});
