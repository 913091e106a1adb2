import { type Command, InvalidArgumentError, Option } from "commander";
import { type Registry, suggest } from "../../infra/registry/index.js";
import { planTopology, type StackPlan, type Topology } from "../../infra/topology/index.js";
import type { AccountSession } from "../../operations/aws/session.js";
import { type StayReason, stayReasons } from "../../operations/dead-letters/fate.js";
import { type Choice, isChosen, isEmpty } from "../../operations/dead-letters/plan.js";
import { type AccessOptions, openAccounts, sessionOf } from "../access.js";
import { requireConsent } from "../confirm.js";
import { CallError } from "../errors.js";
import { type Deed, handleLetters } from "../handle-letters.js";
import { untilInterrupted } from "../interrupt.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { readDuration } from "../time.js";
import { profileOption, readCount, yesOption } from "./access-options.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

interface DeadLettersOptions extends RegistryOptions, AccessOptions {
  readonly redrive?: boolean;
  readonly discard?: boolean;
  readonly to?: string;
  readonly queue: "dead-letters" | "encryption-failures";
  readonly rule: readonly string[];
  readonly error: readonly string[];
  readonly contract: readonly string[];
  readonly id: readonly string[];
  readonly reason: readonly StayReason[];
  readonly olderThan?: string;
  readonly alsoTo: readonly string[];
  readonly again?: boolean;
  readonly all?: boolean;
  readonly limit?: number;
  readonly yes?: boolean;
}

const manyLetters = 1_000;

export function addDeadLettersCommand(program: Command): void {
  program
    .command("dead-letters")
    .description(
      "show what an account's dead-letter queue holds and why; --redrive gives the events back to the one who lacks them, --discard throws letters away",
    )
    .argument("<account>", "account whose queue it is; the backbone's holds what forwards could not deliver")
    .option(
      "--redrive",
      "put the events back, each under a new id, and delete a letter after its event was accepted; exits with 1 if any letter that was asked for is left",
    )
    .option("--discard", "write letters to the file --to and delete them; needs at least one choice")
    .option("--to <file>", "file that discarded letters are added to, one line of JSON each")
    .addOption(
      new Option("--queue <name>", "which queue of the account")
        .choices(["dead-letters", "encryption-failures"])
        .default("dead-letters"),
    )
    .addOption(repeatable("--rule <name>", "choose letters of a rule, by name or ARN"))
    .addOption(repeatable("--error <code>", "choose letters with an error code"))
    .addOption(
      repeatable("--contract <key>", "choose letters with events of a contract: orders/Order.Created"),
    )
    .addOption(repeatable("--id <id>", "choose a letter by the id of its event or message"))
    .addOption(
      new Option(
        `--reason <reason>`,
        `choose letters that stay for a reason: ${Object.keys(stayReasons).join(", ")}`,
      )
        .argParser((text: string, known: readonly StayReason[]) => [...known, readReason(text)])
        .default([], "all"),
    )
    .option("--older-than <time>", "choose letters that are in the queue for so long: 2h, 3d")
    .addOption(
      repeatable("--also-to <rule>", "let this rule of the local bus see redriven events too").default(
        [],
        "none",
      ),
    )
    .option(
      "--again",
      "also redrive what may have reached its bus by an earlier run, and what has come back twice; --yes does not answer that",
    )
    .option("--all", "show a row for each letter, and each letter that went well")
    .option("--limit <number>", `letters to choose, at most (default: ${manyLetters})`, readCount)
    .addOption(yesOption())
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ environment, account, queue, total, ended, problem?, lost?: { letters, hiddenUntil }, letters: [{ messageId, sentAt?, ageSeconds?, expiresAt?, errorCode?, errorMessage?, retryAttempts?, exhaustedRetryCondition?, rule?, target?, eventId?, eventTime?, source?, detailType?, redriven?, goesTo?, alsoSeenBy?, sentBefore?, stays?, staysBecause?, detail? }], hidden?: { messages, until, problem }, redrive?: { complete, left, agreed, redriven, cleared, undeleted, refused, uncertain, notSent, untouched, stopped? }, discard?: { complete, agreed, file, discarded, undeleted, untouched, stopped? } }",
      ),
    )
    .action(async (account: string, options: DeadLettersOptions) => {
      const deed = readDeed(options);
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      requireAccount(registry, account);
      requireContracts(registry, options.contract);
      const topology = planTopology(registry, environment);
      const plan = planOf(topology, account);
      const queue = queueOf(plan, options.queue);
      if (options.alsoTo.length > 0 && plan.kind === "backbone") {
        throw new CallError(
          `--also-to: the letters of "${account}" go to local buses that have not seen them; leave it out`,
        );
      }
      const choice = readChoice(options, new Date());
      if (deed.kind === "discard" && isEmpty(choice)) {
        throw new CallError(
          "--discard: say which letters: --reason, --rule, --error, --contract, --id or --older-than",
        );
      }
      const sessions = await openAccounts(source, environment, [account], options);
      const session = sessionOf(sessions, account);
      const role = await takeOn(session, plan, deed, queue.isEncryptionQueue);
      try {
        await untilInterrupted((signal) =>
          handleLetters({
            session,
            role,
            registry,
            topology,
            account: plan,
            queue,
            deed,
            choice,
            isChosen: (letter) => isChosen(choice, registry, letter),
            alsoTo: options.alsoTo,
            limit: options.limit ?? manyLetters,
            isLimitGiven: options.limit !== undefined,
            again: options.again === true,
            all: options.all === true,
            consent: options,
            context: {
              environment: environment.name,
              registry: options.registry,
              profile: options.profile,
            },
            signal,
          }),
        );
      } finally {
        role.close();
        session.close();
      }
    });
}

