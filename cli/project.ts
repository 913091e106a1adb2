import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Environment, parseRegistry, type Registry, suggest } from "../infra/registry/index.js";
import { CallError } from "./errors.js";

/** Folder of Pulumi.yaml; commands work from anywhere below it. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** The registry's module: the project's own, or one given with `--registry`. */
export interface RegistrySource {
  readonly registry: Registry;
  readonly isOwn: boolean;
}

/**
 * Loads the module and reads its export `registry`.
 * @throws CallError if there is no such module or export
 * @throws RegistryError with every mistake in it
 */
export async function loadRegistry(path: string | undefined): Promise<RegistrySource> {
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
  return { registry: parseRegistry(module.registry), isOwn: path === undefined };
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
    const message = error instanceof Error ? error.message : String(error);
    throw new CallError(`${shown} cannot be loaded: ${message}`);
  }
}

/** @throws CallError naming the environments that exist */
export function selectEnvironment(registry: Registry, name: string | undefined): Environment {
  const wanted = name ?? registry.defaultEnvironment;
  const environment = registry.environments.get(wanted);
  if (environment === undefined) {
    const mend = suggest(wanted, [...registry.environments.keys()], "add it to config/environments.ts");
    throw new CallError(`--env: no environment is named "${wanted}"; ${mend}`);
  }
  return environment;
}
