import { readFileSync } from "node:fs";
import { dirname, basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { z } from "zod";
import { registry as example } from "../../config/index.js";
import { runCli } from "../fixtures/cli.js";
import { FakeEngine } from "../fixtures/fake-engine.js";
import { ProjectCopy, projectRoot } from "../fixtures/project-copy.js";
import { recordByName } from "../fixtures/recordings.js";
import { runNode, type FinishedProcess } from "../fixtures/run-process.js";

const project = z
  .looseObject({
    name: z.string(),
    main: z.string(),
    runtime: z.object({
      name: z.literal("nodejs"),
      options: z.object({ typescript: z.boolean(), nodeargs: z.string() }),
    }),
  })
  .parse(parseYaml(readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8")));

/** The program's exit code after it has told people what is wrong. */
const exitedAfterLogging = 32;

interface EntryRun extends FinishedProcess {
  readonly engine: FakeEngine;
}

interface EntryConfiguration {
  /** By full key; lists and maps as JSON text. */
  readonly values?: Readonly<Record<string, string>>;
  /** Keys that were encrypted in the stack file. */
  readonly secretKeys?: readonly string[];
  /** ARN of the bus that the last deployment left, if there was one. */
  readonly deployedBus?: string;
}

/** Starts the program as the Pulumi CLI's language host does. */
async function runEntry(
  root: string,
  stack: string,
  { values = {}, secretKeys = [], deployedBus }: EntryConfiguration = {},
): Promise<EntryRun> {
  const engine = new FakeEngine(
    deployedBus === undefined ? {} : { [`organization/${project.name}/${stack}`]: { busArn: deployedBus } },
  );
  const address = await engine.start();
  const { main, name, runtime } = project;
  const args = [
    ...runtime.options.nodeargs.split(" "),
    join(root, "node_modules/@pulumi/pulumi/cmd/run/index.js"),
    ...["--monitor", address, "--engine", address],
    ...["--organization", "organization", "--project", name, "--stack", stack],
    ...["--root-directory", root, "--pwd", join(root, dirname(main)), "--parallel", "16"],
    basename(main),
  ];
  const env = {
    PULUMI_NODEJS_TYPESCRIPT: String(runtime.options.typescript),
    // The language host still writes keys as the oldest SDKs want them.
    PULUMI_CONFIG: JSON.stringify(
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key.replace(":", ":config:"), value])),
    ),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
  };
  try {
    return { engine, ...(await runNode(args, { cwd: root, env })) };
  } finally {
    engine.stop();
  }
}

function byReference(left: { type: string; name: string }, right: { type: string; name: string }): number {
  return `${left.type} ${left.name}` < `${right.type} ${right.name}` ? -1 : 1;
}

describe("Pulumi.yaml", () => {
  it("names the entry file and runs TypeScript without checking it", () => {
    expect(project.main).toBe("infra/index.ts");
    expect(project.runtime.options).toEqual({ typescript: false, nodeargs: "--import tsx" });
  });

  it("leaves the backend to whoever has logged in to one", () => {
    expect(project).not.toHaveProperty("backend");
  });
});

