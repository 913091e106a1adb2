import { buildSync, type BuildResult, type Message } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";

/** A handler with all that it imports, as one module: the same sources give the same bytes. */
export interface Bundle {
  readonly code: string;
  /** Of the code; base64, as Lambda writes it. */
  readonly sha256: string;
}

/** By the handler's path, as the registry has it. */
export type Bundles = ReadonlyMap<string, Bundle>;

/** What is wrong with handlers. */
export class HandlerError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      [
        `${problems.length === 1 ? "A handler" : "Handlers"} cannot be used:`,
        ...problems.map((one) => `  ${one}`),
      ].join("\n"),
    );
    this.name = "HandlerError";
    this.problems = problems;
  }
}

/** Modules of the SDK and of zod that were written for `require` ask for it. */
const banner = {
  js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
};

/**
 * Bundles handlers for Lambda, the AWS SDK included: which one a runtime brings along is AWS's choice, and not ours.
 * @param handlers paths from the root; each file exports `handler`
 * @throws HandlerError with everything that is wrong with any of them
 */
export function bundleHandlers(root: string, handlers: readonly string[]): Bundles {
  const paths = [...new Set(handlers)].sort();
  const missing = paths.filter((path) => !existsSync(join(root, path)));
  const found = paths.filter((path) => !missing.includes(path));
  const problems = missing.map(
    (path) => `${path}: there is no such file; write it, or mend the path in the subscription`,
  );
  const result = found.length === 0 ? undefined : build(root, found, problems);
  const bundles = new Map<string, Bundle>();
  for (const [name, { entryPoint, exports }] of Object.entries(result?.metafile.outputs ?? {})) {
    if (entryPoint === undefined) continue;
    if (!exports.includes("handler"))
      problems.push(
        `${entryPoint}: exports no "handler"; write: export const handler = consume(…)${exports.length === 0 ? "" : ` (it exports ${exports.join(", ")})`}`,
      );
    const file = result?.outputFiles.find(({ path }) => relative(root, path) === name);
    if (file !== undefined) {
      const sha256 = createHash("sha256").update(file.contents).digest("base64");
      bundles.set(entryPoint, { code: file.text, sha256 });
    }
  }
  if (problems.length > 0) throw new HandlerError(problems);
  return bundles;
}

type Build = BuildResult<{ write: false; metafile: true }>;

function build(root: string, entryPoints: readonly string[], problems: string[]): Build | undefined {
  try {
    return buildSync({
      absWorkingDir: root,
      entryPoints: [...entryPoints],
      outdir: "bundles",
      outbase: ".",
      bundle: true,
      platform: "node",
      target: "node22",
      format: "esm",
      minify: true,
      legalComments: "none",
      logLevel: "silent",
      banner,
      write: false,
      metafile: true,
    });
  } catch (error) {
    problems.push(...messagesOf(error));
    return undefined;
  }
}

function messagesOf(error: unknown): string[] {
  if (error instanceof Error && "errors" in error && Array.isArray(error.errors)) {
    return error.errors.filter(isMessage).map(({ text, location }) => {
      const at = location === null ? "" : `${location.file}:${location.line}: `;
      return `${at}${text}`;
    });
  }
  throw error;
}

function isMessage(value: unknown): value is Pick<Message, "text" | "location"> {
  return typeof value === "object" && value !== null && "text" in value && "location" in value;
}
