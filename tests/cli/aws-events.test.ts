import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";

const registry = ["--registry", fixtureRegistry("aws-events")];

async function printed(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli([...args, ...registry]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

describe("backbone check of events of AWS", () => {
  it("names the bus they come from, and nobody who publishes them", async () => {
    const stdout = await printed("check");
    expect(stdout).toMatch(/^ +uploads\/Object Deleted +default bus of orders +· +· +receives$/m);
    expect(stdout).toMatch(
      /^ +trail\/AWS API Call via CloudTrail +default bus of 4 accounts +receives +· +·$/m,
    );
    expect(stdout).toMatch(/^ +orders\/Order.Created +receives +receives +publishes$/m);
  });

  it("tells what AWS keeps quiet about as notes, which warn of nothing", async () => {
    const stdout = await printed("check", "--env", "alone");
    expect(stdout).toContain(
      "aws.s3: Only buckets whose notifications to EventBridge are switched on send any",
    );
    expect(stdout).toContain("aws.iam: Its events come in us-east-1 only");
    expect(stdout).toContain("bus alone-audit lists 3 sending accounts in its policy");
    expect(stdout).not.toContain("warning:");
  });

  it("has the same in JSON, and nothing where no events of AWS are declared", async () => {
    const shape = z.looseObject({
      awsEvents: z
        .strictObject({
          notes: z.array(z.strictObject({ about: z.string(), says: z.string(), source: z.url() })),
          sharedDefaultBuses: z.array(z.never()),
          listedAccounts: z.array(z.strictObject({ bus: z.string(), count: z.number() })),
        })
        .optional(),
    });
    const { awsEvents } = shape.parse(JSON.parse(await printed("check", "--json", "--env", "alone")));
    expect(awsEvents?.notes.map(({ about }) => about)).toContain("aws.s3");
    expect(awsEvents?.listedAccounts).toEqual([
      { bus: "alone-audit", count: 3 },
      { bus: "alone-billing", count: 1 },
      { bus: "alone-orders", count: 1 },
    ]);
    const { stdout } = await runCli(["check", "--json"]);
    expect(shape.parse(JSON.parse(stdout)).awsEvents).toBeUndefined();
  });
});

describe("backbone diagram of events of AWS", () => {
  it("leads from the bus that has them straight to who receives them", async () => {
    const stdout = await printed("diagram");
    for (const line of [
      'account-orders--default[["default bus"]]',
      'account-orders--default == "uploads/Object Created (filtered)" ==> account-billing-bus',
      'account-global--default == "trail/*" ==> account-audit-bus',
      'account-billing--aws-partner-example-com-prod-payments[["aws.partner/example.com/prod/payments"]]',
      'account-global-bus == "orders/Order.Created" ==> account-billing-bus',
    ])
      expect(stdout.split("\n").map((text) => text.trim())).toContain(line);
    expect(stdout).not.toMatch(/account-global-bus == .*uploads/);
    // A service that publishes nothing leads nowhere.
    expect(stdout).not.toContain("service-watch --");
  });

  it("shows the one default bus of a shared AWS account once", async () => {
    expect((await printed("diagram", "--env", "dev")).match(/\[\["default bus"\]\]/g)).toHaveLength(1);
  });
});

describe("backbone plan of events of AWS", () => {
  it("counts what forwards them in the account that has them", async () => {
    expect(await printed("plan")).toMatch(/^ +Forward +3 +1 +4 +3$/m);
  });
});
