import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { runCliProcess } from "../fixtures/cli.js";
import { ProjectCopy, projectRoot } from "../fixtures/project-copy.js";
import { exitedAfterLogging, runEntry, type EntryRun } from "../fixtures/run-entry.js";

describe("the program under the engine, given something wrong,", () => {
  let copy: ProjectCopy;

  beforeAll(async () => {
    copy = await ProjectCopy.create();
  });

  afterEach(async () => {
    await copy.restore();
  });

  afterAll(async () => {
    await copy.remove();
  });

  function expectRefusal({ engine, exitCode, stdout, stderr }: EntryRun, message: string): void {
    expect(engine.shown).toEqual([{ severity: "error", message }]);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    expect(engine.resources).toEqual([]);
    expect(exitCode).toBe(exitedAfterLogging);
  }

  it("tells every problem of a registry in one message and registers nothing", async () => {
    const environments = readFileSync(join(projectRoot, "config/environments.ts"), "utf8")
      .replace('region: "eu-west-1"', 'region: "Ireland"')
      .replace('orders: "222222222222"', 'orders: "2222"')
      .replace("logRetentionDays: 3,", "logRetentionDays: 4,");
    await copy.write("config/environments.ts", environments);
    expectRefusal(
      await runEntry(copy.root, "orders"),
      [
        "The registry has 3 problems:",
        '  environments.prod.region: "Ireland" is no AWS Region; write one such as "eu-west-1"',
        '  environments.prod.accountIds.orders: "2222" is no account id; write its twelve digits in quotes, such as "111111111111"',
        "  environments.dev.logRetentionDays: CloudWatch Logs keeps nothing for 4 days; choose one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
      ].join("\n"),
    );
  });

  it("tells which stack was probably meant", async () => {
    expectRefusal(
      await runEntry(projectRoot, "ordrs"),
      'stack "ordrs": no account is named "ordrs"; did you mean "orders"?',
    );
  });

  it.each([
    {
      name: "misspelt keys, all at once",
      values: {
        "event-backbone:acount": "orders",
        "event-backbone:enviroment": "dev",
        "event-backbone:assumeRole": '{"roleArn":"arn:aws:iam::222222222222:role/deploy"}',
        "eventbackbone:account": "orders",
      },
      problems: [
        'eventbackbone:account: no key is called so here; did you mean "event-backbone:account"?',
        'event-backbone:acount: nothing is called so here; did you mean "account"?',
        'event-backbone:enviroment: nothing is called so here; did you mean "environment"?',
        'event-backbone:assumeRole: nothing is called so here; did you mean "assumeRoles"?',
      ],
    },
    {
      name: "roles that are none",
      values: { "event-backbone:assumeRoles": '["deploy",{"roleArn":"deploy","externalid":"x"}]' },
      problems: [
        'event-backbone:assumeRoles[0]: must be a role; write a list such as [{ roleArn: "arn:aws:iam::111111111111:role/deploy" }]',
        'event-backbone:assumeRoles[1].roleArn: is no role ARN; write a list such as [{ roleArn: "arn:aws:iam::111111111111:role/deploy" }]',
        'event-backbone:assumeRoles[1].externalid: nothing is called so here; did you mean "externalId"?',
      ],
    },
  ])("refuses $name, exactly as `check` does the same in a stack file", async ({ values, problems }) => {
    const message = [
      'The configuration of stack "orders" cannot be used:',
      ...problems.map((problem) => `  ${problem}`),
    ].join("\n");
    expectRefusal(await runEntry(projectRoot, "orders", { values }), message);

    const config = Object.entries(values).map(([key, value]) => [key, parseYaml(value)] as const);
    await copy.write("Pulumi.orders.yaml", stringifyYaml({ config: Object.fromEntries(config) }));
    const { exitCode, stdout, stderr } = await runCliProcess(["check"], { root: copy.root });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 1, stdout: "", stderr: `${message}\n` });
  });
});
