import type { Environment } from "../../infra/registry/index.js";
import type { AccountSession } from "../../operations/aws/session.js";
import { inParallel, OperationError } from "../../operations/run.js";
import { CallError } from "../errors.js";
import type { Project } from "./registry.js";
import { type Stack, stacksOf } from "./stacks.js";

/** Opened accounts by name. */
export type Sessions = ReadonlyMap<string, AccountSession>;

/**
 * Works in accounts of the environment, each opened with the credentials it needs and seen to be the account that the
 * registry says, and closes them.
 * @throws CallError if roles are encrypted and no profile is named
 * @throws OperationError if credentials are missing, or of another account
 */
export async function inAccounts<Result>(
  project: Project,
  accounts: readonly string[],
  work: (sessions: Sessions) => Promise<Result>,
): Promise<Result> {
  const sessions = await inParallel(accounts, await opener(project, accounts));
  return thenClose(new Map(sessions.map((session) => [session.account, session])), work);
}

/**
 * As {@link inAccounts}, for those who can do with some of them.
 * @param work is told which accounts could not be opened, and why
 */
export async function inSomeAccounts<Result>(
  project: Project,
  accounts: readonly string[],
  work: (sessions: Sessions, closed: ReadonlyMap<string, string>) => Promise<Result>,
): Promise<Result> {
  const open = await opener(project, accounts);
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
  return thenClose(sessions, () => work(sessions, closed));
}

async function thenClose<Result>(
  sessions: Sessions,
  work: (sessions: Sessions) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(sessions);
  } finally {
    for (const session of sessions.values()) session.close();
  }
}

/** Loads the SDK, which takes its time: only commands that need it come here. */
async function opener(
  project: Project,
  accounts: readonly string[],
): Promise<(account: string) => Promise<AccountSession>> {
  const { environment } = project;
  const { profile } = project.context;
  const stacks = stacksOf(project.source, environment).stacks.filter(({ account }) =>
    accounts.includes(account),
  );
  if (profile === undefined) refuseEncrypted(stacks, environment);
  // The SDK tells whoever runs a redrive at night which Node it will want next year; that is for package.json.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { openSession } = await import("../../operations/aws/session.js");
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
export function sessionOf(sessions: Sessions, account: string): AccountSession {
  const session = sessions.get(account);
  if (session === undefined) throw new Error(`account ${account} has not been opened`);
  return session;
}
