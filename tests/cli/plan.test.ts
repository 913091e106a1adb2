import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { registry as example } from "../../config/index.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import { projectRoot } from "../fixtures/project-copy.js";
import { recordEnvironment } from "../fixtures/recordings.js";
import { withoutProgress } from "../fixtures/run-process.js";

/** The documented shape, written down a second time. */
const publisher = z.strictObject({ service: z.string(), account: z.string() });
const contracts = z.array(
  z.strictObject({
    key: z.string(),
    ...publisher.shape,
    publishers: z.array(publisher),
    source: z.string(),
    alsoSources: z.array(z.string()),
    detailType: z.string(),
    version: z.number(),
    description: z.string(),
    owner: z.string().optional(),
    deprecated: z.string().optional(),
    peakPerSecond: z.number().optional(),
    sensitive: z.literal(true).optional(),
    examples: z.array(
      z.strictObject({ name: z.string().optional(), detail: z.record(z.string(), z.json()) }),
    ),
  }),
);
const routes = z.array(
  z.strictObject({
    events: z.string(),
    to: z.string(),
    contracts: z.array(z.string()),
    filter: z.strictObject({ detail: z.record(z.string(), z.json()) }).optional(),
  }),
);
const reference = z.string().regex(/^[^:]+:[^:]+:[^:]+::.+$/);
const planShape = z.strictObject({
  environment: z.string(),
  organizationId: z.string().optional(),
  contracts,
  routes,
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
    expect(stdout).toMatch(/^Environment prod: 3 stacks, 172 resources$/m);
    expect(stdout).toMatch(/^ +Kind +global +delivery +orders$/m);
    expect(stdout).toMatch(/^ +EventRule +4 +2 +2$/m);
  });

  it("prints the resources of one account under their components", async () => {
    const { stdout } = await runCli(["plan", "orders"]);
    expect(stdout).toContain("Environment prod: 1 stack, 57 resources");
    expect(stdout).toMatch(
      /^ {2}LocalBus local-bus\n {4}EventBus local-bus {2}backbone-orders {2}\[protected\]$/m,
    );
  });

  it("prints as JSON exactly what the program emits, for prod", async () => {
    const { stacks, environment, organizationId } = await planJson();
    expect({ environment, organizationId }).toEqual({ environment: "prod", organizationId: "o-example0000" });
    expect(stacks).toEqual(await recordEnvironment(example, "prod"));
  });

  it("prints as JSON exactly what the program emits, for dev", async () => {
    const { stacks, environment, organizationId } = await planJson("--env", "dev");
    expect({ environment, organizationId }).toEqual({ environment: "dev", organizationId: undefined });
    expect(stacks).toEqual(await recordEnvironment(example, "dev"));
  });

  it("prints as JSON what the registry asks for: contracts with their examples, and routes", async () => {
    const told = await planJson();
    const parsed = parseRegistry(example);
    expect(told.contracts.map(({ key }) => key)).toEqual([...parsed.contracts.keys()]);
    for (const { key, source, examples } of told.contracts) {
      expect(source).toBe(parsed.contracts.get(key)?.source);
      expect(examples).toEqual(parsed.contracts.get(key)?.examples);
    }
    expect(told.routes).toEqual(
      parsed.routes.map(({ events, to, contracts: carried, filter }) => ({
        events,
        to,
        contracts: carried,
        ...(filter === undefined ? {} : { filter }),
      })),
    );
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
    expect(withoutProgress(stderr)).toBe("exit 141\n");
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
