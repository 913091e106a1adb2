import { build, type BuildOptions, type Message, type Plugin } from "esbuild";
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Handler } from "../../../rehearsal/local/invoke.js";
import { messageOf } from "../../errors.js";

/** What became of a handler's code when it was last read. */
export interface Built {
  readonly handler: Handler | undefined;
  /** What is wrong with it; the code before it goes on. */
  readonly problem: string | undefined;
  /** Files of ours that it is made of: if one of them changes, it is to be read again. */
  readonly files: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Reads handlers anew, each time they are asked for: one module of all that is written here, which Node has not seen before.
 * What comes from a registry stays outside of it.
 */
export class HandlerFiles implements Disposable {
  readonly #root: string;
  /** Below the project, so that the packages are found from it. */
  readonly #folder: string;
  #count = 0;

  constructor(root: string) {
    this.#root = root;
    // Node remembers a module by its file: two of these in one process must not have one folder.
    const own = `dev-${process.pid}-${randomUUID().slice(0, 8)}`;
    this.#folder = join(root, "node_modules", ".cache", "event-backbone", own);
  }

  /** @param path from the root, as the registry has it */
  async read(path: string): Promise<Built> {
    const at = Date.now();
    const own = resolve(this.#root, path);
    try {
      const { outputFiles, metafile } = await build({
        ...reading(this.#root),
        entryPoints: [path],
        sourcemap: "inline",
        // The module stands elsewhere than what it is made of.
        sourceRoot: `${pathToFileURL(this.#root).href}/`,
        write: false,
        metafile: true,
      });
      const files = Object.keys(metafile.inputs).map((file) => resolve(this.#root, file));
      const exported = Object.values(metafile.outputs).flatMap(({ exports }) => exports);
      const handler = await this.#load(outputFiles[0]?.text ?? "");
      const problem =
        handler === undefined
          ? `${path}: exports no function "handler"; write: export const handler = consume(…)${exported.length === 0 ? "" : ` (it exports ${exported.join(", ")})`}`
          : undefined;
      return { handler, problem, files, at };
    } catch (error) {
      return { handler: undefined, problem: problemIn(path, error), files: [own], at };
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #load(code: string): Promise<Handler | undefined> {
    this.#count += 1;
    const file = join(this.#folder, `${this.#count}.mjs`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    const module: unknown = await inTime(import(/* @vite-ignore */ pathToFileURL(file).href));
    const handler: unknown =
      typeof module === "object" && module !== null && "handler" in module ? module.handler : undefined;
    return isHandler(handler) ? handler : undefined;
  }
}

/** Milliseconds. */
const longestLoading = 10_000;

/** A module that waits for ever at its top would hold up all that is read after it. */
async function inTime(loading: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error("it does not finish loading; does it await at its top what never comes?"));
    }, longestLoading);
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

const foreignStaysOutside: Plugin = {
  name: "foreign-stays-outside",
  setup: (building) => {
    building.onResolve({ filter: /^[^./]/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      // What this asks itself.
      if (pluginData === true || kind === "entry-point") return undefined;
      const { path: found, errors } = await building.resolve(path, {
        importer,
        kind,
        resolveDir,
        pluginData: true,
      });
      return errors.length > 0 || /[\\/]node_modules[\\/]/.test(found) ? { path, external: true } : undefined;
    });
  },
};

const reading = (root: string): BuildOptions => ({
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  outdir: ".",
  logLevel: "silent",
  plugins: [foreignStaysOutside],
});

function isHandler(value: unknown): value is Handler {
  return typeof value === "function";
}

/** The compiler's own messages say where; what a module throws when it is loaded says nothing of it. */
function problemIn(path: string, error: unknown): string {
  const errors: unknown = error instanceof Error && "errors" in error ? error.errors : undefined;
  if (!Array.isArray(errors)) return `${path}: cannot be loaded: ${messageOf(error)}`;
  return errors
    .filter(isMessage)
    .map(({ text, location }) =>
      location === null ? `${path}: ${text}` : `${location.file}:${location.line}: ${text}`,
    )
    .join("\n");
}

function isMessage(value: unknown): value is Pick<Message, "text" | "location"> {
  return typeof value === "object" && value !== null && "text" in value && "location" in value;
}

/**
 * The files of ours that a module is made of.
 * @param before what it was made of, if it cannot be read now
 */
export async function sourcesOf(
  root: string,
  file: string,
  before: readonly string[],
): Promise<readonly string[]> {
  try {
    const { metafile } = await build({ ...reading(root), entryPoints: [file], metafile: true, write: false });
    return Object.keys(metafile.inputs).map((path) => resolve(root, path));
  } catch {
    return [file, ...before];
  }
}