/** What changes the queue is done by the redrive role; before anything is asked, it is known to be there. */
async function takeOn(
  session: AccountSession,
  { redrive }: StackPlan,
  { kind }: Deed,
  isEncryptionQueue: boolean,
): Promise<AccountSession> {
  // The role is for dead letters; the other queue is its administrators'.
  return kind === "list" || isEncryptionQueue ? session : session.takeOn(redrive.roleArn);
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`)
    .argParser((text: string, known: readonly string[]) => [...known, text])
    .default([], "all");
}

function readReason(text: string): StayReason {
  const reason = reasons.find((known) => known === text);
  if (reason === undefined) throw new InvalidArgumentError(`write one of ${reasons.join(", ")}.`);
  return reason;
}

const reasons = Object.keys(stayReasons).flatMap((key): StayReason[] => (isReason(key) ? [key] : []));

function isReason(text: string): text is StayReason {
  return Object.hasOwn(stayReasons, text);
}

function readDeed(options: DeadLettersOptions): Deed {
  const { redrive = false, discard = false, to, queue } = options;
  if (redrive && discard)
    throw new CallError("--redrive and --discard are two things: do one, then the other");
  if (to !== undefined && !discard) throw new CallError("--to names the file for --discard: add --discard");
  if (redrive && queue === "encryption-failures") {
    throw new CallError(
      "--redrive: letters of encryption-failures go nowhere by themselves, as no rule says where they belong; mend the key and let their owner publish them again",
    );
  }
  if (!redrive && !discard) return { kind: "list" };
  requireConsent(options, redrive ? "--redrive" : "--discard");
  if (redrive) return { kind: "redrive" };
  if (to === undefined) throw new CallError("--discard needs a file for what is thrown away: --to <file>");
  return { kind: "discard", file: to };
}

function readChoice(options: DeadLettersOptions, now: Date): Choice {
  const { rule, error, contract, id, reason, olderThan } = options;
  return {
    rules: rule,
    errors: error,
    contracts: contract,
    ids: id,
    reasons: reason,
    before:
      olderThan === undefined ? undefined : new Date(now.getTime() - readDuration("--older-than", olderThan)),
  };
}

function requireAccount(registry: Registry, account: string): void {
  if (registry.accounts.has(account)) return;
  throw new CallError(
    `no account is named "${account}"; ${suggest(account, [...registry.accounts.keys()], "name another")}`,
  );
}

function requireContracts({ contracts }: Registry, keys: readonly string[]): void {
  for (const key of keys) {
    if (contracts.has(key)) continue;
    const mend = suggest(
      key,
      [...contracts.keys()],
      "letters of contracts that are gone: --reason no-contract",
    );
    throw new CallError(`--contract: no contract is named "${key}"; ${mend}`);
  }
}

function planOf({ stacks }: Topology, account: string): StackPlan {
  const plan = stacks.get(account);
  if (plan === undefined) throw new Error(`no plan for account ${account}`);
  return plan;
}

function queueOf(
  { deadLetterQueue, encryption, environment }: StackPlan,
  name: DeadLettersOptions["queue"],
): { name: string; arn: string; isEncryptionQueue: boolean } {
  if (name === "dead-letters") return { ...deadLetterQueue, isEncryptionQueue: false };
  if (encryption !== undefined) return { ...encryption.failures, isEncryptionQueue: true };
  throw new CallError(`--queue: "${environment}" has no queue encryption-failures, as it has no encryption`);
}
