import { type Environment, inEnvironment, type Registry, suggest } from "../../infra/registry/index.js";
import {
  selectStack,
  stackName,
  type StackSelection,
  type StackSettings,
  UnknownStackError,
} from "../../infra/topology/index.js";
import { CallError } from "../errors.js";
import { type Project, type RegistrySource, requireAccount, selectEnvironment } from "./registry.js";
import { readStackFiles } from "./stack-files.js";

/** A stack of the environment and how its configuration gets into the account. */
export interface Stack extends Pick<StackSettings, "assumeRoles" | "encrypted"> {
  readonly stack: string;
  readonly account: string;
}

export interface StackList {
  /** The backbone first, then the members by name. */
  readonly stacks: readonly Stack[];
  readonly warnings: readonly string[];
}

/**
 * The stacks that deploy an environment: one per account, under the name its stack file has, or the one that
 * follows from account and environment.
 * @throws UnknownStackError if two stack files deploy the same account
 */
export function stacksOf({ registry, isOwn }: RegistrySource, environment: Environment): StackList {
  const files = readStackFiles();
  const named = new Map<string, Stack>();
  const warnings: string[] = [];
  for (const [stack, settings] of files.named) {
    const selection = selectionOf(registry, stack, settings);
    if (selection instanceof UnknownStackError) {
      // A foreign registry has accounts of its own; the project's stack files are not about it.
      if (isOwn)
        warnings.push(`Pulumi.${stack}.yaml is left over: ${selection.message}`, ...settings.warnings);
      continue;
    }
    if (selection.environment !== environment.name) continue;
    const { account } = selection;
    const other = named.get(account);
    if (other !== undefined) {
      throw new UnknownStackError(
        `Pulumi.${stack}.yaml and Pulumi.${other.stack}.yaml both deploy account "${account}" of "${environment.name}"; remove one of the two`,
      );
    }
    named.set(account, { ...settings, stack, account });
    warnings.push(...settings.warnings);
  }
  const { backbone, members } = inEnvironment(registry, environment);
  const stacks = [backbone, ...members].map((account): Stack => {
    const stack = stackName(registry, { account, environment: environment.name });
    return named.get(account) ?? { ...files.unnamed(stack), stack, account };
  });
  return { stacks, warnings };
}

/**
 * Makes an account again as its stack says, whatever was changed or deleted by hand: without `--refresh` the engine
 * takes its own state for what is there, and does nothing.
 */
export function redeployCommand({ source, environment }: Project, account: string): string {
  const { stack = account } =
    stacksOf(source, environment).stacks.find((one) => one.account === account) ?? {};
  return `npx pulumi up --refresh -s ${stack}`;
}

function selectionOf(
  registry: Registry,
  stack: string,
  settings: StackSettings,
): StackSelection | UnknownStackError {
  try {
    return selectStack(registry, stack, settings);
  } catch (error) {
    if (error instanceof UnknownStackError) return error;
    throw error;
  }
}

/**
 * The environment of the accounts or stacks named: the one asked for; the default one, unless they are stacks
 * of another.
 * @throws CallError if the names are of several environments
 */
export function environmentOf(
  source: RegistrySource,
  wanted: readonly string[],
  asked: string | undefined,
): Environment {
  const standard = selectEnvironment(source.registry, asked);
  if (asked !== undefined) return standard;
  const named = wanted.flatMap((name) => {
    const environment = environmentNaming(source, standard, name);
    return environment === undefined ? [] : [{ name, environment }];
  });
  const [first = { environment: standard }] = named;
  if (named.every(({ environment }) => environment === first.environment)) return first.environment;
  const told = named.map(({ name, environment }) => `"${name}" is of "${environment.name}"`).join(", ");
  throw new CallError(`${told}; name stacks of one environment, or accounts with --env`);
}

/** An account is of every environment, and so means the default one. */
function environmentNaming(
  source: RegistrySource,
  standard: Environment,
  name: string,
): Environment | undefined {
  if (source.registry.accounts.has(name)) return standard;
  return [standard, ...source.registry.environments.values()].find((environment) =>
    stacksOf(source, environment).stacks.some(({ stack }) => stack === name),
  );
}

/** @throws CallError if a name is neither an account nor a stack of the environment */
export function selectStacks(
  project: Project,
  stacks: readonly Stack[],
  wanted: readonly string[],
): readonly Stack[] {
  if (wanted.length === 0) return stacks;
  for (const name of wanted) {
    if (stacks.some(({ stack, account }) => stack === name || account === name)) continue;
    if (project.source.registry.accounts.has(name)) requireAccount(project, name);
    const known = [...new Set(stacks.flatMap(({ stack, account }) => [account, stack]))];
    throw new CallError(`no account or stack is named "${name}"; ${suggest(name, known, "name another")}`);
  }
  return stacks.filter(({ stack, account }) => wanted.includes(stack) || wanted.includes(account));
}
