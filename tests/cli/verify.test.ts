import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { registry as example } from "../../config/index.js";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { runCli } from "../fixtures/cli.js";
import { projectRoot } from "../fixtures/project-copy.js";
import { changeInput, rehearse, type Rehearsed } from "../fixtures/rehearsed.js";

let folder: string;
let prod: Rehearsed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "event-backbone-verify-"));
  prod = await rehearse(example, "prod");
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function saved(plan: RecordedPlan): Promise<string> {
  const file = join(folder, `${Math.random()}.json`);
  await writeFile(file, JSON.stringify(plan));
  return file;
}

async function verify(plan: RecordedPlan, ...args: string[]) {
  return runCli(["verify", "--plan", await saved(plan), ...args]);
}

/** The documented shapes, written down a second time. */
const check = z.strictObject({
  id: z.string(),
  title: z.string(),
  ok: z.boolean(),
  cases: z.number().min(1),
});
const follower = z.strictObject({
  id: z.string(),
  cause: z.string(),
  contract: z.string().optional(),
  account: z.string().optional(),
});
const verification = z.strictObject({
  ok: z.boolean(),
  environment: z.literal("prod"),
  checks: z.array(check).min(1),
  failures: z.array(
    z.strictObject({
      ...follower.shape,
      expected: z.string().min(1),
      found: z.string().min(1),
      mend: z.string().min(1),
      example: z.string().optional(),
      step: z.string().min(1),
      evidence: z.array(z.string()),
      follows: z.array(follower),
    }),
  ),
  notes: z.array(z.string()),
});
const listing = z.strictObject({
  environment: z.literal("prod"),
  claims: z.array(check.pick({ id: true, title: true })).min(1),
});

const elsewhere = "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-delivery";
const right = "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery";
const misdirected = () =>
  changeInput(prod.plan, "global", "EventTarget forward-delivery", { arn: elsewhere });

describe("what backbone verify says is wrong", () => {
  it("is the cause, with what was expected, what was found and what follows", async () => {
    const { exitCode, stdout } = await verify(misdirected(), "--json");
    const { ok, failures, checks } = verification.parse(JSON.parse(stdout));
    expect({ exitCode, ok }).toEqual({ exitCode: 1, ok: false });
    expect(failures).toMatchObject([
      { id: "settings:global", account: "global", expected: right, found: elsewhere },
    ]);
    const failed = checks.filter((one) => !one.ok).map(({ id }) => id);
    const told = failures.flatMap(({ id, follows }) => [id, ...follows.map((one) => one.id)]);
    expect([...new Set(told)].sort()).toEqual(failed.sort());
  });

  it("is told for people so that both values stand beneath each other, and the rest is named in a line", async () => {
    const { stdout } = await verify(misdirected());
    expect(stdout).toContain(
      [
        `  expected: ${right}`,
        `  found:    ${elsewhere}`,
        `  mend:     aws:cloudwatch/eventTarget:EventTarget::forward-delivery of the stack of global: write arn: ${right}`,
        "  claim:    settings:global (account global), read the emitted resources",
        "  3 other claims fail because of it: delivery:orders/Order.Created, delivery:orders/Order.Updated, exact-forward:delivery",
      ].join("\n"),
    );
    expect(stdout.match(/✗ target of rule/gu)).toHaveLength(1);
  });
});

describe("backbone verify --list", () => {
  it("lists the claims that verify tests, and tests none", async () => {
    const broken = misdirected();
    const [listed, proven] = await Promise.all([
      verify(broken, "--list", "--json"),
      verify(broken, "--json"),
    ]);
    expect(listed.exitCode).toBe(0);
    const { claims } = listing.parse(JSON.parse(listed.stdout));
    const { checks } = verification.parse(JSON.parse(proven.stdout));
    expect(claims).toEqual(checks.map(({ id, title }) => ({ id, title })));
  });

  it("lists for people what --only chooses", async () => {
    const { stdout } = await verify(prod.plan, "--list", "--only", "dead-letters:orders", "global-bus");
    expect(stdout).toMatch(/^global-bus +accounts publish/m);
    expect(stdout).toMatch(/^dead-letters:orders +every target/m);
    expect(stdout).not.toContain("delivery:");
  });
});

describe("backbone verify --only", () => {
  const idsOf = async (...args: string[]) => {
    const { stdout } = await verify(prod.plan, "--json", ...args);
    return verification.parse(JSON.parse(stdout)).checks.map(({ id }) => id);
  };

  it.each([
    { only: ["global-bus"], ids: ["global-bus"] },
    {
      only: ["redrive-role"],
      ids: ["redrive-role:delivery", "redrive-role:global", "redrive-role:orders"],
    },
    {
      only: ["delivery:orders"],
      ids: ["delivery:orders/Order.Created", "delivery:orders/Order.Updated"],
    },
    { only: ["global-bus", "local-bus:orders"], ids: ["global-bus", "local-bus:orders"] },
  ])("tests $only and nothing else", async ({ only, ids }) => {
    expect((await idsOf("--only", ...only)).sort()).toEqual(ids);
  });

  it("fails only where what it tests fails", async () => {
    const plan = misdirected();
    const [buses, settings] = await Promise.all([
      verify(plan, "--only", "local-bus"),
      verify(plan, "--only", "settings"),
    ]);
    expect([buses.exitCode, settings.exitCode]).toEqual([0, 1]);
  });

  it.each([
    { only: "delivrey", says: 'no claim is named "delivrey"; did you mean "delivery"?' },
    {
      only: "delivery:orders/Order.Craeted",
      says: 'no claim is named "delivery:orders/Order.Craeted"; did you mean "delivery:orders/Order.Created"?',
    },
    { only: "everything-else", says: "see verify --list, or use one of: inventory, " },
  ])("refuses $only, which no claim is called", async ({ only, says }) => {
    const { exitCode, stdout, stderr } = await verify(prod.plan, "--only", "global-bus", "--only", only);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});

describe("backbone verify --assumptions", () => {
  const shape = z.strictObject({
    assumptions: z.array(z.strictObject({ id: z.string(), title: z.string(), text: z.string() })).min(10),
  });

  it("lists what the page about the proof lists", async () => {
    const { exitCode, stdout } = await runCli(["verify", "--assumptions", "--json"]);
    expect(exitCode).toBe(0);
    const { assumptions } = shape.parse(JSON.parse(stdout));
    const page = await readFile(join(projectRoot, "docs/proof.md"), "utf8");
    const section = /^## What is assumed\n([^]*?)^## /m.exec(page)?.[1] ?? "";
    const bullets = section
      .split(/^- /m)
      .slice(1)
      .map((bullet) => bullet.replaceAll(/\s+/g, " ").trim());
    expect(bullets).toEqual(assumptions.map(({ title, text }) => `**${title}** ${text}`));
    expect(new Set(assumptions.map(({ id }) => id)).size).toBe(assumptions.length);
  });

  it("prints them for people", async () => {
    const { stdout } = await runCli(["verify", "--assumptions"]);
    expect(stdout).toMatch(/^- The permissions boundary of the environment's/m);
  });
});
