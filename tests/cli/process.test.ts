import { describe, expect, it } from "vitest";
import { fixtureRegistry, runCli, runCliProcess } from "../fixtures/cli.js";
import { operateAccounts } from "../fixtures/operated-accounts.js";

const accounts = operateAccounts();

// The other tests of the commands run them inside the test's own process.
describe("backbone as a process of its own", () => {
  it.each([
    { args: ["check"], exitCode: 0 },
    { args: ["plan", "--json"], exitCode: 0 },
    { args: ["verify", "--registry", fixtureRegistry("twelve-mistakes")], exitCode: 1 },
    { args: ["chek"], exitCode: 2 },
  ])("prints what the tests see, and exits with $exitCode: $args", async ({ args, exitCode }) => {
    const run = await runCliProcess(args);
    expect(run).toEqual(await runCli(args));
    expect(run.exitCode).toBe(exitCode);
  });

  it("ends by itself after it has talked to AWS, and has nothing to say besides", async () => {
    accounts.aws.putArchive("backbone-global");
    accounts.aws.putReplay("backbone-global", "running", ["RUNNING"]);
    const args = ["replay", "--list", "--json", "--profile", "prod-{account}"];
    const run = await runCliProcess(args, { env: accounts.env() });
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(run.stdout).toContain('"running"');
    expect(run).toEqual(await accounts.backbone("replay", "--list", "--json"));
  });
});
