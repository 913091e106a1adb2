import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type Environment,
  inEnvironment,
  parseRegistry,
  type Registry,
  suggest,
} from "../../infra/registry/index.js";
import { CallError, messageOf } from "../errors.js";
import type { CommandContext } from "../terminal/command-line.js";

/** Folder of Pulumi.yaml; commands work from anywhere below it. */
export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What a registry's module says of every environment: the project's own, or one given with `--registry`. */
export interface RegistrySource {
  readonly registry: Registry;
  readonly isOwn: boolean;
  /** The module. */
  readonly file: string;
}

/** What a command is about: one environment. */
export interface Project {
  readonly source: RegistrySource;
  /** As it is in the environment. */
  readonly registry: Registry;
  readonly environment: Environment;
  /** What commands to run next have in common with this one. */
  readonly context: CommandContext;
}

/** Options that say so. */
export interface ProjectOptions {
  readonly env?: string;
  readonly registry?: string;
  readonly profile?: string;
}

/** @param choose the environment, where it hangs on more than its name */
export async function openProject(
  { env, registry, profile }: ProjectOptions,
  choose = (source: RegistrySource): Environment => selectEnvironment(source.registry, env),
): Promise<Project> {
  const source = await loadRegistry(registry);
  const environment = choose(source);
  return {
    source,
    registry: inEnvironment(source.registry, environment),
    environment,
    context: { environment: environment.name, registry, profile },
  };
}

/**
 * The same as its files say it now. What has been imported once is imported anew.
 * @throws CallError, RegistryError as they are wrong now
 */
export async function reopenProject({ source, environment, context }: Project): Promise<Project> {
  const { isOwn, file } = source;
  const reread = { ...(await loadRegistry(file)), isOwn };
  const same = selectEnvironment(reread.registry, environment.name);
  return { source: reread, registry: inEnvironment(reread.registry, same), environment: same, context };
}

/**
 * Loads the module and reads its export `registry`.
 * @throws CallError if there is no such module or export
 * @throws RegistryError with every mistake in it
 */
async function loadRegistry(path: string | undefined): Promise<RegistrySource> {
  const file = path === undefined ? join(projectFolder, "config", "index.ts") : resolve(path);
  if (!existsSync(file)) {
    throw new CallError(
      `--registry: there is no file ${path ?? file}; name a module that exports "registry"`,
    );
  }
  if (statSync(file).isDirectory())
    throw new CallError(`--registry: ${path ?? file} is a folder; name a module`);
  const module = await importModule(file, path);
  if (typeof module !== "object" || module === null || !("registry" in module)) {
    throw new CallError(
      `--registry: ${path ?? file} has no export named "registry"; write export const registry = …`,
    );
  }
  return { registry: parseRegistry(module.registry), isOwn: path === undefined, file };
}

/** A registry given by path may stand outside any package, where Node takes TypeScript for CommonJS and fails. */
async function importModule(file: string, path: string | undefined): Promise<unknown> {
  const shown = path ?? "config/index.ts";
  const url = pathToFileURL(file).href;
  try {
    if (path === undefined) return await import(url);
    const { tsImport } = await import("tsx/esm/api");
    const module: unknown = await tsImport(url, import.meta.url);
    return module;
  } catch (error) {
    throw new CallError(`${shown} cannot be loaded: ${messageOf(error)}`);
  }
}

/** @throws CallError naming the environments that exist */
export function selectEnvironment(
  { environments, defaultEnvironment }: Registry,
  name: string | undefined,
): Environment {
  const wanted = name ?? defaultEnvironment;
  const mend = "add it to config/environments.ts";
  return requireKnown(wanted, environments, "--env: no environment is named", mend);
}

/**
 * What is known by a name.
 * @param none how the sentence begins that says there is no such thing
 * @param mend what else can be done if no name is like it
 * @throws CallError naming what may be meant
 */
export function requireKnown<Thing>(
  name: string,
  known: ReadonlyMap<string, Thing>,
  none: string,
  mend = "name another",
): Thing {
  const thing = known.get(name);
  if (thing !== undefined) return thing;
  throw new CallError(`${none} "${name}"; ${suggest(name, [...known.keys()], mend)}`);
}

/** @throws CallError if the environment does not have the account */
export function requireAccount(
  { source, registry, environment }: Project,
  account: string,
  none = "no account is named",
): void {
  if (!registry.accounts.has(account) && source.registry.accounts.has(account)) {
    throw new CallError(
      `account "${account}" is not in "${environment.name}": its id there is null; name another, or another --env`,
    );
  }
  requireKnown(account, registry.accounts, none);
}
