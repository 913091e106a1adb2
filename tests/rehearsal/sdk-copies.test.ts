import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { requireOneSdk, SdkCopiesError } from "../../rehearsal/emission/sdk-copies.js";
import { projectRoot } from "../fixtures/project-copy.js";

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "sdk-copies-")));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function install(folder: string, version: string): Promise<void> {
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, "package.json"), JSON.stringify({ version }));
}

async function installAll(nested: Readonly<Record<string, string>>): Promise<string> {
  await install("node_modules/@pulumi/pulumi", "3.248.0");
  for (const user of ["aws", "awsx"]) await install(`node_modules/@pulumi/${user}`, "7.0.0");
  for (const [user, version] of Object.entries(nested)) {
    await install(`node_modules/@pulumi/${user}/node_modules/@pulumi/pulumi`, version);
  }
  return join(root, "program.js");
}

describe("requireOneSdk", () => {
  it.each([
    { name: "one copy", nested: {} },
    { name: "copies of one version", nested: { aws: "3.248.0", awsx: "3.248.0" } },
  ])("accepts $name", async ({ nested }) => {
    const program = await installAll(nested);
    expect(() => {
      requireOneSdk(program);
    }).not.toThrow();
  });

  it.each(["aws", "awsx"])("names both copies where @pulumi/%s brings its own version", async (user) => {
    const program = await installAll({ [user]: "3.270.0" });
    const check = () => {
      requireOneSdk(program);
    };
    expect(check).toThrow(SdkCopiesError);
    expect(check).toThrow(
      new RegExp(
        `^there are two copies of @pulumi/pulumi: 3\\.248\\.0 in \\S+, and 3\\.270\\.0 in \\S+/@pulumi/${user}/node_modules/@pulumi/pulumi, which @pulumi/${user} takes; install one: `,
      ),
    );
  });
});

describe("package.json", () => {
  it("keeps every package manager to the one version of the SDK that is depended on, and links our packages", async () => {
    const pin = z.strictObject({ "@pulumi/pulumi": z.string() });
    const manifest = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        overrides: pin,
        resolutions: pin,
        pnpm: z.object({ overrides: z.record(z.string(), z.string()) }),
      })
      .parse(JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")));
    const wanted = { "@pulumi/pulumi": manifest.dependencies["@pulumi/pulumi"] };
    expect(manifest.overrides).toEqual({ "@pulumi/pulumi": "$@pulumi/pulumi" });
    expect(manifest.resolutions).toEqual(wanted);
    expect(manifest.pnpm.overrides).toMatchObject(wanted);
    // pnpm links only those packages of a workspace that somebody depends on.
    for (const name of await readdir(join(projectRoot, "packages"))) {
      expect(manifest.dependencies[name]).toMatch(/^\d/);
      expect(manifest.pnpm.overrides[name]).toBe("workspace:*");
    }
  });
});
