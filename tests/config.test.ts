import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry as example } from "../config/index.js";
import { parseRegistry } from "../infra/registry/index.js";
import { recordedPlan } from "../rehearsal/emission/plan-file.js";
import { applyPatch, parsePatch } from "./fixtures/apply-patch.js";
import { runCli } from "./fixtures/cli.js";
import { ProjectCopy } from "./fixtures/project-copy.js";
import { ofKind, textOf } from "./fixtures/recordings.js";
import { topologyOf } from "./fixtures/topologies.js";

describe("the example registry", () => {
  const registry = parseRegistry(example);

  it("is the company of orders and delivery", () => {
    expect([registry.backbone, ...registry.members]).toEqual(["global", "delivery", "orders"]);
    expect(registry.routes.map(({ events, to }) => `${events} -> ${to}`)).toEqual([
      "orders/Order.Created -> delivery",
      "orders/Order.Updated -> delivery",
      "delivery/Delivery.Updated -> orders",
    ]);
    expect(registry.stories.map(({ steps }) => steps)).toEqual([
      ["orders/Order.Created", "delivery/Delivery.Updated", "orders/Order.Updated"],
    ]);
  });

  it.each([...registry.environments.keys()])("fits the quotas of %s", (environment) => {
    expect(topologyOf(example, environment).problems).toEqual([]);
  });
});

describe("adding a fourth service, payments,", () => {
  const patch = readFileSync(new URL("./fixtures/payments.patch", import.meta.url), "utf8");
  const files = parsePatch(patch);
  let copy: ProjectCopy;

  beforeAll(async () => {
    copy = await ProjectCopy.create();
    applyPatch(copy.root, patch);
  });

  afterAll(async () => {
    await copy.remove();
  });

  it("touches only config/ and one stack file", () => {
    const outside = files.map(({ file }) => file).filter((file) => !file.startsWith("config/"));
    expect(outside).toEqual(["Pulumi.payments.yaml"]);
  });

  it("adds about a dozen lines besides the file of the service, and takes none away", () => {
    const changed = patch.split("\n").filter((line) => /^[+-](?![+-]{2} )/.test(line));
    expect(changed.filter((line) => line.startsWith("-"))).toEqual([]);
    const service = files.find(({ file }) => file === "config/services/payments.ts");
    const own = service?.hunks.flatMap(({ after }) => after).length ?? 0;
    expect(changed.length - own).toBeLessThanOrEqual(12);
  });

  it("gives payments its stack, and forwards its events and what it receives", async () => {
    const { exitCode, stdout, stderr } = await runCli(["plan", "--json"], { root: copy.root });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const { stacks } = recordedPlan.parse(JSON.parse(stdout));
    expect(stacks.map(({ stack }) => stack)).toEqual(["global", "delivery", "orders", "payments"]);
    const patterns = stacks.flatMap((stack) =>
      ofKind(stack, "EventRule")
        .filter(({ name }) => name.startsWith("forward-"))
        .map((rule): unknown => [rule.name, JSON.parse(textOf(rule, "eventPattern"))]),
    );
    expect(patterns).toContainEqual([
      "forward-payments",
      { source: ["com.example.orders"], "detail-type": ["Order.Created"] },
    ]);
    expect(patterns).toContainEqual([
      "forward-orders",
      {
        $or: [
          { source: ["com.example.delivery"], "detail-type": ["Delivery.Updated"] },
          { source: ["com.example.payments"], "detail-type": ["Payment.Received"] },
        ],
      },
    ]);
  });
});
