import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import { recordedStack, type RecordedStack } from "./plan-file.js";
import type { StackToRecord } from "./record.js";

/** All that the recorder is told of a stack. */
export interface StackToEmit extends Pick<StackToRecord, "stack" | "plan"> {
  /** As they are written. */
  readonly assumeRoles: Extract<StackToRecord["assumeRoles"], readonly unknown[]>;
  /** Hashes of its functions' code, by the handler's path. */
  readonly code: Readonly<Record<string, string>>;
}

/** Where the program runs, and by what its emission can change besides the plan. */
export interface Surroundings {
  /** Folder of the project. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.versions.node`. */
  readonly nodeVersion: string;
  /** Milliseconds since 1970: what changed later is not what this process has loaded. */
  readonly startedAt: number;
}

/** Those of this process. */
export const surroundingsOf = (root: string): Surroundings => ({
  root,
  env: process.env,
  nodeVersion: process.versions.node,
  startedAt: performance.timeOrigin,
});

const day = 86_400_000;
/** Entries that nobody asked for in that time are given up, and so are the oldest beyond that number. */
const keptFor = 7 * day;
const keptEntries = 2_000;

/**
 * What the program emitted for a stack, kept for the next command: the same plan, code, SDK and settings emit the
 * same, and Pulumi takes a second to load. It is never needed and must never be wrong: whatever is not certainly an
 * emission of just this stack by just this code counts as not there, and no error of the disk reaches a command.
 * It is no wall: who can write to `node_modules` can change the program as well.
 */
export class EmissionCache {
  readonly #folder: string;
  readonly #surroundings: Surroundings;
  readonly #fingerprint: string;
  /** New entries by key. */
  readonly #unsaved = new Map<string, string>();

  private constructor(folder: string, surroundings: Surroundings) {
    this.#folder = folder;
    this.#surroundings = surroundings;
    this.#fingerprint = fingerprintOf(surroundings);
  }

  /** @returns undefined where nothing is installed or can be read: then nothing is remembered */
  static open(surroundings: Surroundings): EmissionCache | undefined {
    return orNothing(() => {
      const folder = join(installedModules(surroundings.root), ".cache", "event-backbone");
      return new EmissionCache(folder, surroundings);
    });
  }

  recall(stack: StackToEmit): RecordedStack | undefined {
    return orNothing(() => {
      const key = this.#keyOf(stack);
      const file = this.#fileOf(key);
      const text = readFileSync(file, "utf8");
      const body = text.slice(text.indexOf("\n") + 1);
      if (text !== sealed(key, body)) return undefined;
      const recorded = recordedStack.parse(JSON.parse(body));
      orNothing(() => {
        markAsUsed(file);
      });
      return recorded;
    });
  }

  /** Takes note; nothing is written before {@link save}. */
  remember(stack: StackToEmit, recorded: RecordedStack): void {
    orNothing(() => {
      const body = JSON.stringify(recorded);
      // What would come back in another order or without a part must not come back at all.
      if (JSON.stringify(recordedStack.parse(JSON.parse(body))) !== body) return;
      this.#unsaved.set(this.#keyOf(stack), body);
    });
  }

