import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { registry as example } from "../../config/index.js";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { recordEnvironment } from "../fixtures/recordings.js";
import { registry as twelveMistakes } from "../fixtures/registries/twelve-mistakes.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "event-backbone-proof-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, content: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(content));
  return file;
}

const savedPlan = async (environment: string) => ({
  environment,
  organizationId: example.environments[environment]?.organizationId,
  stacks: await recordEnvironment(example, environment),
});

const created = { Source: "com.example.orders", DetailType: "Order.Created", Detail: {} };

/** The documented shape, written down a second time. */
const refusedVerification = z.strictObject({
  ok: z.literal(false),
  environment: z.string().optional(),
  checks: z.tuple([]),
  failures: z.array(
    z.strictObject({
      id: z.literal("registry"),
      cause: z.string().min(1),
      expected: z.string().min(1),
      found: z.string().min(1),
      mend: z.string().min(1),
      step: z.string().min(1),
      evidence: z.tuple([]),
      follows: z.tuple([]),
    }),
  ),
  notes: z.tuple([]),
});

describe("backbone verify --json", () => {
  it("answers a wrong registry in its shape; without --json it is told in words", async () => {
    const args = ["verify", "--registry", fixtureRegistry("twelve-mistakes")];
    const [json, words] = await Promise.all([runCli([...args, "--json"]), runCli(args)]);
    const answer = refusedVerification.parse(JSON.parse(json.stdout));
    expect({ exitCode: json.exitCode, stderr: json.stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(answer.failures.map(({ cause }) => cause)).toEqual(
      problemsOf(twelveMistakes).map(({ path, message }) => `${path}: ${message}`),
    );
    expect({ exitCode: words.exitCode, stdout: words.stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(words.stderr).toContain("The registry has 12 problems:");
  });

  it("answers an exceeded quota in its shape", async () => {
    const registry = fixtureRegistry("forty-members");
    const { exitCode, stdout, stderr } = await runCli(["verify", "--json", "--registry", registry]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    const { environment, failures } = refusedVerification.parse(JSON.parse(stdout));
    expect(environment).toBe("prod");
    expect(failures.map(({ cause }) => cause).join("\n")).toMatch(/^bus mesh-hub uses/);
  });
});

describe("a saved plan", () => {
  it("of another environment is a wrong call, and the way out holds", async () => {
    const plan = await fileOf("dev.json", await savedPlan("dev"));
    const [wrong, right] = await Promise.all([
      runCli(["verify", "--plan", plan, "--json"]),
      runCli(["verify", "--plan", plan, "--json", "--env", "dev"]),
    ]);
    expect(wrong).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: '--plan: the plan is of environment "dev"; add --env dev\n',
    });
    expect(right.exitCode).toBe(0);
  });

  it("of some stacks is a wrong call", async () => {
    const { environment, stacks } = await savedPlan("prod");
    const plan = await fileOf("some.json", { environment, stacks: stacks.slice(0, 1) });
    const { exitCode, stdout, stderr } = await runCli(["verify", "--plan", plan]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/lacks the stacks of \w+, \w+; save a plan of all stacks: backbone plan --json$/m);
  });
});

describe("backbone trace", () => {
  it("takes a PutEvents request of one entry", async () => {
    const event = await fileOf("request.json", { Entries: [created] });
    const plan = await fileOf("prod.json", await savedPlan("prod"));
    const { exitCode, stdout } = await runCli(["trace", event, "--from", "orders", "--plan", plan, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: true, deliveries: [{ account: "delivery" }] });
  });

  it.each([
    { name: "two entries", event: [created, created], says: ["one event at a time: this holds 2"] },
    { name: "no entry", event: { Entries: [] }, says: ["one event at a time: this holds 0"] },
    {
      name: "an entry with mistakes",
      event: { DetailType: 5, Detail: [], Resources: [1] },
      says: [
        "Source is missing",
        "DetailType must be text",
        "Detail must be an object, or text that holds one",
        "Resources must be a list of texts",
      ],
    },
    { name: "no event", event: [7], says: ["the event must be an object"] },
    {
      name: "half an event",
      event: { source: "a.b" },
      says: ["detail-type is missing", "detail is missing"],
    },
  ])("refuses $name in words", async ({ event, says }) => {
    const file = await fileOf("event.json", event);
    const { exitCode, stdout, stderr } = await runCli(["trace", file, "--from", "orders"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    for (const part of says) expect(stderr).toContain(part);
    expect(stderr).not.toContain("Invalid input");
  });
});

describe("backbone test-pattern", () => {
  it("takes --env as every command does", async () => {
    const pattern = await fileOf("pattern.json", { source: ["a.b"] });
    const event = await fileOf("matching.json", { source: "a.b" });
    const args = ["test-pattern", "--pattern", pattern, "--event", event, "--env", "dev", "--json"];
    expect(await runCli(args)).toEqual({ exitCode: 0, stdout: '{"result":true}\n', stderr: "" });
  });

  it("takes a PutEvents entry, and says so", async () => {
    const pattern = await fileOf("entry-pattern.json", { source: ["a.b"], detail: { x: [1] } });
    const event = await fileOf("entry.json", { Source: "a.b", DetailType: "T", Detail: '{"x":1}' });
    const { stdout, stderr } = await runCli(["test-pattern", "--pattern", pattern, "--event", event]);
    expect(stdout).toBe('{"result":true}\n');
    expect(stderr).toMatch(/^note: taken as an entry of PutEvents: /);
  });

  it("asks whether it was given the detail only", async () => {
    const pattern = await fileOf("any-source.json", { source: ["a.b"] });
    const event = await fileOf("detail.json", { orderId: "o" });
    const { stdout, stderr } = await runCli(["test-pattern", "--pattern", pattern, "--event", event]);
    expect(stdout).toBe('{"result":false}\n');
    expect(stderr).toContain("is it only the detail?");
    expect(stderr).toContain("source: wanted a.b; the event has no value there");
  });

  it("refuses an event that is no object", async () => {
    const pattern = await fileOf("any-pattern.json", { source: ["a.b"] });
    const event = await fileOf("list.json", [7]);
    const { exitCode, stdout, stderr } = await runCli([
      "test-pattern",
      "--pattern",
      pattern,
      "--event",
      event,
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("list.json holds no JSON object; name a file with one event");
  });
});

describe("backbone start --json", () => {
  it("prints plan, verification and stories as one object, and nothing else", async () => {
    const { exitCode, stdout, stderr } = await runCli(["start", "--json", "--env", "dev"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const shape = z.strictObject({
      environment: z.literal("dev"),
      plan: z.looseObject({ stacks: z.array(z.unknown()).length(3) }),
      verification: z.looseObject({ ok: z.literal(true) }),
      stories: z.array(
        z.strictObject({
          name: z.string(),
          title: z.string(),
          traces: z.array(z.looseObject({ accepted: z.literal(true) })).min(1),
          played: z.strictObject({ ok: z.literal(true), told: z.string().min(1), missing: z.tuple([]) }),
        }),
      ),
    });
    const { stories } = shape.parse(JSON.parse(stdout));
    expect(stories.map(({ name }) => name)).toEqual(Object.keys(example.stories ?? {}));
  });
});
