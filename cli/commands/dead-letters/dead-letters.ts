import { InvalidArgumentError, Option } from "commander";
import {
  planTopology,
  type PlannedForward,
  type StackPlan,
  type Topology,
} from "../../../infra/topology/index.js";
import type { AccountSession } from "../../../operations/aws/session.js";
import { type StayReason, stayReasons } from "../../../operations/dead-letters/stay-reasons.js";
import { type LetterQueue, letterQueuesOf } from "../../../operations/dead-letters/letter-queues.js";
import { type Choice, isEmpty } from "../../../operations/dead-letters/plan.js";
import { CallError } from "../../errors.js";
import { inParallel, OperationError } from "../../../operations/run.js";
import { inAccounts, inSomeAccounts, sessionOf, type Sessions } from "../../project/access.js";
import { requireAccount, requireKnown } from "../../project/registry.js";
import { redeployCommand } from "../../project/stacks.js";
import { requireConsent } from "../../terminal/confirm.js";
import { untilInterrupted } from "../../terminal/interrupt.js";
import { readDuration } from "../../terminal/time.js";
import { collect, defineCommand, readCount, type SharedOptions } from "../command.js";
import type { Deed } from "./handle.js";

interface DeadLettersOptions extends SharedOptions {
  readonly redrive?: boolean;
  readonly discard?: boolean;
  readonly to?: string;
  readonly queue: string;
  readonly rule: readonly string[];
  readonly error: readonly string[];
  readonly contract: readonly string[];
  readonly id: readonly string[];
  readonly reason: readonly StayReason[];
  readonly olderThan?: string;
  readonly alsoTo: readonly string[];
  readonly without: readonly string[];
  readonly again?: boolean;
  readonly all?: boolean;
  readonly limit?: number;
}

const manyLetters = 1_000;

export const deadLettersCommand = defineCommand<DeadLettersOptions>({
  name: "dead-letters",
  description:
    "show what an account's dead-letter queue holds and why; --redrive gives the events back to the one who lacks them, --discard throws letters away",
  argument: ["<account>", "account whose queue it is: that of the bus whose rule could not deliver"],
  options: [
    new Option(
      "--redrive",
      "put the events back, each under a new id, and delete a letter after its event was accepted; exits with 1 if any letter that was asked for is left",
    ),
    new Option("--discard", "write letters to the file --to and delete them; needs at least one choice"),
    new Option("--to <file>", "file that discarded letters are added to, one line of JSON each"),
    new Option(
      "--queue <name>",
      "which queue of the account: dead-letters, encryption-failures, or with <service>/<subscription> what the consumer of a subscription's queue gave up",
    ).default("dead-letters"),
    repeatable("--rule <name>", "choose letters of a rule, by name or ARN"),
    repeatable("--error <code>", "choose letters with an error code"),
    repeatable("--contract <key>", "choose letters with events of a contract: orders/Order.Created"),
    repeatable("--id <id>", "choose a letter by the id of its event or message"),
    new Option(
      `--reason <reason>`,
      `choose letters that stay for a reason: ${Object.keys(stayReasons).join(", ")}`,
    )
      .argParser((text: string, known: readonly StayReason[]) => [...known, readReason(text)])
      .default([], "all"),
    new Option("--older-than <time>", "choose letters that are in the queue for so long: 2h, 3d"),
    repeatable("--also-to <rule>", "let this rule of the local bus see redriven events too").default(
      [],
      "none",
    ),
    repeatable(
      "--without <rule>",
      "redrive an event of AWS, which no bus takes again, though this rule of the bus that lacks it goes without",
    ).default([], "none"),
    new Option(
      "--again",
      "also redrive what may have arrived by an earlier run, and what has come back twice; --yes does not answer that",
    ),
    new Option("--all", "show a row for each letter, and each letter that went well"),
    new Option("--limit <number>", `letters to choose, at most (default: ${manyLetters})`).argParser(
      readCount,
    ),
  ],
  takes: ["yes", "profile"],
  json: "{ environment, account, queue, total, ended, problem?, lost?: { letters, hiddenUntil, problem }, letters: [{ messageId, sentAt?, ageSeconds?, expiresAt?, errorCode?, errorMessage?, retryAttempts?, exhaustedRetryCondition?, receiveCount, rule?, target?, eventId?, eventTime?, source?, detailType?, redriven?, goesTo?, alsoSeenBy?, alsoGoesTo?, without?, sentBefore?, stays?, staysBecause?, detail? }], hidden?: { messages, until, problem }, givenUp?: [{ queue, letters? }], redrive?: { complete, left, agreed, redriven, cleared, undeleted, partly, refused, uncertain, notSent, untouched, stopped? }, discard?: { complete, agreed, file, discarded, undeleted, untouched, stopped? } }",
  run: async ({ args: [account = ""], options, project }) => {
    const deed = readDeed(options);
    const opened = await project();
    const { registry, environment, context } = opened;
    requireAccount(opened, account);
    for (const key of options.contract) {
      const mend = "letters of contracts that are gone: --reason no-contract";
      requireKnown(key, registry.contracts, "--contract: no contract is named", mend);
    }
    const topology = planTopology(opened.source.registry, environment);
    const plan = planOf(topology, account);
    const queue = queueOf(plan, options.queue);
    if (options.alsoTo.length > 0 && queue.kind === "given-up") {
      throw new CallError(
        `--also-to: the letters of ${queue.as} go to its own queue, where no rule sees them; leave it out`,
      );
    }
    if (options.alsoTo.length > 0 && plan.kind === "backbone") {
      throw new CallError(
        `--also-to: the letters of "${account}" go to local buses that have not seen them; leave it out`,
      );
    }
    if (options.without.length > 0 && (queue.kind !== "dead-letters" || !forwardsOfAws(plan).length)) {
      throw new CallError(
        `--without: no rule of "${account}" forwards events of AWS whose letters would be in ${queue.as}; leave it out`,
      );
    }
    const choice = readChoice(options, new Date());
    if (deed.kind === "discard" && isEmpty(choice)) {
      throw new CallError(
        "--discard: say which letters: --reason, --rule, --error, --contract, --id or --older-than",
      );
    }
    const receivers = queue.kind === "dead-letters" ? receiversOfAws(plan) : [];
    return inAccounts(opened, [account], (sessions) =>
      inSomeAccounts(opened, receivers, async (others, closed) => {
        const session = sessionOf(sessions, account);
        const { handleLetters } = await import("./handle.js");
        const role = await takeOn(session, plan, deed, queue);
        const roles = deed.kind === "redrive" ? await takeOnAll(others, topology) : noRoles;
        try {
          return await untilInterrupted((signal) =>
            handleLetters({
              session,
              role,
              registry,
              topology,
              account: plan,
              queue,
              deed,
              choice,
              receivers: others,
              givers: roles.open,
              closed: new Map([...closed, ...roles.closed]),
              alsoTo: options.alsoTo,
              without: options.without,
              limit: options.limit ?? manyLetters,
              isLimitGiven: options.limit !== undefined,
              again: options.again === true,
              all: options.all === true,
              consent: options,
              context,
              redeploy: redeployCommand(opened, account),
              signal,
            }),
          );
        } finally {
          role.close();
          for (const giver of roles.open.values()) giver.close();
        }
      }),
    );
  },
});

