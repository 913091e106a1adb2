import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { registry as example } from "../../config/index.js";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import { ProjectCopy, projectRoot } from "../fixtures/project-copy.js";
import { ofKind, recordEnvironment, textOf } from "../fixtures/recordings.js";

/** The documented shape, written down a second time. */
const reference = z.string().regex(/^[^:]+:[^:]+:[^:]+::.+$/);
const planShape = z.strictObject({
  environment: z.string(),
  organizationId: z.string().optional(),
  stacks: z.array(
    z.strictObject({
      stack: z.string(),
      account: z.string(),
      accountId: z.string().regex(/^\d{12}$/),
      region: z.string(),
      resources: z.array(
        z.strictObject({
          type: z.string().regex(/^[^:]+:[^:]+:[^:]+$/),
          name: z.string(),
          parent: reference.optional(),
          inputs: z.record(z.string(), z.json()),
          options: z.strictObject({
            protect: z.boolean(),
            deleteBeforeReplace: z.boolean(),
            dependsOn: z.array(reference),
            retainOnDelete: z.literal(true).optional(),
            replacementTrigger: z.string().startsWith("arn:aws:events:").optional(),
          }),
        }),
      ),
      outputs: z.record(z.string(), z.json()),
    }),
  ),
});

async function planJson(...args: string[]): Promise<z.infer<typeof planShape>> {
  const { exitCode, stdout, stderr } = await runCli(["plan", "--json", ...args]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return planShape.parse(JSON.parse(stdout));
}

describe("backbone plan", () => {
  it("prints every stack with its resources by kind", async () => {
    const { exitCode, stdout, stderr } = await runCli(["plan"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Environment prod: 3 stacks, 165 resources$/m);
    expect(stdout).toMatch(/^ +Kind +global +delivery +orders$/m);
    expect(stdout).toMatch(/^ +EventRule +4 +1 +1$/m);
  });

  it("prints the resources of one account under their components", async () => {
    const { stdout } = await runCli(["plan", "orders"]);
    expect(stdout).toContain("Environment prod: 1 stack, 46 resources");
    expect(stdout).toMatch(
      /^ {2}LocalBus local-bus\n {4}EventBus local-bus {2}backbone-orders {2}\[protected\]$/m,
    );
  });

  it("prints as JSON exactly what the program emits, for prod", async () => {
    const { stacks, ...rest } = await planJson();
    expect(rest).toEqual({ environment: "prod", organizationId: "o-example0000" });
    expect(stacks).toEqual(await recordEnvironment(example, "prod"));
  });

  it("prints as JSON exactly what the program emits, for dev", async () => {
    const { stacks, ...rest } = await planJson("--env", "dev");
    expect(rest).toEqual({ environment: "dev" });
    expect(stacks).toEqual(await recordEnvironment(example, "dev"));
  });

  it("takes accounts and stack names alike", async () => {
    const { stacks } = await planJson("--env", "dev", "orders-dev", "global");
    expect(stacks.map(({ stack }) => stack)).toEqual(["global-dev", "orders-dev"]);
  });

  it("takes the environment of the stacks named", async () => {
    const { environment, stacks } = await planJson("orders-dev");
    expect(environment).toBe("dev");
    expect(stacks.map(({ stack }) => stack)).toEqual(["orders-dev"]);
  });

  it("ends quietly when its reader closes stdout, and not as if all held", async () => {
    const command = `{ "$0" cli/backbone.mjs plan --json; echo "exit $?" >&2; } | head -c 100`;
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", command, process.execPath], {
      cwd: projectRoot,
    });
    expect(stdout).toHaveLength(100);
    expect(stderr).toBe("exit 141\n");
  });

  it("refuses an environment that exceeds a quota before it evaluates anything", async () => {
    const { exitCode, stdout, stderr } = await runCli([
      "plan",
      "--registry",
      fixtureRegistry("forty-members"),
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^Environment "prod" exceeds 1 AWS quota:\n {2}bus mesh-hub uses/);
  });
});

describe("stack files", () => {
  const orderCreated = join(projectRoot, "tests/fixtures/events/order-created.json");
  let copy: ProjectCopy;

  beforeAll(async () => {
    copy = await ProjectCopy.create();
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
    const { stdout, stderr, exitCode } = await runCli(["plan", "--env", "dev", "--json"], {
      root: copy.root,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const { stacks } = planShape.parse(JSON.parse(stdout));
    expect(stacks.map(({ stack }) => stack)).toEqual(["global-dev", "delivery-sandbox", "orders-dev"]);
    const roles = stacks.map((stack): unknown => {
      const [provider] = ofKind(stack, "aws");
      return JSON.parse(textOf(provider, "assumeRoles"));
    });
    expect(roles).toEqual([
      [],
      [{ roleArn: "arn:aws:iam::999999999999:role/deploy", externalId: "backbone" }],
      [],
    ]);
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
