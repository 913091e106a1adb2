import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import { claims, kindOf } from "../../cli/commands/verify/report.js";
import { promises, renderRehearsal } from "../../cli/commands/start.js";
import { planTopology } from "../../infra/topology/index.js";
import { runCli } from "../fixtures/cli.js";
import { filteredRegistry } from "../fixtures/filtered-registry.js";
import { registry as everySwitch } from "../fixtures/registries/every-switch.js";
import { registry as sensitive } from "../fixtures/registries/sensitive.js";
import { changeResource, rehearse, verifyPlan } from "../fixtures/rehearsed.js";

describe("npm start", () => {
  it("says who receives what first, the proof in a few sentences, each story in a few lines, then the stacks", async () => {
    const { exitCode, stdout, stderr } = await runCli(["start"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const order = [
      "Who receives what in prod",
      "✓ every event reaches the accounts of its routes and what subscribes there, once, and no others",
      "The backbone holds: ",
      "✓ orders publishes Order.Created → backbone-delivery (by forward-delivery)",
      "Stacks (npx backbone plan --env prod shows what is in them)",
      "Room for ",
    ].map((text) => stdout.indexOf(text));
    expect(order).toEqual([...order].sort((left, right) => left - right));
    expect(order).not.toContain(-1);
    expect(stdout.split("\n").length).toBeLessThan(45);
  });

  it("says where AWS puts what it publishes, and never that an account does", async () => {
    const { stdout } = await runCli(["start", "--registry", "tests/fixtures/handled/uploads-registry.ts"]);
    expect(stdout).toContain(
      "✓ aws.s3 puts Object Created on the default bus of orders → backbone-archive (by",
    );
    expect(stdout).not.toMatch(/orders publishes Object Created|Object Created of orders/);
  });

  it("shows every claim and every statement with --all", async () => {
    const { stdout } = await runCli(["start", "--all", "--env", "dev"]);
    expect(stdout).toContain("✓ every target keeps what is refused");
    expect(stdout).toContain("put-events on backbone-dev-global by");
    expect(stdout).toContain("warning:");
  });

  it.each([
    { registry: "the example", definition: example, environment: "prod" },
    { registry: "the example", definition: example, environment: "dev" },
    { registry: "one with filters", definition: filteredRegistry, environment: "prod" },
    { registry: "one with personal data", definition: sensitive, environment: "prod" },
    { registry: "one with every switch", definition: everySwitch, environment: "prod" },
  ])(
    "tells every claim of $registry in $environment under one sentence",
    async ({ definition, environment }) => {
      const { checks } = verifyPlan(await rehearse(definition, environment));
      const told: string[] = promises.flatMap(({ kinds }) => [...kinds]);
      const kinds = new Set(checks.map(kindOf));
      expect([...kinds].filter((kind) => !told.includes(kind))).toEqual([]);
      expect(new Set(told).size).toBe(told.length);
      const several = [...kinds].filter(
        (kind) => checks.filter((check) => kindOf(check) === kind).length > 1,
      );
      expect(several.filter((kind) => claims[kind] === undefined)).toEqual([]);
    },
  );

  it("crosses out the sentence that does not hold, and shows the failure in full", async () => {
    const rehearsed = await rehearse(example, "prod");
    const plan = changeResource(rehearsed.plan, "global", "EventTarget forward-delivery", () => undefined);
    const { registry, environment } = rehearsed;
    const shown = renderRehearsal(
      {
        registry,
        topology: planTopology(registry, environment),
        plan,
        verification: verifyPlan(rehearsed, plan),
        stories: [],
        world: undefined,
      },
      false,
    );
    expect(shown).toContain(
      "✗ every event reaches the accounts of its routes and what subscribes there, once, and no others",
    );
    expect(shown).toContain("The backbone does not hold");
    expect(shown).toMatch(/mend: {5}\S/);
  });
});