/** Other accounts to which it forwards events of AWS: only their redrive roles may give to their targets. */
function receiversOfAws(plan: StackPlan): string[] {
  const members = forwardsOfAws(plan).map(({ member }) => member);
  return [...new Set(members)].filter((member) => member !== plan.account);
}

function forwardsOfAws({ forwards }: StackPlan): PlannedForward[] {
  return forwards.filter(({ busName }) => busName !== undefined);
}

const noRoles = { open: new Map<string, AccountSession>(), closed: new Map<string, string>() };

/** The redrive roles of other accounts: their letters stay where one cannot be taken on. */
async function takeOnAll(sessions: Sessions, { stacks }: Topology): Promise<typeof noRoles> {
  const open = new Map<string, AccountSession>();
  const closed = new Map<string, string>();
  await inParallel([...sessions], async ([account, session]) => {
    try {
      open.set(account, await session.takeOn(stacks.get(account)?.redrive.roleArn ?? ""));
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      closed.set(account, error.message);
    }
  });
  return { open, closed };
}

/** What changes the queue is done by the redrive role; before anything is asked, it is known to be there. */
async function takeOn(
  session: AccountSession,
  { redrive }: StackPlan,
  { kind }: Deed,
  queue: LetterQueue,
): Promise<AccountSession> {
  // The role is for dead letters; what could not be encrypted is its administrators'.
  return kind === "list" || queue.kind === "encryption-failures" ? session : session.takeOn(redrive.roleArn);
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(collect).default([], "all");
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

function planOf({ stacks }: Topology, account: string): StackPlan {
  const plan = stacks.get(account);
  if (plan === undefined) throw new Error(`no plan for account ${account}`);
  return plan;
}

function queueOf(plan: StackPlan, name: string): LetterQueue {
  const queues = letterQueuesOf(plan);
  const queue = queues.find(({ as }) => as === name);
  if (queue !== undefined) return queue;
  if (name === "encryption-failures") {
    throw new CallError(
      `--queue: "${plan.environment}" has no queue encryption-failures, as it has no encryption`,
    );
  }
  throw new CallError(
    `--queue: "${plan.account}" has no queue of letters named "${name}"; there are: ${queues.map(({ as }) => as).join(", ")}`,
  );
}
