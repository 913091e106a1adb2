import { Option } from "commander";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  CodeownersError,
  type OwnedFile,
  ownersOf,
  renderCodeowners,
  withCodeowners,
} from "../../views/codeowners.js";
import { CallError, Failure } from "../errors.js";
import { type Ownership, ownershipOf, pathIn, repositoryOf } from "../project/ownership.js";
import { backboneCommand } from "../terminal/command-line.js";
import { defineCommand, type SharedOptions } from "./command.js";

interface CodeownersOptions extends SharedOptions {
  readonly check?: boolean;
  readonly write?: boolean;
  readonly file?: string;
}

/** Where GitHub looks; the first that is there is the one it reads. */
const places = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

export const codeownersCommand = defineCommand<CodeownersOptions>({
  name: "codeowners",
  description: "say in CODEOWNERS who answers for which file, from the owners that the registry names",
  options: [
    new Option(
      "--write",
      "put it into the CODEOWNERS file, in the place of what stands there of it, or at the end",
    ),
    new Option("--check", "exit with 1 if the CODEOWNERS file does not say the same; for CI").conflicts(
      "write",
    ),
    new Option(
      "--file <file>",
      `the CODEOWNERS file (default: the first of ${places.join(", ")} in the repository)`,
    ),
  ],
  json: "{ file, upToDate, owned: [{ path, owners, of: [{ what, owner? }] }], problems: [text], text }",
  run: async ({ options, project, answer }) => {
    const { source, context } = await project();
    const repository = repositoryOf(source.file);
    const registry = pathIn(repository, source.file);
    const ownership = ownershipOf(source.registry, source.file, repository);
    const part = renderCodeowners(registry, ownership.files);
    const file = options.file === undefined ? codeownersOf(repository) : resolve(options.file);
    const shown = pathIn(repository, file);
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    const after = joined(before, registry, part, shown);
    const isSaid = ownership.problems.length === 0;
    const isWritten = options.write === true && isSaid;
    if (isWritten && after !== before) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, after);
    }
    const upToDate = isWritten || (isSaid && after === before);
    const holds = isSaid && (options.check !== true || upToDate);
    if (!holds && options.json !== true) {
      const again = [
        "codeowners",
        "--write",
        ...(options.file === undefined ? [] : ["--file", options.file]),
      ];
      const stale = `${shown} does not say what the registry says; put it right with ${backboneCommand(again, context)}`;
      throw new Failure(isSaid ? stale : ownership.problems.map((problem) => `error: ${problem}`).join("\n"));
    }
    await answer({
      json: () => toJson(ownership, { file: shown, upToDate, text: part }),
      text: () => {
        if (isWritten) return `${shown} says now what the registry says`;
        return options.check === true ? `${shown} says what the registry says` : part;
      },
    });
    return holds;
  },
});

function codeownersOf(repository: string): string {
  const paths = places.map((place) => join(repository, place));
  return paths.find((path) => existsSync(path)) ?? join(repository, ".github/CODEOWNERS");
}

function joined(before: string, registry: string, part: string, file: string): string {
  try {
    return withCodeowners(before, registry, part);
  } catch (error) {
    if (error instanceof CodeownersError) throw new CallError(`${file} ${error.message}`);
    throw error;
  }
}

function toJson(
  { files, problems }: Ownership,
  said: { readonly file: string; readonly upToDate: boolean; readonly text: string },
) {
  const owned = files.map((file: OwnedFile) => ({ path: file.path, owners: ownersOf(file), of: file.of }));
  return { file: said.file, upToDate: said.upToDate, owned, problems, text: said.text };
}
