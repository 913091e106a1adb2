import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { byText, type Contract, groupBy, type Registry, type Service } from "../../infra/registry/index.js";
import type { Owned, OwnedFile } from "../../views/codeowners.js";
import { projectFolder } from "./registry.js";

/** Who answers for which file of a repository, as far as a registry says. */
export interface Ownership {
  /** By path. */
  readonly files: readonly OwnedFile[];
  /** What could not be said, each with the mend: a file that is not named would be nobody's without a word. */
  readonly problems: readonly string[];
}

/** The root of the repository that a file stands in; without one, of its project, or its folder. */
export function repositoryOf(file: string): string {
  return above(file, ".git") ?? above(file, "Pulumi.yaml") ?? dirname(file);
}

function above(path: string, mark: string): string | undefined {
  const folder = dirname(path);
  if (existsSync(join(folder, mark))) return folder;
  return folder === path ? undefined : above(folder, mark);
}

/** From the repository's root, with slashes. */
export function pathIn(repository: string, file: string): string {
  return relative(repository, file).split(sep).join("/");
}

/**
 * Finds the files of services and of the JSON Schemas of contracts. A service does not know its file. It is looked for by
 * what it says (its source, its detail-types) in the text of the modules that the registry is made of: what stands there
 * is what a review shows, wherever the folders and however many services a file holds.
 * @param file the registry's module
 */
export function ownershipOf(registry: Registry, file: string, repository: string): Ownership {
  const modules = modulesOf(file);
  const problems: string[] = [];
  const claims: (Owned & { readonly path: string })[] = [];
  const claim = (at: string, owned: Owned) => {
    const path = pathIn(repository, at);
    if (path.startsWith(".."))
      problems.push(`${owned.what} stands in ${at}, outside the repository ${repository}; move it there`);
    else claims.push({ path, ...owned });
  };
  for (const service of registry.services.values()) {
    const contracts = service.contracts.flatMap((key) => registry.contracts.get(key) ?? []);
    const own = contracts.filter(({ owner }) => owner !== undefined && owner !== service.owner);
    const found = modulesWith(service, contracts, modules);
    if (found.length === 0) problems.push(notFound(service, pathIn(repository, file)));
    else if (found.length > 1)
      problems.push(
        ambiguous(
          service,
          found.map(({ path }) => pathIn(repository, path)),
        ),
      );
    else
      for (const { path } of found) {
        claim(path, ownedBy(service.name, service.owner));
        for (const { key, owner } of own) claim(path, ownedBy(key, owner));
      }
    for (const { key, owner, detail } of contracts)
      for (const schema of detail.files) claim(schema, ownedBy(key, owner ?? service.owner));
  }
  const files = groupBy(claims, ({ path }) => path).map((group) => ({
    path: group[0].path,
    of: group.map(({ what, owner }) => ownedBy(what, owner)),
  }));
  return {
    files: files.sort((left, right) => byText(left.path, right.path)),
    problems: [...new Set(problems)],
  };
}

function ownedBy(what: string, owner: string | undefined): Owned {
  return owner === undefined ? { what } : { what, owner };
}

function notFound({ name, source }: Service, registry: string): string {
  return `no file of ${registry} and what it imports by a relative path says "${source}" and a detail-type of ${name}, so it cannot be said which file is the one of ${name}; write both in one file as they are`;
}

function ambiguous({ name, source }: Service, paths: readonly string[]): string {
  return `${[...paths].sort(byText).join(" and ")} all say "${source}" and the same detail-types, so it cannot be said which file is the one of ${name}; write them in one of the files only`;
}

interface Module {
  readonly path: string;
  readonly text: string;
  /** What stands before a colon without quotes. */
  readonly keys: ReadonlySet<string>;
}

/**
 * Those that say a service's source and its detail-types; where several say some of them, those that say the most. Events
 * of AWS from different accounts may have all of this alike: what their contracts are said to be tells them apart then.
 */
function modulesWith(
  { source, origin }: Service,
  contracts: readonly Contract[],
  modules: readonly Module[],
): Module[] {
  const counted = modules
    .filter(({ text }) => isQuoted(source, text))
    .map((module) => ({
      module,
      count: contracts.filter(
        ({ detailType }) => isQuoted(detailType, module.text) || module.keys.has(detailType),
      ).length,
      described: contracts.filter(({ description }) => isQuoted(description, module.text)).length,
    }));
  const most = Math.max(1, ...counted.map(({ count }) => count));
  const alike = counted.filter(({ count }) => count === most);
  const mostDescribed = origin === undefined ? 0 : Math.max(...alike.map(({ described }) => described));
  return alike.filter(({ described }) => described >= mostDescribed).map(({ module }) => module);
}

function isQuoted(word: string, text: string): boolean {
  return ['"', "'", "`"].some((quote) => text.includes(`${quote}${word}${quote}`));
}

/** The module and all that it imports by a relative path, however far around; the program's own are no part of it. */
function modulesOf(entry: string): Module[] {
  const modules = new Map<string, Module>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (modules.has(path) || path.startsWith(join(projectFolder, "infra", sep))) continue;
    const text = readFileSync(path, "utf8");
    const keys = new Set([...text.matchAll(/(?<![\w$.])([\w$]+)\s*:/g)].map(([, key = ""]) => key));
    modules.set(path, { path, text, keys });
    for (const [, specifier = ""] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']/g)) {
      const imported = fileOf(resolve(dirname(path), specifier));
      if (imported !== undefined) waiting.push(imported);
    }
  }
  return [...modules.values()];
}

/** TypeScript is imported by the name that its JavaScript would have. */
function fileOf(imported: string): string | undefined {
  const written = imported.replace(/\.([cm]?)js$/, ".$1ts");
  return [written, imported, `${imported}.ts`].find((path) => existsSync(path) && statSync(path).isFile());
}