  /** Writes what is new, and gives up what is old. */
  save(now = Date.now()): void {
    if (this.#unsaved.size === 0) return;
    orNothing(() => {
      // Somebody edits: what this process has loaded may be neither the old code nor the new.
      if (lastChangeOf(this.#surroundings) >= this.#surroundings.startedAt) return;
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      for (const [key, body] of this.#unsaved) this.#write(key, body);
      this.#unsaved.clear();
      this.#prune(now);
    });
  }

  /** Readers see an entry whole or not at all. */
  #write(key: string, body: string): void {
    const unfinished = join(this.#folder, `${randomUUID()}.tmp`);
    try {
      writeFileSync(unfinished, sealed(key, body), { mode: 0o600, flag: "wx" });
      renameSync(unfinished, this.#fileOf(key));
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  }

  #prune(now: number): void {
    const entries = readdirSync(this.#folder)
      .map((name) => join(this.#folder, name))
      .flatMap((file) => orNothing(() => [{ file, usedAt: statSync(file).mtimeMs }]) ?? [])
      .sort((left, right) => right.usedAt - left.usedAt);
    for (const [index, { file, usedAt }] of entries.entries()) {
      if (index >= keptEntries || now - usedAt > keptFor) rmSync(file, { force: true });
    }
  }

  #keyOf(stack: StackToEmit): string {
    return digest([this.#fingerprint, plainText(stack)]);
  }

  #fileOf(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

/** Another process may write, prune or mend at the same time, and the disk may be full, read-only or broken. */
function orNothing<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** An entry says of what it is, so that one under another's name, torn or edited, is none. */
function sealed(key: string, body: string): string {
  return `${digest([key, body])}\n${body}`;
}

/** @throws Error for a value that JSON would tell as another, and two stacks would share an emission */
function plainText(stack: StackToEmit): string {
  return JSON.stringify(stack, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return value;
    throw new Error("a plan is plain data");
  });
}

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}

/** A look at an entry is worth a write once a day. */
function markAsUsed(file: string): void {
  const now = new Date();
  if (now.getTime() - statSync(file).mtimeMs > day) utimesSync(file, now, now);
}

/** All that emission depends on besides the plan: our code, how it is compiled, the SDK, Node and the environment. */
export function fingerprintOf({ root, env, nodeVersion }: Surroundings): string {
  const sources = sourcesOf(root).flatMap((file) => [file, readFileSync(join(root, file))]);
  const settings = Object.entries(env).filter(([name]) => isReadBySdk(name));
  return digest([
    digest(sources),
    JSON.stringify(installedSdk(installedModules(root))),
    JSON.stringify(settings.sort(([left], [right]) => (left < right ? -1 : 1))),
    nodeVersion.split(".", 1).join(""),
  ]);
}

/**
 * Whether the SDK may read a variable where resources are made: Pulumi reads many, the AWS provider its Region where
 * none is given. Its secrets change no emission and are left out.
 */
export function isReadBySdk(name: string): boolean {
  if (name === "AWS_REGION" || name === "AWS_DEFAULT_REGION") return true;
  return name.startsWith("PULUMI_") && !/TOKEN|PASSPHRASE/.test(name);
}

const folders = ["infra", "packages", "rehearsal"];
const files = ["package.json", "tsconfig.json", "cli/project/evaluate.ts"];

/**
 * Every file that could be loaded by the process that emits, by its path from the root; a few more do no harm. Should the
 * program come to read anything else while it emits, that belongs here or into what the recorder is told.
 */
function sourcesOf(root: string): string[] {
  const found = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((path) => /\.(?:[cm]?[jt]s|json)$/.test(path) && !path.includes("node_modules"));
  return [...files, ...found].sort();
}

/** A rename shows in the time of the file's own change only, not in that of its content. */
function lastChangeOf({ root }: Surroundings): number {
  return sourcesOf(root).reduce((last, file) => Math.max(last, statSync(join(root, file)).ctimeMs), 0);
}

/** The `node_modules` that has the project's SDK. */
function installedModules(root: string): string {
  const places = createRequire(join(root, "package.json")).resolve.paths("@pulumi/pulumi") ?? [];
  const modules = places.find((place) => existsSync(join(place, "@pulumi/pulumi/package.json")));
  if (modules === undefined) throw new Error("the SDK is not installed");
  return modules;
}

const manifest = z.object({ version: z.string() });

function installedSdk(modules: string): readonly { readonly name: string; readonly version: string }[] {
  const scope = join(modules, "@pulumi");
  return readdirSync(scope)
    .sort()
    .map((name) => ({ name, file: join(scope, name, "package.json") }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => ({ name, ...manifest.parse(JSON.parse(readFileSync(file, "utf8"))) }));
}
