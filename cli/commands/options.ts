import { Option } from "commander";

/** Options that every command about a registry takes. */
export interface RegistryOptions {
  readonly env?: string;
  readonly registry?: string;
  readonly json?: boolean;
}

/** Options of commands that evaluate the program. */
export interface CacheOptions extends RegistryOptions {
  readonly cache?: boolean;
}

/** Options of commands that look at emitted resources. */
export interface PlanOptions extends CacheOptions {
  readonly plan?: string;
}

export const envOption = (): Option =>
  new Option("--env <name>", "environment (default: the registry's default environment)");
export const registryOption = (): Option =>
  new Option("--registry <file>", 'module that exports "registry" (default: config/index.ts)');
export const jsonOption = (shape: string): Option => new Option("--json", `print JSON: ${shape}`);
export const planOption = (): Option =>
  new Option(
    "--plan <file>",
    "read the emitted resources from a saved plan --json instead of evaluating the program",
  );
export const cacheOption = (): Option =>
  new Option(
    "--no-cache",
    "evaluate the program even if it has emitted the same before, and remember nothing",
  );
