import type { Environment } from "../infra/registry/index.js";
import type { AccountSession } from "../operations/aws/session.js";
import { inParallel, OperationError } from "../operations/run.js";
import { CallError } from "./errors.js";
import type { RegistrySource } from "./project.js";
import { type Stack, stacksOf } from "./stacks.js";

/** Options of every command that talks to AWS. */
export interface AccessOptions {
  readonly profile?: string;
}

/**
 * Opens accounts of an environment with the credentials each needs; every one of them has been seen to be the
 * account that the registry says.
 * @throws CallError if roles are encrypted and no profile is named
 * @throws OperationError if credentials are missing, or of another account
 */
export async function openAccounts(
  source: RegistrySource,
  environment: Environment,
  accounts: readonly string[],
  options: AccessOptions,
): Promise<ReadonlyMap<string, AccountSession>> {
  const open = await opener(source, environment, accounts, options);
  const sessions = await inParallel(accounts, open);
  return new Map(sessions.map((session) => [session.account, session]));
}

/** The accounts that could be opened, and why the others could not. */
export interface OpenedAccounts {
  readonly sessions: ReadonlyMap<string, AccountSession>;
  readonly closed: ReadonlyMap<string, string>;
}

/** As {@link openAccounts}, for those who can do with some of them. */
export async function openWhatOpens(
  source: RegistrySource,
  environment: Environment,
  accounts: readonly string[],
  options: AccessOptions,
): Promise<OpenedAccounts> {
  const open = await opener(source, environment, accounts, options);
  const sessions = new Map<string, AccountSession>();
  const closed = new Map<string, string>();
  await inParallel(accounts, async (account) => {
    try {
      sessions.set(account, await open(account));
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      closed.set(account, error.message);
    }
  });
  return { sessions, closed };
}

/** Loads the SDK, which takes its time: only commands that need it come here. */
async function opener(
  source: RegistrySource,
  environment: Environment,
  accounts: readonly string[],
  { profile }: AccessOptions,
): Promise<(account: string) => Promise<AccountSession>> {
  const stacks = stacksOf(source, environment).stacks.filter(({ account }) => accounts.includes(account));
  if (profile === undefined) refuseEncrypted(stacks, environment);
  // The SDK tells whoever runs a redrive at night which Node it will want next year; that is for package.json.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { openSession } = await import("../operations/aws/session.js");
  return (account) =>
    openSession(
      {
        account,
        accountId: environment.accountIds.get(account) ?? "",
        region: environment.region,
        assumeRoles: stacks.find((stack) => stack.account === account)?.assumeRoles ?? [],
      },
      profile === undefined ? {} : { profile },
    );
}

/** Only the engine can decrypt. A profile leads into the account by itself: the roles are not needed then. */
function refuseEncrypted(stacks: readonly Stack[], { accountIds }: Environment): void {
  const problems = stacks.flatMap(({ stack, account, encrypted }) =>
    encrypted.length === 0
      ? []
      : [
          `stack "${stack}": ${encrypted.join(", ")} ${encrypted.length === 1 ? "is" : "are"} encrypted, and this command cannot decrypt; use --profile with a profile that is of account "${account}" (${accountIds.get(account) ?? ""}) by itself, as the stack's roles are then left out`,
        ],
  );
  if (problems.length > 0) throw new CallError(problems.join("\n"));
}

/** One of the accounts opened before. */
export function sessionOf(sessions: ReadonlyMap<string, AccountSession>, account: string): AccountSession {
  const session = sessions.get(account);
  if (session === undefined) throw new Error(`account ${account} has not been opened`);
  return session;
}
