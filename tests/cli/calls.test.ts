import { describe, expect, it } from "vitest";
import { fixtureRegistry, runCli, runCliProcess } from "../fixtures/cli.js";
import { projectRoot } from "../fixtures/project-copy.js";

describe("a wrong call exits with 2 and says what would be right", () => {
  it.each([
    {
      name: "an unknown option",
      args: ["check", "--jsn"],
      says: ["unknown option '--jsn'", "Did you mean --json?"],
    },
    { name: "an unknown command", args: ["chek"], says: ["unknown command 'chek'", "Did you mean check?"] },
    {
      name: "an unknown environment",
      args: ["check", "--env", "prd"],
      says: ['no environment is named "prd"', 'did you mean "prod"?'],
    },
    {
      name: "a registry file that is not there",
      args: ["check", "--registry", "nowhere.ts"],
      says: ["there is no file nowhere.ts", 'name a module that exports "registry"'],
    },
    {
      name: "a registry file without the export",
      args: ["check", "--registry", fixtureRegistry("without-export")],
      says: ['has no export named "registry"', "write export const registry"],
    },
    {
      name: "a registry file that throws",
      args: ["check", "--registry", fixtureRegistry("broken-module")],
      says: ["cannot be loaded: this module is broken"],
    },
    {
      name: "an unknown stack",
      args: ["plan", "ordrs"],
      says: ['no account or stack is named "ordrs"', 'did you mean "orders"?'],
    },
    {
      name: "a stack of another environment than the one asked for",
      args: ["plan", "orders-dev", "--env", "prod"],
      says: ['no account or stack is named "orders-dev"'],
    },
    {
      name: "stacks of two environments",
      args: ["plan", "orders-dev", "global"],
      says: ['"orders-dev" is of "dev", "global" is of "prod"', "name stacks of one environment"],
    },
    {
      name: "a folder as registry",
      args: ["check", "--registry", "config"],
      says: ["--registry: config is a folder; name a module"],
    },
    { name: "an argument too many", args: ["check", "orders"], says: ["too many arguments"] },
  ])("$name", async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    for (const part of says) expect(stderr).toContain(part);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("commands that evaluate nothing never load Pulumi", () => {
  const nodeArgs = ["--import", `${projectRoot}/tests/fixtures/forbid-pulumi.mjs`];

  it.each([
    { args: ["check"] },
    { args: ["check", "--json", "--env", "dev"] },
    { args: ["diagram"] },
    { args: ["--help"] },
    { args: ["plan", "--help"] },
  ])("$args", async ({ args }) => {
    const { exitCode, stderr } = await runCliProcess(args, { nodeArgs });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("and the proof would notice it: plan does load it", async () => {
    const { exitCode, stderr } = await runCliProcess(["plan", "--no-cache"], { nodeArgs });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("Pulumi is loaded: @pulumi/");
  });
});

describe("backbone diagram", () => {
  it("draws publishers, buses and routes as a Mermaid flowchart", async () => {
    const { exitCode, stdout, stderr } = await runCli(["diagram"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatchInlineSnapshot(`
      "flowchart LR
        subgraph account-global["account global"]
          account-global-bus[["backbone-global"]]
        end
        subgraph account-delivery["account delivery"]
          service-delivery(["delivery<br/>com.example.delivery"])
          account-delivery-bus[["backbone-delivery"]]
          subscription-delivery--start-delivery["delivery/start-delivery<br/>a function of services/delivery/start-delivery.ts"]
        end
        subgraph account-orders["account orders"]
          service-orders(["orders<br/>com.example.orders"])
          account-orders-bus[["backbone-orders"]]
          subscription-orders--update-order["orders/update-order<br/>a function of services/orders/update-order.ts"]
        end
        service-delivery -- "Delivery.Updated" --> account-global-bus
        service-orders -- "Order.Created<br/>Order.Updated" --> account-global-bus
        account-global-bus == "orders/Order.Created<br/>orders/Order.Updated" ==> account-delivery-bus
        account-global-bus == "delivery/Delivery.Updated" ==> account-orders-bus
        account-delivery-bus -- "orders/Order.Created" --> subscription-delivery--start-delivery
        account-orders-bus -- "delivery/Delivery.Updated" --> subscription-orders--update-order
      "
    `);
  });

  it("prints as JSON the environment and the same text", async () => {
    const { stdout } = await runCli(["diagram", "--json", "--env", "dev"]);
    const result: unknown = JSON.parse(stdout);
    expect(result).toMatchObject({ environment: "dev" });
    expect(stdout).toContain("backbone-dev-global");
  });
});

describe("--help", () => {
  it("lists the commands on stdout", async () => {
    const { exitCode, stdout } = await runCli(["--help"]);
    expect(exitCode).toBe(0);
    for (const command of ["check", "plan", "diagram"])
      expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, "m"));
  });

  it.each(["check", "plan", "diagram"])("of %s names the options every command has", async (command) => {
    const { exitCode, stdout } = await runCli([command, "--help"]);
    expect(exitCode).toBe(0);
    for (const option of ["--env <name>", "--registry <file>", "--json"]) expect(stdout).toContain(option);
  });

  it("of trace says that a refused event is an answer too", async () => {
    const { stdout } = await runCli(["trace", "--help"]);
    expect(stdout).toContain("Exits with 0 whether the event is accepted or refused");
  });
});
