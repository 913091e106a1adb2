import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import { projectRoot } from "../fixtures/project-copy.js";
import { recordByName } from "../fixtures/recordings.js";
import { exitedAfterLogging, project, runEntry } from "../fixtures/run-entry.js";

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
