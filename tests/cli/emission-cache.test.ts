import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  EmissionCache,
  fingerprintOf,
  isReadBySdk,
  type StackToEmit,
  type Surroundings,
} from "../../rehearsal/emission/emission-cache.js";
import type { RecordedStack } from "../../rehearsal/emission/plan-file.js";
import { runCliProcess, type CliProcessOptions } from "../fixtures/cli.js";
import { ProjectCopy, projectRoot } from "../fixtures/project-copy.js";
import type { FinishedProcess } from "../fixtures/run-process.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { memberOf, topologyOf } from "../fixtures/topologies.js";

const forbidPulumi = ["--import", `${projectRoot}/tests/fixtures/forbid-pulumi.mjs`];
const day = 86_400_000;

describe("the commands", () => {
  let copy: ProjectCopy;
  const cached = (): string => join(copy.root, "node_modules/.cache/event-backbone");
  const run = (args: string, options: CliProcessOptions = {}): Promise<FinishedProcess> =>
    runCliProcess(args.split(" "), { root: copy.root, ...options });
  const withoutPulumi = (args: string): Promise<FinishedProcess> => run(args, { nodeArgs: forbidPulumi });
  const entries = async (): Promise<string[]> => (existsSync(cached()) ? readdir(cached()) : []);

  beforeAll(async () => {
    copy = await ProjectCopy.create();
    await ownModules(copy.root);
  });
  afterEach(() => rm(join(copy.root, "node_modules/.cache"), { recursive: true, force: true }));
  afterAll(() => copy.remove());

  it("say the same byte for byte from memory, and never load Pulumi then", async () => {
    const cold = await run("plan --json --no-cache");
    expect(await entries()).toEqual([]);
    expect(await run("plan --json")).toEqual(cold);
    expect(await entries()).toHaveLength(3);
    expect(await withoutPulumi("plan --json")).toEqual(cold);
    for (const args of ["verify --json", "start --all"])
      expect(await withoutPulumi(args)).toEqual(await run(`${args} --no-cache`));
  });

  it("evaluate again when a file of ours has changed", async () => {
    const file = "infra/components/fixed-name.ts";
    const before = await readFile(join(copy.root, file), "utf8");
    await run("plan orders");
    await copy.write(file, `${before}\n// changed\n`);
    expect((await withoutPulumi("plan orders")).stderr).toContain("Pulumi is loaded");
    await copy.write(file, before);
    expect((await withoutPulumi("plan orders")).exitCode).toBe(0);
  });

  it("evaluate again and mend it when an entry is torn", async () => {
    const { stdout } = await run("plan orders --json");
    const [name = ""] = await entries();
    const entry = join(cached(), name);
    const whole = await readFile(entry, "utf8");
    await writeFile(entry, whole.slice(0, 1_000));
    expect((await run("plan orders --json")).stdout).toBe(stdout);
    expect(await readFile(entry, "utf8")).toBe(whole);
    expect(await entries()).toEqual([name]);
  });

  it("work where nothing can be written", async () => {
    await writeFile(join(copy.root, "node_modules/.cache"), "not a folder");
    const { exitCode, stderr } = await run("plan orders");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await rm(join(copy.root, "node_modules/.cache"));
    await mkdir(cached(), { recursive: true });
    await chmod(cached(), 0o500);
    expect((await run("plan orders")).exitCode).toBe(0);
  });

  it("remember no program that fails", async () => {
    const program = await readFile(join(copy.root, "infra/program.ts"), "utf8");
    await copy.write(
      "infra/program.ts",
      program.replace(
        "const { protect } = plan;",
        '$& if (plan.account === "orders") throw new Error("no orders");',
      ),
    );
    const runs = [await run("plan"), await run("plan")];
    await copy.write("infra/program.ts", program);
    for (const { exitCode, stderr } of runs) {
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain("no orders");
    }
    expect(await entries()).toEqual([]);
  });

  it("do not get into each other's way, and keep it from other users", async () => {
    const runs = await Promise.all([run("plan orders --json"), run("plan orders --json")]);
    expect(runs[0]).toEqual(runs[1]);
    expect(await entries()).toHaveLength(1);
    expect(await withoutPulumi("plan orders --json")).toEqual(runs[0]);
    const [name = ""] = await entries();
    expect((await stat(join(cached(), name))).mode & 0o777).toBe(0o600);
    expect((await stat(cached())).mode & 0o777).toBe(0o700);
    expect((await run("plan orders --no-cache", { nodeArgs: forbidPulumi })).stderr).toContain(
      "Pulumi is loaded",
    );
  });
});

/** A folder for dependencies of its own, with the same things in it. */
async function ownModules(root: string): Promise<void> {
  const shared = join(projectRoot, "node_modules");
  const own = join(root, "node_modules");
  await rm(own);
  await mkdir(own);
  const names = (await readdir(shared)).filter((name) => !name.startsWith("."));
  await Promise.all(names.map((name) => symlink(join(shared, name), join(own, name), "dir")));
}

