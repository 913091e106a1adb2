import { readFileSync, writeFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { runCli } from "../fixtures/cli.js";
import { projectRoot } from "../fixtures/project-copy.js";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** A repository with the registry of several files, below a folder with a space in its name. */
let repository = "";
beforeEach(async () => {
  repository = await realpath(await mkdtemp(join(tmpdir(), "repository-")));
  folders.push(repository);
  await mkdir(join(repository, ".git"));
  await symlink(join(projectRoot, "node_modules"), join(repository, "node_modules"), "dir");
  const registry = join(repository, "event backbone");
  await cp(join(projectRoot, "tests/fixtures/registries/owned"), registry, { recursive: true });
  for (const name of await readdir(registry, { recursive: true })) {
    if (name.endsWith(".ts")) edit(`event backbone/${name}`, /(?:\.\.\/)+infra\//g, `${projectRoot}/infra/`);
  }
});

function edit(file: string, what: string | RegExp, by: string): void {
  const path = join(repository, file);
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(what instanceof RegExp ? /[^]*/ : what);
  writeFileSync(path, text.replaceAll(what, by));
}

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const call = (...args: string[]) =>
  runCli(["codeowners", "--registry", join(repository, "event backbone/index.ts"), ...args]);

/** The lines that GitHub reads: file and owners. */
const linesOf = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

const folder = "/event\\ backbone";
const lines = [
  `${folder}/schemas/fee.yaml @acme/treasury`,
  `${folder}/services/cases.ts @acme/cases @acme/treasury`,
  `${folder}/services/treasury.ts fees@example.com`,
];

const answer = z.strictObject({
  file: z.string(),
  upToDate: z.boolean(),
  owned: z.array(
    z.strictObject({
      path: z.string(),
      owners: z.array(z.string()),
      of: z.array(z.strictObject({ what: z.string(), owner: z.string().optional() })),
    }),
  ),
  problems: z.array(z.string()),
  text: z.string(),
});

describe("backbone codeowners", () => {
  it("gives each file to all who answer for something in it, and tells in words what a line cannot", async () => {
    const { exitCode, stdout, stderr } = await call();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(linesOf(stdout)).toEqual(lines);
    for (const words of [
      "Any owner of the next line may approve (cases: @acme/cases, cases/Fee.Due: @acme/treasury)",
      "Any owner of the next line may approve (fees: fees@example.com, fines: nobody)",
      `${folder}/services/post.ts is left to the lines before (post: nobody)`,
    ])
      expect(stdout).toContain(`# ${words}\n`);
  });

  it("answers as JSON of the documented shape", async () => {
    const { stdout } = await call("--json");
    const { owned, ...rest } = answer.parse(JSON.parse(stdout));
    expect(rest).toMatchObject({ file: ".github/CODEOWNERS", upToDate: false, problems: [] });
    expect(owned.map(({ path, owners }) => [path, owners])).toEqual([
      ["event backbone/schemas/fee.yaml", ["@acme/treasury"]],
      ["event backbone/services/cases.ts", ["@acme/cases", "@acme/treasury"]],
      ["event backbone/services/post.ts", []],
      ["event backbone/services/treasury.ts", ["fees@example.com"]],
    ]);
  });

  it("writes its part behind what stands there, again in the same place, and checks it", async () => {
    const stale = await call("--check");
    expect(stale).toMatchObject({ exitCode: 1, stdout: "" });
    expect(stale.stderr).toContain("npx backbone codeowners --write");
    expect((await call("--write")).exitCode).toBe(0);
    expect(linesOf(read(".github/CODEOWNERS"))).toEqual(lines);

    writeFileSync(
      join(repository, ".github/CODEOWNERS"),
      `* @acme/platform\n\n${read(".github/CODEOWNERS")}/docs/ @acme/writers\n`,
    );
    expect((await call("--check")).exitCode).toBe(0);
    edit(".github/CODEOWNERS", "@acme/treasury\n", "@acme/elsewhere\n");
    const { exitCode, stdout } = await call("--check", "--json");
    expect({ exitCode, upToDate: answer.parse(JSON.parse(stdout)).upToDate }).toEqual({
      exitCode: 1,
      upToDate: false,
    });
    expect((await call("--write")).exitCode).toBe(0);
    expect(linesOf(read(".github/CODEOWNERS"))).toEqual([
      "* @acme/platform",
      ...lines,
      "/docs/ @acme/writers",
    ]);
  });

  it.each(["CODEOWNERS", "docs/CODEOWNERS"])("finds the file as GitHub does: %s", async (place) => {
    await mkdir(join(repository, "docs"), { recursive: true });
    writeFileSync(join(repository, place), "* @acme/platform\n");
    expect((await call("--write")).stdout).toContain(place);
    expect(linesOf(read(place))).toEqual(["* @acme/platform", ...lines]);
  });

  it("refuses a part without an end", async () => {
    await call("--write");
    edit(".github/CODEOWNERS", "# event-backbone: end", "# end");
    const { exitCode, stderr } = await call("--write");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("take the first line out");
  });

  it("says which service's file it does not find, or finds twice, and writes nothing then", async () => {
    edit("event backbone/services/post.ts", '"com.example.post"', '["com", "example", "post"].join(".")');
    edit(
      "event backbone/accounts.ts",
      "export",
      '// "com.example.fees" has FeePaid: { … }; "com.example.post"\nexport',
    );
    const { exitCode, stderr } = await call("--write");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('says "com.example.post" and a detail-type of post');
    expect(stderr).toContain(
      'event backbone/accounts.ts and event backbone/services/treasury.ts all say "com.example.fees"',
    );
    expect(() => read(".github/CODEOWNERS")).toThrow();
  });

  it("tells files apart that have events of AWS from different accounts alike in all but their words", async () => {
    for (const account of ["court", "treasury"]) {
      writeFileSync(
        join(repository, `event backbone/services/objects-${account}.ts`),
        [
          `import { z } from ${JSON.stringify(join(projectRoot, "node_modules/zod/index.js"))};`,
          `import { defineAwsEvents } from ${JSON.stringify(join(projectRoot, "infra/registry/index.js"))};`,
          'import { accounts } from "../accounts.js";',
          `export const ${account}Objects = defineAwsEvents(accounts, { from: "default-bus", accounts: ["${account}"], source: "aws.s3", owner: "@acme/${account}", contracts: {`,
          `  "Object Created": { version: 1, description: "An object of the ${account}.", detail: z.object({}), example: {} } } });`,
        ].join("\n"),
      );
    }
    edit(
      "event backbone/index.ts",
      "const services = { cases,",
      [
        'import { courtObjects } from "./services/objects-court.js";',
        'import { treasuryObjects } from "./services/objects-treasury.js";',
        'const services = { "court-objects": courtObjects, "treasury-objects": treasuryObjects, cases,',
      ].join("\n"),
    );
    const { stdout, exitCode } = await call();
    expect(exitCode).toBe(0);
    expect(linesOf(stdout)).toContain(`${folder}/services/objects-court.ts @acme/court`);
    expect(linesOf(stdout)).toContain(`${folder}/services/objects-treasury.ts @acme/treasury`);
  });

  it("tells several registries of one repository apart", async () => {
    const file = join(repository, "CODEOWNERS");
    await call("--write", "--file", file);
    await runCli(["codeowners", "--write", "--file", file]);
    expect((await call("--check", "--file", file)).exitCode).toBe(0);
    expect((await runCli(["codeowners", "--check", "--file", file])).exitCode).toBe(0);
  });
});
