import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { recordedPlan } from "../../rehearsal/emission/plan-file.js";
import { runCli } from "../fixtures/cli.js";
import { ProjectCopy, projectRoot } from "../fixtures/project-copy.js";
import { ofKind, textOf } from "../fixtures/recordings.js";

describe("stack files", () => {
  const orderCreated = join(projectRoot, "tests/fixtures/events/order-created.json");
  const projectFile = readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8");
  let copy: ProjectCopy;

  /** Roles of every stack's provider, as `plan` shows them. */
  async function plannedRoles(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { stdout, exitCode } = await runCli(["plan", "--json", ...args], { root: copy.root });
    expect(exitCode).toBe(0);
    const roles = recordedPlan.parse(JSON.parse(stdout)).stacks.map((stack): [string, unknown] => {
      const [provider] = ofKind(stack, "aws");
      return [stack.stack, JSON.parse(textOf(provider, "assumeRoles"))];
    });
    return Object.fromEntries(roles);
  }

  beforeAll(async () => {
    copy = await ProjectCopy.create();
  });

  afterEach(async () => {
    await copy.restore();
  });

  afterAll(async () => {
    await copy.remove();
  });

  it("give a stack its name and its provider the roles to assume", async () => {
    await copy.write(
      "Pulumi.delivery-sandbox.yaml",
      [
        "config:",
        "  event-backbone:account: delivery",
        "  event-backbone:environment: dev",
        "  event-backbone:assumeRoles:",
        "    - roleArn: arn:aws:iam::999999999999:role/deploy",
        "      externalId: backbone",
      ].join("\n"),
    );
    expect(await plannedRoles("--env", "dev")).toEqual({
      "global-dev": [],
      "delivery-sandbox": [{ roleArn: "arn:aws:iam::999999999999:role/deploy", externalId: "backbone" }],
      "orders-dev": [],
    });
  });

  it("hold encrypted values, which check and verify do not need and plan does not show", async () => {
    await copy.write(
      "Pulumi.delivery-sandbox.yaml",
      [
        "encryptionsalt: v1:salt",
        "config:",
        "  event-backbone:account: delivery",
        "  event-backbone:environment: dev",
        "  event-backbone:assumeRoles:",
        "    - roleArn: arn:aws:iam::999999999999:role/deploy",
        "      externalId:",
        "        secure: v1:ciphertext",
      ].join("\n"),
    );
    const roles = await plannedRoles("delivery-sandbox");
    expect(roles).toEqual({
      "delivery-sandbox": [{ roleArn: "arn:aws:iam::999999999999:role/deploy", externalId: "[secret]" }],
    });
    for (const command of ["check", "verify"]) {
      const { exitCode, stderr } = await runCli([command, "--env", "dev"], { root: copy.root });
      expect({ command, exitCode, stderr }).toEqual({ command, exitCode: 0, stderr: "" });
    }
  });

  it("are filled up from Pulumi.yaml, and found where it says they are", async () => {
    const role = "arn:aws:iam::999999999999:role";
    await copy.write(
      "Pulumi.yaml",
      [
        projectFile,
        "stackConfigDir: config",
        "config:",
        "  account: { type: string, default: orders }",
        "  event-backbone:assumeRoles:",
        `    - roleArn: ${role}/of-all`,
      ].join("\n"),
    );
    await copy.write(
      "config/Pulumi.delivery-sandbox.yaml",
      `config:\n  account: delivery\n  event-backbone:config:assumeRoles: '[{"roleArn":"${role}/own"}]'\n`,
    );
    expect(await plannedRoles()).toEqual({
      global: [{ roleArn: `${role}/of-all` }],
      "delivery-sandbox": [{ roleArn: `${role}/own` }],
      orders: [{ roleArn: `${role}/of-all` }],
    });
  });

  it("are told all mistakes of at once, those of Pulumi.yaml once for all", async () => {
    await copy.write("Pulumi.yaml", `${projectFile}\nconfig:\n  enviroment: prod\n`);
    await copy.write("Pulumi.delivery-sandbox.yaml", "config:\n  event-backbone:acount: delivery\n");
    const { exitCode, stderr } = await runCli(["check"], { root: copy.root });
    expect(exitCode).toBe(1);
    const misspelt = '  event-backbone:enviroment: nothing is called so here; did you mean "environment"?';
    expect(stderr.split("\n")).toEqual([
      'The configuration of stack "delivery-sandbox" cannot be used:',
      misspelt,
      '  event-backbone:acount: nothing is called so here; did you mean "account"?',
      'The configuration of stacks "delivery", "global", "orders" cannot be used:',
      misspelt,
      "",
    ]);
  });

  it.each([
    {
      name: "say what the registry decides",
      content: ["config:", "  event-backbone:environment: dev", "  aws:region: us-east-1"],
      says: 'stack "delivery-dev": aws:region is not read: the registry says the Region (config/environments.ts)',
    },
    {
      name: "import environments",
      content: ["environment:", "  - acme/backbone"],
      says: "Pulumi.delivery-dev.yaml imports environments of Pulumi ESC; what they set is not known here",
    },
    {
      name: "misspell a section",
      content: ["confg:", "  event-backbone:account: orders"],
      says: 'Pulumi.delivery-dev.yaml: nothing reads "confg"; did you mean "config"?',
    },
  ])("that $name cause a warning", async ({ content, says }) => {
    await copy.write("Pulumi.delivery-dev.yaml", content.join("\n"));
    const { exitCode, stdout } = await runCli(["check", "--env", "dev"], { root: copy.root });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`warning: ${says}`);
  });

  it.each([
    {
      name: "with a mistake",
      content: "config:\n  event-backbone:acount: delivery\n",
      exitCode: 1,
      says: "event-backbone:acount: nothing is called so here",
    },
    {
      name: "of no YAML",
      content: "config: [",
      exitCode: 2,
      says: "Pulumi.delivery-sandbox.yaml is not YAML",
    },
    {
      name: "with a list for a map",
      content: "config: [event-backbone:account]",
      exitCode: 2,
      says: "Pulumi.delivery-sandbox.yaml: config must be a map of keys and values",
    },
    {
      name: "for an account that has one already",
      content: "config:\n  event-backbone:account: orders\n",
      exitCode: 1,
      says: 'both deploy account "orders" of "prod"; remove one of the two',
    },
  ])("$name are refused in words", async ({ content, exitCode, says }) => {
    await copy.write("Pulumi.delivery-sandbox.yaml", content);
    const result = await runCli(["check"], { root: copy.root });
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(says);
    expect(result.stderr).not.toMatch(/^\s+at /m);
  });

  it("left over from an account that is gone cause a warning", async () => {
    await copy.write("Pulumi.delivery-sandbox.yaml", "config:\n  event-backbone:account: shipping\n");
    const { exitCode, stdout } = await runCli(["check"], { root: copy.root });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("warning: Pulumi.delivery-sandbox.yaml is left over");
  });

  it.each([
    { args: ["plan", "orders", "--json"] },
    { args: ["verify", "--json"] },
    { args: ["trace", orderCreated, "--from", "orders", "--json"] },
  ])("left over are told on stderr beside the JSON: $args", async ({ args }) => {
    await copy.write("Pulumi.delivery-sandbox.yaml", "config:\n  event-backbone:account: shipping\n");
    const { exitCode, stdout, stderr } = await runCli(args, { root: copy.root });
    expect(exitCode).toBe(0);
    expect(() => z.json().parse(JSON.parse(stdout))).not.toThrow();
    expect(stderr).toMatch(/^warning: Pulumi\.delivery-sandbox\.yaml is left over: .+\n$/);
  });
});
