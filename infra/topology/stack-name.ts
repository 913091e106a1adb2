import { type Registry, suggest } from "../registry/index.js";

/** Which account of which environment a stack deploys. */
export interface StackSelection {
  readonly account: string;
  readonly environment: string;
}

/** What a stack's configuration may say instead of its name. */
export interface StackOverrides {
  readonly account?: string | undefined;
  readonly environment?: string | undefined;
}

/** The stack's name or configuration names nothing in the registry. */
export class UnknownStackError extends Error {
  override readonly name = "UnknownStackError";
}

/** The stack of an account: its name alone in the default environment, `orders-dev` in others. */
export function stackName(registry: Registry, { account, environment }: StackSelection): string {
  return environment === registry.defaultEnvironment ? account : `${account}-${environment}`;
}

/**
 * Reads account and environment from a stack's name; configuration wins over the name.
 * @throws UnknownStackError naming the stacks that exist
 */
export function selectStack(
  registry: Registry,
  stack: string,
  overrides: StackOverrides = {},
): StackSelection {
  const named = readName(registry, stack);
  const environment = overrides.environment ?? named.environment;
  const account = overrides.account ?? named.account;

  if (!registry.environments.has(environment)) {
    const mend = suggest(environment, [...registry.environments.keys()], "add it to config/environments.ts");
    throw new UnknownStackError(`stack "${stack}": no environment is named "${environment}"; ${mend}`);
  }
  if (!registry.accounts.has(account)) {
    const where = overrides.account === undefined ? "" : ` (from the stack's configuration)`;
    const known = [...registry.environments.keys()].flatMap((name) =>
      [...registry.accounts.keys()].map((candidate) =>
        stackName(registry, { account: candidate, environment: name }),
      ),
    );
    const mend =
      overrides.account === undefined
        ? suggest(stack, known, "add the account to config/accounts.ts")
        : suggest(account, [...registry.accounts.keys()], "add it to config/accounts.ts");
    throw new UnknownStackError(`stack "${stack}": no account is named "${account}"${where}; ${mend}`);
  }
  if (registry.environments.get(environment)?.accountIds.has(account) !== true) {
    throw new UnknownStackError(
      `stack "${stack}": account "${account}" is not in "${environment}": its id there is null; write the id in config/environments.ts to bring it there`,
    );
  }
  return { account, environment };
}

/** Account and environment as the name gives them; both may hold hyphens, so a reading with a known account wins. */
function readName(registry: Registry, stack: string): StackSelection {
  const suffixed = [...registry.environments.keys()].flatMap((environment): StackSelection[] =>
    environment !== registry.defaultEnvironment && stack.endsWith(`-${environment}`)
      ? [{ account: stack.slice(0, -environment.length - 1), environment }]
      : [],
  );
  const unsuffixed = { account: stack, environment: registry.defaultEnvironment };
  const [guess = unsuffixed] = suffixed;
  return [...suffixed, unsuffixed].find(({ account }) => registry.accounts.has(account)) ?? guess;
}