describe("the program under the engine", () => {
  it.each(["global", "orders", "delivery", "orders-dev"])(
    "registers for stack %s what the rehearsal records, with flat outputs",
    async (stack) => {
      const { engine, exitCode, stderr } = await runEntry(projectRoot, stack);
      expect({ stderr, shown: engine.shown }).toEqual({ stderr: "", shown: [] });
      expect(exitCode).toBe(0);

      const { resources, outputs } = await recordByName(example, stack);
      const recorded = resources.map(({ options: { protect, deleteBeforeReplace }, ...resource }) => ({
        ...resource,
        protect,
        deleteBeforeReplace,
      }));
      expect([...engine.resources].sort(byReference)).toEqual(recorded.sort(byReference));
      expect(engine.stackOutputs).toEqual(outputs);
      expect(Object.keys(engine.stackOutputs)).toContain("busArn");
    },
  );

  it("takes account, environment and roles to assume from the stack's configuration", async () => {
    const assumeRoles = [{ roleArn: "arn:aws:iam::999999999999:role/deploy" }];
    const { engine, exitCode } = await runEntry(projectRoot, "anything", {
      values: {
        "event-backbone:account": "orders",
        "event-backbone:environment": "dev",
        "event-backbone:assumeRoles": JSON.stringify(assumeRoles),
      },
    });
    expect({ exitCode, shown: engine.shown, secret: engine.secretInputs }).toEqual({
      exitCode: 0,
      shown: [],
      secret: [],
    });
    expect(engine.stackOutputs.busName).toBe("backbone-dev-orders");
    const provider = engine.resources.find(({ type }) => type === "pulumi:providers:aws");
    expect(provider?.inputs.assumeRoles).toBe(JSON.stringify(assumeRoles));
  });

  it("keeps roles secret in the state that are secret in the configuration, and nothing else", async () => {
    const assumeRoles = [{ roleArn: "arn:aws:iam::222222222222:role/deploy", externalId: "hush" }];
    const { engine, exitCode } = await runEntry(projectRoot, "orders", {
      values: { "event-backbone:assumeRoles": JSON.stringify(assumeRoles) },
      secretKeys: ["event-backbone:assumeRoles"],
    });
    expect(exitCode).toBe(0);
    expect(engine.secretInputs).toEqual(["pulumi:providers:aws::aws.assumeRoles"]);
    const provider = engine.resources.find(({ type }) => type === "pulumi:providers:aws");
    expect(provider?.inputs.assumeRoles).toBe(JSON.stringify(assumeRoles));
  });

  it("warns of configuration that it does not read, and deploys", async () => {
    const { engine, exitCode } = await runEntry(projectRoot, "orders", {
      values: { "aws:region": "us-east-1", "pulumi:tags": '{"team":"platform"}' },
    });
    expect(exitCode).toBe(0);
    expect(engine.shown).toEqual([
      {
        severity: "warning",
        message: "aws:region is not read: the registry says the Region (config/environments.ts)",
      },
    ]);
    expect(engine.stackOutputs.busArn).toMatch(/:eu-west-1:/);
  });
});

describe("the program under the engine, where the stack stands already,", () => {
  it("registers everything where it is the same stack", async () => {
    const deployedBus = "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-orders";
    const { engine, exitCode } = await runEntry(projectRoot, "orders", { deployedBus });
    expect({ exitCode, shown: engine.shown }).toEqual({ exitCode: 0, shown: [] });
    expect(engine.stackOutputs.busArn).toBe(deployedBus);
  });

  it("registers nothing where it would become another one, and says what differs", async () => {
    const { engine, exitCode, stderr } = await runEntry(projectRoot, "orders", {
      deployedBus: "arn:aws:events:eu-west-1:222222222222:event-bus/spine-orders",
    });
    expect({ exitCode, stderr, resources: engine.resources }).toEqual({
      exitCode: exitedAfterLogging,
      stderr: "",
      resources: [],
    });
    expect(engine.shown.map(({ message }) => message)).toEqual([
      expect.stringContaining("spine-orders is deployed, backbone-orders is configured"),
    ]);
  });

  it("may become another one where nothing protects it", async () => {
    const { engine, exitCode } = await runEntry(projectRoot, "orders-dev", {
      deployedBus: "arn:aws:events:eu-west-1:999999999999:event-bus/spine-orders",
    });
    expect({ exitCode, shown: engine.shown }).toEqual({ exitCode: 0, shown: [] });
  });
});

describe("the program under the engine, given something wrong,", () => {
  let copy: ProjectCopy;

  beforeAll(async () => {
    copy = await ProjectCopy.create();
    const environments = readFileSync(join(projectRoot, "config/environments.ts"), "utf8")
      .replace('region: "eu-west-1"', 'region: "Ireland"')
      .replace('orders: "222222222222"', 'orders: "2222"')
      .replace("logRetentionDays: 3,", "logRetentionDays: 4,");
    await copy.write("config/environments.ts", environments);
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

    const written = await ProjectCopy.create();
    try {
      const config = Object.entries(values).map(([key, value]) => [key, parseYaml(value)] as const);
      await written.write("Pulumi.orders.yaml", stringifyYaml({ config: Object.fromEntries(config) }));
      const { exitCode, stdout, stderr } = await runCli(["check"], { root: written.root });
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 1, stdout: "", stderr: `${message}\n` });
    } finally {
      await written.remove();
    }
  });
});