describe("the memory of emissions", () => {
  let surroundings: Surroundings;
  const folder = (): string => join(surroundings.root, "node_modules/.cache/event-backbone");
  const open = (changes: Partial<Surroundings> = {}): EmissionCache => {
    const cache = EmissionCache.open({ ...surroundings, ...changes });
    if (cache === undefined) throw new Error("nothing is remembered");
    return cache;
  };
  const remember = (stack: StackToEmit, recorded: RecordedStack, cache = open()): void => {
    cache.remember(stack, recorded);
    cache.save();
  };
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(surroundings.root, file)), { recursive: true });
    await writeFile(join(surroundings.root, file), text);
  };

  beforeEach(async () => {
    const root = await mkdtemp(join(tmpdir(), "event-backbone-"));
    surroundings = { root, env: {}, nodeVersion: "20.20.2", startedAt: Date.now() + day };
    for (const file of ["package.json", "tsconfig.json"]) await write(file, "{}");
    for (const file of [
      "cli/project/evaluate.ts",
      "rehearsal/emission/emission-cache.ts",
      "infra/program.ts",
      "rehearsal/a/record.ts",
    ])
      await write(file, "export {};");
    for (const name of ["pulumi", "aws", "awsx"])
      await write(`node_modules/@pulumi/${name}/package.json`, '{ "version": "1.0.0" }');
  });
  afterEach(() => rm(surroundings.root, { recursive: true }));

  it("gives back what it was given, and to the same stack only", () => {
    remember(orders, emitted);
    expect(open().recall(orders)).toEqual(emitted);
    expect(open().recall({ ...orders, stack: "orders-2" })).toBeUndefined();
    expect(open().recall({ ...orders, plan: { ...orders.plan, protect: false } })).toBeUndefined();
    const assumeRoles = [{ roleArn: "arn:aws:iam::222222222222:role/deploy" }];
    expect(open().recall({ ...orders, assumeRoles })).toBeUndefined();
  });

  it.each<{ name: string; changes: Partial<Surroundings>; isOther: boolean }>([
    { name: "another major version of Node", changes: { nodeVersion: "22.1.0" }, isOther: true },
    { name: "another patch of Node", changes: { nodeVersion: "20.20.3" }, isOther: false },
    {
      name: "a variable that the SDK reads",
      changes: { env: { PULUMI_ERROR_OUTPUT_STRING: "true" } },
      isOther: true,
    },
    {
      name: "another Region in the environment",
      changes: { env: { AWS_REGION: "eu-west-1" } },
      isOther: true,
    },
    { name: "other credentials", changes: { env: { AWS_SESSION_TOKEN: "x", HOME: "/y" } }, isOther: false },
    { name: "a token of Pulumi's", changes: { env: { PULUMI_ACCESS_TOKEN: "x" } }, isOther: false },
  ])("under $name: asks again: $isOther", ({ changes, isOther }) => {
    remember(orders, emitted);
    expect(open(changes).recall(orders) === undefined).toBe(isOther);
  });

  it("hangs on no order of variables", () => {
    const env = { PULUMI_A: "1", PULUMI_B: "2" };
    const other = { PULUMI_B: "2", PULUMI_A: "1" };
    expect(fingerprintOf({ ...surroundings, env })).toBe(fingerprintOf({ ...surroundings, env: other }));
  });

  it.each([
    { file: "infra/program.ts", isOther: true },
    { file: "infra/components/new.ts", isOther: true },
    { file: "rehearsal/a/record.ts", isOther: true },
    { file: "packages/b/index.ts", isOther: true },
    { file: "cli/project/evaluate.ts", isOther: true },
    { file: "tsconfig.json", isOther: true },
    { file: "config/index.ts", isOther: false },
    { file: "infra/README.md", isOther: false },
  ])("with another $file: asks again: $isOther", async ({ file, isOther }) => {
    const before = fingerprintOf(surroundings);
    await write(file, "{ }");
    expect(fingerprintOf(surroundings) !== before).toBe(isOther);
  });

  it("asks again when a file has been renamed", async () => {
    const before = fingerprintOf(surroundings);
    await rename(join(surroundings.root, "infra/program.ts"), join(surroundings.root, "infra/other.ts"));
    expect(fingerprintOf(surroundings)).not.toBe(before);
  });

  it.each(["pulumi", "aws", "awsx"])("asks again with another version of @pulumi/%s", async (name) => {
    const before = fingerprintOf(surroundings);
    await write(`node_modules/@pulumi/${name}/package.json`, '{ "version": "1.0.1" }');
    expect(fingerprintOf(surroundings)).not.toBe(before);
  });

  it("takes no entry for that of another stack, wherever it lies", async () => {
    const other = { ...orders, stack: "orders-2" };
    remember(orders, emitted);
    const [first = ""] = await readdir(folder());
    remember(other, emitted);
    const [second = ""] = (await readdir(folder())).filter((name) => name !== first);
    await rename(join(folder(), first), join(folder(), second));
    expect(open().recall(other)).toBeUndefined();
  });

  it.each([
    { name: "torn", spoil: (text: string) => text.slice(0, -10) },
    { name: "empty", spoil: () => "" },
    { name: "edited", spoil: (text: string) => text.replace("local-bus", "other-bus") },
    { name: "foreign", spoil: () => "{}" },
  ])("takes no entry that is $name, and mends it", async ({ spoil }) => {
    remember(orders, emitted);
    const [name = ""] = await readdir(folder());
    const entry = join(folder(), name);
    const whole = await readFile(entry, "utf8");
    await writeFile(entry, spoil(whole));
    expect(open().recall(orders)).toBeUndefined();
    remember(orders, emitted);
    expect(await readFile(entry, "utf8")).toBe(whole);
  });

  it("remembers nothing while files are being edited", () => {
    remember(orders, emitted, open({ startedAt: Date.now() - day }));
    expect(open().recall(orders)).toBeUndefined();
  });

  it("remembers nothing that would come back as something else", () => {
    const [resource] = emitted.resources;
    if (resource === undefined) throw new Error("nothing is emitted");
    const { type, name, ...rest } = resource;
    remember(orders, { ...emitted, resources: [{ ...rest, type, name }] });
    expect(open().recall(orders)).toBeUndefined();
    const notPlain = { ...orders, plan: { ...orders.plan, tags: new Tags() } };
    remember(notPlain, emitted);
    expect(open().recall(notPlain)).toBeUndefined();
  });

  it("forgets what nobody has asked for in a week, once there is something new", async () => {
    const other = { ...orders, stack: "orders-2" };
    remember(orders, emitted);
    const [old = ""] = await readdir(folder());
    const past = new Date(Date.now() - 8 * day);
    await writeFile(join(folder(), "left-over.tmp"), "");
    for (const name of [old, "left-over.tmp"]) await utimes(join(folder(), name), past, past);
    open().save();
    expect(await readdir(folder())).toHaveLength(2);
    remember(other, emitted);
    expect(open().recall(orders)).toBeUndefined();
    expect(open().recall(other)).toEqual(emitted);
    expect(await readdir(folder())).toHaveLength(1);
  });

  it("keeps what is used", async () => {
    remember(orders, emitted);
    const [name = ""] = await readdir(folder());
    const past = new Date(Date.now() - 6 * day);
    await utimes(join(folder(), name), past, past);
    open().recall(orders);
    expect(Date.now() - (await stat(join(folder(), name))).mtimeMs).toBeLessThan(day);
  });

  it("is not there without an SDK", async () => {
    await rm(join(surroundings.root, "node_modules"), { recursive: true });
    expect(EmissionCache.open(surroundings)).toBeUndefined();
  });
});

