import { type BuildOptions, type BuildResult, buildSync, type Message } from "esbuild";
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

/**
 * Bundles handlers for Lambda, but for the AWS SDK, which its runtime brings along. As a CommonJS module, since only
 * `require` looks where the runtime keeps it (NODE_PATH).
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html
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
  const bundles = new Map<string, Bundle>();
  if (found.length > 0) {
    const {
      metafile: { outputs },
      outputFiles,
    } = build(root, found, bundled, problems);
    for (const { path, contents, text } of outputFiles) {
      const sha256 = createHash("sha256").update(contents).digest("base64");
      bundles.set(outputs[relative(root, path)]?.entryPoint ?? "", { code: text, sha256 });
    }
    // What a CommonJS module exports is known when it runs; of the file itself it can be read.
    const modules = build(root, found, { bundle: false, format: "esm" }, []);
    for (const { entryPoint = "", exports } of Object.values(modules.metafile.outputs)) {
      if (exports.includes("handler")) continue;
      const instead = exports.length === 0 ? "" : ` (it exports ${exports.join(", ")})`;
      problems.push(
        `${entryPoint}: exports no "handler"${instead}; write: export const handler = consume(contract(…), async (detail) => { … })`,
      );
    }
  }
  if (problems.length > 0) throw new HandlerError(problems);
  return bundles;
}

const bundled = {
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  supported: { "dynamic-import": false },
  external: ["@aws-sdk/*"],
  minify: true,
  legalComments: "none",
} as const satisfies BuildOptions;

type Build = Pick<BuildResult<{ write: false; metafile: true }>, "metafile" | "outputFiles">;

const nothing: Build = { metafile: { inputs: {}, outputs: {} }, outputFiles: [] };

function build(
  root: string,
  entryPoints: readonly string[],
  options: BuildOptions,
  problems: string[],
): Build {
  try {
    return buildSync({
      ...options,
      absWorkingDir: root,
      entryPoints: [...entryPoints],
      outdir: "bundles",
      outbase: ".",
      logLevel: "silent",
      write: false,
      metafile: true,
    });
  } catch (error) {
    problems.push(...messagesOf(error));
    return nothing;
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
