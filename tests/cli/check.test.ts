import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { registry as twelveMistakes } from "../fixtures/registries/twelve-mistakes.js";

const usages = z.array(
  z.strictObject({ quota: z.string(), where: z.string(), used: z.number(), limit: z.number() }),
);

const checkResult = z.strictObject({
  ok: z.boolean(),
  environment: z.string().optional(),
  problems: z.array(z.strictObject({ path: z.string(), message: z.string() })),
  warnings: z.array(z.string()),
  quotas: usages,
  room: z
    .strictObject({
      services: z.strictObject({ quota: z.string(), count: z.number() }),
      members: z.strictObject({ quota: z.string(), count: z.number() }),
    })
    .optional(),
  throughput: z.strictObject({ quotas: usages, contracts: z.number(), withoutPeak: z.number() }).optional(),
});

describe("backbone check", () => {
  it("prints who receives what, the quotas and the room left", async () => {
    const { exitCode, stdout, stderr } = await runCli(["check"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^ +orders\/Order\.Created +receives +publishes$/m);
    expect(stdout).toMatch(/^ +Rules per event bus +3 +300 +1 % +bus backbone-global$/m);
    expect(stdout).toMatch(/Room for \d+ more service\(s\).+ and 297 more receiving member\(s\)/);
  });

  it("warns of what a shared AWS account cannot promise", async () => {
    const { exitCode, stdout } = await runCli(["check", "--env", "dev"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('warning: the accounts of "dev" share one AWS account');
  });

  it("warns of a filter that keeps nothing back, in words and as JSON", async () => {
    const call = ["check", "--registry", fixtureRegistry("idle-filter")];
    const warning = "routes[0].filter: every orders/Order.Created passes this filter";
    const { exitCode, stdout, stderr } = await runCli(call);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`warning: ${warning}`);
    const json = checkResult.parse(JSON.parse((await runCli([...call, "--json"])).stdout));
    expect(json.warnings).toEqual([expect.stringContaining(warning)]);
  });

  it("says when events will be delayed, and only where a contract says its peak", async () => {
    const registry = ["--registry", fixtureRegistry("busy")];
    const { exitCode, stdout } = await runCli(["check", ...registry]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^ +Invocations throttle limit in transactions per second +24,000 +18,750 +128 % +AWS account 111111111111$/m,
    );
    expect(stdout).toMatch(/^warning: AWS account 111111111111 .+ AWS delays the events beyond it/m);
    expect(stdout).toContain("1 of 2 contracts say no peak");
    const json = checkResult.parse(JSON.parse((await runCli(["check", "--json", ...registry])).stdout));
    expect(json.ok).toBe(true);
    expect(json.throughput).toMatchObject({ contracts: 2, withoutPeak: 1 });
    expect(json.throughput?.quotas).toContainEqual({
      quota: "invocationsPerSecond",
      where: "AWS account 111111111111",
      used: 24_000,
      limit: 18_750,
    });
    expect((await runCli(["check"])).stdout).not.toContain("throttle");
  });

  it("lists what the environment does not have, and why, in words and as JSON", async () => {
    const registry = ["--registry", fixtureRegistry("staging-first")];
    const { exitCode, stdout } = await runCli(["check", ...registry]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Not in prod");
    expect(stdout).toMatch(/^ +account payments +its id here is null$/m);
    const { inactive } = z
      .object({ inactive: z.array(z.strictObject({ what: z.string(), why: z.string() })) })
      .parse(JSON.parse((await runCli(["check", "--json", ...registry])).stdout));
    expect(inactive).toContainEqual({ what: "service loyalty", why: "it is for dev only" });
    expect((await runCli(["check", "--env", "dev", ...registry])).stdout).not.toContain("Not in");
  });

  it("lists what the permissions boundary must allow, in words and as JSON", async () => {
    const registry = ["--registry", fixtureRegistry("organisation-demands")];
    const { exitCode, stdout } = await runCli(["check", ...registry]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Permissions boundary team-boundary");
    expect(stdout).toMatch(/^ +global, carrier, insurer +events:DescribeEventBus$/m);
    expect(stdout).toMatch(/^ +sqs:ReceiveMessage$/m);
    expect(stdout).toContain('warning: the role by which the audit trail of "prod" writes its log');
    const json = z
      .looseObject({ warnings: z.array(z.string()) })
      .parse(JSON.parse((await runCli(["check", "--json", "--env", "dev", ...registry])).stdout));
    expect(json).toMatchObject({
      boundary: {
        name: "team-boundary",
        allows: [
          {
            accounts: ["global", "carrier", "insurer"],
            actions: [
              "events:DescribeEventBus",
              "events:PutEvents",
              "sqs:ChangeMessageVisibility",
              "sqs:DeleteMessage",
              "sqs:GetQueueAttributes",
              "sqs:ReceiveMessage",
            ],
          },
          {
            accounts: ["delivery", "orders"],
            actions: [
              "dynamodb:DeleteItem",
              "dynamodb:PutItem",
              "events:DescribeEventBus",
              "events:PutEvents",
              "logs:CreateLogStream",
              "logs:PutLogEvents",
              "sqs:ChangeMessageVisibility",
              "sqs:DeleteMessage",
              "sqs:GetQueueAttributes",
              "sqs:ReceiveMessage",
              "sqs:SendMessage",
            ],
          },
        ],
      },
    });
    expect(json.warnings).toContain(
      'outsideOrganization of carrier, insurer says nothing in "dev": it has no organizationId',
    );
    expect((await runCli(["check"])).stdout).not.toContain("boundary");
  });

  it.each([
    ["plan", "payments"],
    ["trace", "tests/fixtures/events/order-created.json", "--from", "payments"],
  ])("and %s says of an account that it is not there", async (...args) => {
    const { exitCode, stderr } = await runCli([...args, "--registry", fixtureRegistry("staging-first")]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('account "payments" is not in "prod": its id there is null');
  });

  it("prints JSON of the documented shape and nothing else", async () => {
    const { stdout, exitCode } = await runCli(["check", "--json"]);
    expect(exitCode).toBe(0);
    expect(checkResult.parse(JSON.parse(stdout))).toMatchObject({
      ok: true,
      environment: "prod",
      problems: [],
      room: { members: { quota: "rulesPerBus", count: 297 } },
    });
  });

  it.each(["check", "plan", "diagram"])(
    "and its siblings tell twelve mistakes on stderr, and nothing else: %s",
    async (command) => {
      const { exitCode, stdout, stderr } = await runCli([
        command,
        "--registry",
        fixtureRegistry("twelve-mistakes"),
      ]);
      const problems = problemsOf(twelveMistakes).map(({ path, message }) => `  ${path}: ${message}`);
      expect(problems).toHaveLength(12);
      expect(stderr).toBe(`${["The registry has 12 problems:", ...problems].join("\n")}\n`);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    },
  );

  it("answers twelve mistakes as JSON where JSON is asked for", async () => {
    const { exitCode, stdout, stderr } = await runCli([
      "check",
      "--json",
      "--registry",
      fixtureRegistry("twelve-mistakes"),
    ]);
    const result = checkResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ ok: false, problems: problemsOf(twelveMistakes) });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
  });

  it("tells an exceeded quota with the way out", async () => {
    const { exitCode, stderr } = await runCli(["check", "--registry", fixtureRegistry("forty-members")]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: bus mesh-hub uses \d+ of 10240 characters .+ask AWS for more/);
  });
});

describe("a registry outside any package", () => {
  it("is read as the module it is, TypeScript or not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "registry-"));
    try {
      const file = join(folder, "registry.ts");
      await writeFile(file, "export const registry: unknown = { accounts: 5 };\n");
      const { exitCode, stderr } = await runCli(["check", "--registry", file]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("accounts: expected an object, received the number 5");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