class Tags {
  readonly [key: string]: string;
}

const orders: StackToEmit = {
  code: {},
  stack: "orders",
  plan: memberOf(topologyOf(shopRegistry, "prod"), "orders"),
  assumeRoles: [],
};

const emitted: RecordedStack = {
  stack: "orders",
  account: "orders",
  accountId: "222222222222",
  region: "eu-west-1",
  resources: [
    {
      type: "aws:cloudwatch/eventBus:EventBus",
      name: "local-bus",
      inputs: { name: "backbone-orders", 7: "seven", tags: { b: "1", a: null } },
      options: { protect: true, deleteBeforeReplace: false, dependsOn: [] },
    },
  ],
  outputs: { busName: "backbone-orders" },
};

describe("what the SDK reads of the environment", () => {
  const sdk = join(projectRoot, "node_modules/@pulumi");
  const read = (file: string): string => readFileSync(join(sdk, file), "utf8");
  const codeIn = (folder: string): string[] =>
    readdirSync(join(sdk, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
      .map(({ name }) => read(join(folder, name)));

  /** Of what is loaded where resources are made: neither the engine's own tools nor vendored compilers. */
  const sources = [
    ...["pulumi", "pulumi/runtime", "pulumi/log", "pulumi/provider", "pulumi/runtime/closure"].flatMap(
      codeIn,
    ),
    ...["aws", "aws/config", "awsx"].flatMap(codeIn),
  ].join("\n");

  it("asks the memory for another entry", () => {
    const named = [
      ...sources.matchAll(/process\.env(?:\.|\[")(\w+)/g),
      ...sources.matchAll(/\b\w+: "(PULUMI_\w+)"/g),
      ...[...sources.matchAll(/getEnv\w*\(("[^)]*")\)/g)].flatMap(([, names = ""]) => [
        ...names.matchAll(/"(\w+)"/g),
      ]),
    ].map(([, name = ""]) => name);
    expect(named).toEqual(
      expect.arrayContaining(["PULUMI_ERROR_OUTPUT_STRING", "AWS_REGION", "PULUMI_NODEJS_STACK"]),
    );
    expect(named.filter((name) => !isReadBySdk(name))).toEqual([]);
  });
});
