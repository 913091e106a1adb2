import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import { projectRoot } from "../fixtures/project-copy.js";
import { runNode } from "../fixtures/run-process.js";

const verification = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ id: z.string(), cases: z.number() })),
});

describe.each([
  { name: "documents", contracts: 3 },
  { name: "catalogue", contracts: 46 },
])("a registry of JSON Schemas: $name", ({ name, contracts }) => {
  const call = (...args: string[]) => runCli([...args, "--registry", fixtureRegistry(name)]);

  it("is checked without a word of warning", async () => {
    const { exitCode, stdout, stderr } = await call("check");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`${contracts} contracts`);
    expect(stdout).not.toContain("warning");
  });

  it("is planned and verified", async () => {
    const plan = await call("plan", "--json");
    expect({ exitCode: plan.exitCode, stderr: plan.stderr }).toEqual({ exitCode: 0, stderr: "" });
    const { ok, checks } = verification.parse(JSON.parse((await call("verify", "--json")).stdout));
    expect(ok).toBe(true);
    expect(checks.filter(({ id }) => id.startsWith("delivery:"))).toHaveLength(contracts);
  });
});

describe("an event of a contract with a JSON Schema", () => {
  it("is traced, with what it breaks of its contract", async () => {
    const event = {
      Source: "com.example.cases",
      DetailType: "Fee.Paid",
      Detail: { amount: { value: "120" } },
    };
    const { exitCode, stdout } = await runCli(
      ["trace", "-", "--from", "cases", "--registry", fixtureRegistry("documents")],
      { stdin: JSON.stringify(event) },
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "detail does not satisfy cases/Fee.Paid: receiptId: is missing; amount.currency: is missing; amount.value: expected number, received string",
    );
  });
});

describe("a registry without a JSON Schema", () => {
  it("does not wait for what reads them", async () => {
    const script = `
      import { createRequire } from "node:module";
      const { parseRegistry } = await import("./infra/registry/index.js");
      for (const module of process.argv.slice(1)) parseRegistry((await import(module)).registry);
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(["ajv", "ajv-formats", "yaml"].filter((name) => loaded.some((file) => file.includes("node_modules/" + name + "/"))).join());
    `;
    const loadedBy = async (module: string) => {
      const args = ["--import", "tsx", "--input-type=module", "--eval", script, join(projectRoot, module)];
      const { stdout, stderr } = await runNode(args, { cwd: projectRoot, env: {} });
      return { stdout: stdout.trim(), stderr };
    };
    expect(await loadedBy("config/index.ts")).toEqual({ stdout: "", stderr: "" });
    expect(await loadedBy("tests/fixtures/registries/documents.ts")).toEqual({
      stdout: "ajv,ajv-formats,yaml",
      stderr: "",
    });
  });
});
