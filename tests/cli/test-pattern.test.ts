import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { runCli, runCliProcess } from "../fixtures/cli.js";
import { projectRoot } from "../fixtures/project-copy.js";
import type { FinishedProcess } from "../fixtures/run-process.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "event-backbone-pattern-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const refused = z.strictObject({
  valid: z.literal(false),
  problems: z
    .array(z.strictObject({ path: z.string(), problem: z.string().min(1), mend: z.string().min(1) }))
    .length(1),
});

interface Given {
  readonly event?: string;
  readonly args?: readonly string[];
}

/** Runs the command on texts as files. */
async function testPattern(pattern: string, given: Given = {}): Promise<FinishedProcess> {
  return runCli(await callOf(pattern, given));
}

async function callOf(pattern: string, { event, args = [] }: Given): Promise<string[]> {
  const patternFile = join(folder, "pattern.json");
  const eventFile = join(folder, "event.json");
  await writeFile(patternFile, pattern);
  if (event !== undefined) await writeFile(eventFile, event);
  const eventArgs = event === undefined ? [] : ["--event", eventFile];
  return ["test-pattern", "--pattern", patternFile, ...eventArgs, ...args];
}

const wildcards = (...texts: string[]): string =>
  JSON.stringify({ detail: { key: texts.map((wildcard) => ({ wildcard })) } });
const listOf = (length: number, indent?: number): string =>
  JSON.stringify({ source: Array.from({ length }, (_, index) => `service-${index}`) }, undefined, indent);
const raisedTo = async (characters: number): Promise<string> => {
  const file = join(folder, `raised-${characters}.ts`);
  await writeFile(
    file,
    `import { registry as plain } from ${JSON.stringify(join(projectRoot, "config/index.ts"))};
     export const registry = { ...plain, environments: { ...plain.environments,
       prod: { ...plain.environments.prod, quotas: { eventPatternCharacters: ${characters} } } } };`,
  );
  return file;
};

describe("backbone test-pattern on a valid pattern", () => {
  it("says what it costs of every limit", async () => {
    const { exitCode, stdout, stderr } = await testPattern(`${wildcards("*:*:x")}\n`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(
      "pattern.json is a valid event pattern: 41 of 2,048 characters, 1 of 1,000 combinations, wildcard complexity 4 of 10, counts as a wildcard rule (30 per bus)\n",
    );
  });

  it("says so of one without wildcards", async () => {
    const { stdout } = await testPattern('{"source":["a.b"]}');
    expect(stdout).toContain("18 of 2,048 characters, 1 of 1,000 combinations, no wildcards\n");
  });

  it("prints the same as JSON, with notes", async () => {
    const { exitCode, stdout, stderr } = await testPattern('{"detailType":["a"]}', { args: ["--json"] });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      cost: {
        characters: { used: 20, limit: 2_048 },
        combinations: { used: 1, limit: 1_000 },
        wildcardComplexity: { used: 0, limit: 10 },
        usesWildcard: false,
      },
      notes: [
        {
          path: "detailType",
          note: 'an event has no field "detailType" at its top, so no value is ever found there',
          mend: "did you mean detail-type?",
        },
      ],
    });
  });

  it("prints notes on stderr, so that the answer stays as it is", async () => {
    const { exitCode, stdout, stderr } = await testPattern('{"source":["a.*"]}', {
      event: '{"source":"a.b"}',
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '{"result":false}\n' });
    expect(stderr).toContain("source: wanted");
    expect(stderr).toContain(
      'note: source[0]: a plain text takes the * as it stands; for a pattern write {"prefix":"a."}',
    );
  });

  it("notes where the event has the other kind of value", async () => {
    const pattern = '{"detail":{"total":["5"]}}';
    const event = '{"detail":{"total":5}}';
    const { stdout, stderr } = await testPattern(pattern, { event });
    expect(stdout).toBe('{"result":false}\n');
    expect(stderr).toContain("note: detail.total: the event has 5 there");
    const json = await testPattern(pattern, { event, args: ["--json"] });
    expect(JSON.parse(json.stdout)).toMatchObject({ result: false, notes: [{ path: "detail.total" }] });
  });

  it("reads the decimals of the event as EventBridge does", async () => {
    const text = '{"detail":{"v":[1.0000000000000001]}}';
    const event = '{"detail":{"v":1.0000000000000001}}';
    expect((await testPattern(text, { event })).stdout).toBe('{"result":false}\n');
  });
});

describe("backbone test-pattern on a pattern that EventBridge refuses", () => {
  const combinations = JSON.stringify({
    detail: Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`k${index}`, { $or: [{ a: [1] }, { b: [1] }] }]),
    ),
  });

  it.each([
    {
      name: "too complex a wildcard",
      pattern: wildcards("*:*:*:*:*:x/*"),
      says: ["wildcard complexity is 11", "at most 10"],
    },
    { name: "too many combinations", pattern: combinations, says: ["1,024", "at most 1,000 a rule"] },
    { name: "too many characters", pattern: listOf(160), says: ["at most 2,048", "--env"] },
    { name: "more characters than AWS ever takes", pattern: listOf(400), says: ["never more than 4,096"] },
    { name: "too much white space", pattern: listOf(120, 8), says: ["only its white space is too much"] },
    {
      name: "$or as a field",
      pattern: '{"$or":["x"]}',
      says: ["$or: $or takes a list of two or more objects"],
    },
    { name: "text that is no JSON", pattern: '{"a":', says: ["this is not JSON"] },
  ])("refuses $name, in words and as JSON", async ({ pattern, says }) => {
    const words = await testPattern(pattern);
    expect({ exitCode: words.exitCode, stdout: words.stdout }).toEqual({ exitCode: 1, stdout: "" });
    for (const part of says) expect(words.stderr).toContain(part);
    const json = await testPattern(pattern, { args: ["--json"], event: "{}" });
    expect({ exitCode: json.exitCode, stderr: json.stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(refused.safeParse(JSON.parse(json.stdout)).error).toBeUndefined();
  });

  it("takes what AWS has raised for the environment named", async () => {
    const args = ["--registry", await raisedTo(4_096), "--env", "prod"];
    const { exitCode, stdout } = await testPattern(listOf(160), { args });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("of 4,096 characters");
    const dev = await testPattern(listOf(160), { args: [...args.slice(0, 3), "dev"] });
    expect(dev.exitCode).toBe(1);
  });

  it("reads no registry unless an environment is named", async () => {
    const { exitCode } = await testPattern('{"source":["a"]}', { args: ["--registry", "nowhere.ts"] });
    expect(exitCode).toBe(0);
  });
});

describe("backbone test-pattern never loads Pulumi", () => {
  const nodeArgs = ["--import", `${projectRoot}/tests/fixtures/forbid-pulumi.mjs`];

  it.each([
    {
      name: "for a pattern and an event",
      pattern: '{"source":["a"]}',
      event: "{}",
      args: ["--json"],
      exitCode: 0,
    },
    { name: "for a pattern that is refused", pattern: "{}", args: ["--json"], exitCode: 1 },
    { name: "for an environment's quotas", pattern: '{"source":["a"]}', args: ["--env", "dev"], exitCode: 0 },
  ])("$name", async ({ pattern, exitCode, ...given }) => {
    const run = await runCliProcess(await callOf(pattern, given), { nodeArgs });
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode, stderr: "" });
  });
});
