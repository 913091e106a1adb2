import type { Command } from "commander";
import type { AccountSession } from "../../operations/aws/session.js";
import type { PlannedLetter } from "../../operations/dead-letters/plan.js";
import type { SeenAgain } from "../../operations/dead-letters/seen-again.js";
import { suggest, type Registry } from "../../infra/registry/index.js";
import { planTopology, type StackPlan, type Topology } from "../../infra/topology/index.js";
import { matchEvent, parsePattern, readJson } from "../../rehearsal/simulator/index.js";
import { openAccounts, sessionOf, type AccessOptions } from "../access.js";
import { confirm, requireConsent } from "../confirm.js";
import { CallError, Failure } from "../errors.js";
import { untilInterrupted } from "../interrupt.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import {
  lettersToJson,
  renderLetters,
  renderRedrivePlan,
  renderRedriveResult,
} from "../report/dead-letters.js";
import { count } from "../table.js";
import { writeJson, writeText } from "../write.js";
import { profileOption, readCount, yesOption } from "./access-options.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

interface DeadLettersOptions extends RegistryOptions, AccessOptions {
  readonly redrive?: boolean;
  readonly limit: number;
  readonly yes?: boolean;
}

const manyLetters = 1_000;

export function addDeadLettersCommand(program: Command): void {
  program
    .command("dead-letters")
    .description(
      "show what an account's dead-letter queue holds and why; --redrive puts it back on the bus it belongs to",
    )
    .argument("<account>", "account whose queue it is; the backbone's holds what forwards could not deliver")
    .option(
      "--redrive",
      "put the events back, each under a new id, and delete every message whose event was accepted",
    )
    .option("--limit <number>", "messages to look at, at most", readCount, manyLetters)
    .addOption(yesOption())
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ environment, account, queue, total, letters: [{ messageId, ageSeconds, errorCode, rule, target, eventId, source, detailType, goesTo?, staysBecause? }], redrive?: { redriven, undeleted, refused, uncertain, untouched, stopped? } }",
      ),
    )
    .action(async (account: string, options: DeadLettersOptions) => {
      if (options.redrive === true) requireConsent(options, "--redrive");
      const source = await loadRegistry(options.registry);
      const environment = selectEnvironment(source.registry, options.env);
      requireAccount(source.registry, account);
      const topology = planTopology(source.registry, environment);
      const sessions = await openAccounts(source, environment, [account], options);
      const session = sessionOf(sessions, account);
      try {
        await run({ session, topology, account: planOf(topology, account), options });
      } finally {
        session.close();
      }
    });
}

function requireAccount(registry: Registry, account: string): void {
  if (registry.accounts.has(account)) return;
  throw new CallError(
    `no account is named "${account}"; ${suggest(account, [...registry.accounts.keys()], "name another")}`,
  );
}

function planOf({ stacks }: Topology, account: string): StackPlan {
  const plan = stacks.get(account);
  if (plan === undefined) throw new Error(`no plan for account ${account}`);
  return plan;
}

interface Run {
  readonly session: AccountSession;
  readonly topology: Topology;
  readonly account: StackPlan;
  readonly options: DeadLettersOptions;
}

async function run({ session, topology, account, options }: Run): Promise<void> {
  const { listLetters } = await import("../../operations/dead-letters/list.js");
  const { planLetters } = await import("../../operations/dead-letters/plan.js");
  const { queueUrl } = await import("../../operations/dead-letters/queue.js");
  await untilInterrupted(async (signal) => {
    const url = queueUrl(session, account.deadLetterQueue.name);
    const list = await withProgress("messages read", (progress) =>
      listLetters(session, url, { limit: options.limit, signal, progress }),
    );
    const letters = planLetters(topology, account, list.letters);
    const facts = { topology, account, letters, total: list.total, now: new Date() };
    if (options.redrive !== true) {
      if (options.json) await writeJson(lettersToJson(facts));
      else await writeText(renderLetters(facts));
      return;
    }

    const going = letters.filter(({ destination }) => destination.kind === "bus");
    const seenAgain = await whoSeesAgain(session, account, going);
    const explanation = [renderLetters(facts), renderRedrivePlan(facts, seenAgain)].join("\n");
    if (options.json) process.stderr.write(`${explanation}\n`);
    else await writeText(explanation);
    const isAgreed =
      going.length > 0 &&
      !signal.aborted &&
      (await confirm(options, `Send ${count(going.length, "letter")} again?`, signal));
    if (!isAgreed) {
      if (options.json) await writeJson(lettersToJson(facts));
      else if (going.length > 0) await writeText("Nothing was sent and nothing deleted.");
      return;
    }

    const { redrive } = await import("../../operations/dead-letters/redrive.js");
    const role = await session.takeOn(account.redrive.roleArn);
    try {
      const result = await withProgress("letters sent", (progress) =>
        redrive(role, url, going, { signal, progress }),
      );
      if (options.json) await writeJson({ ...lettersToJson(facts), redrive: result });
      else await writeText(renderRedriveResult(result, account.account));
      const isDone = result.redriven.length === going.length;
      if (!isDone) throw new Failure("");
    } finally {
      role.close();
    }
  });
}

async function withProgress<Result>(
  what: string,
  work: (progress: (done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  const progress = new Progress(what);
  try {
    return await work((done, total) => {
      progress.report(done, total);
    });
  } finally {
    progress.end();
  }
}

/** Forwards are another matter: what they could not deliver has not been on the local bus yet. */
async function whoSeesAgain(
  session: AccountSession,
  { kind, bus }: StackPlan,
  going: readonly PlannedLetter[],
): Promise<readonly SeenAgain[]> {
  if (kind === "backbone" || going.length === 0) return [];
  const { rulesThatSeeAgain } = await import("../../operations/dead-letters/seen-again.js");
  return rulesThatSeeAgain(session, bus.name, going, patternMatches);
}

/** By the rehearsal's own reading of the pattern language. */
function patternMatches(pattern: string, event: string): boolean | undefined {
  const parsed = parsePattern(pattern);
  const read = readJson(event);
  return parsed.ok && read.ok ? matchEvent(parsed.pattern, read.value) : undefined;
}
