import type { Command } from "commander";
import { randomBytes } from "node:crypto";
import { concurrentReplays } from "../../infra/aws/limits.js";
import type { Registry } from "../../infra/registry/index.js";
import { planTopology, type StackPlan, type Topology } from "../../infra/topology/index.js";
import type { AccountSession } from "../../operations/aws/session.js";
import type { ReplayProgress } from "../../operations/replay.js";
import type { RuleList } from "../../operations/rules.js";
import { inParallel, systemClock } from "../../operations/run.js";
import { type AccessOptions, openAccounts, openWhatOpens, sessionOf } from "../access.js";
import type { CommandContext } from "../command-line.js";
import { confirm, requireConsent } from "../confirm.js";
import { CallError, Failure } from "../errors.js";
import { untilInterrupted } from "../interrupt.js";
import { loadRegistry, type RegistrySource, selectEnvironment } from "../project.js";
import { namedRules, planReplay, type ReplayPlan, seenAgain, warningsOf } from "../replay-plan.js";
import { ReplayProgressLine } from "../replay-progress.js";
import {
  renderReplayEnd,
  renderReplayList,
  renderReplayPlan,
  type ReplayFacts,
  replaysToJson,
  replayToJson,
} from "../report/replay.js";
import { readDuration, readTime } from "../time.js";
import { writeJson, writeText } from "../write.js";
import { collect, profileOption, requireKnown, yesOption } from "./access-options.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

interface ReplayOptions extends RegistryOptions, AccessOptions {
  readonly from?: string;
  readonly to?: string;
  readonly contract?: string;
  readonly account?: string;
  readonly toRule?: readonly string[];
  readonly dryRun?: boolean;
  readonly follow?: string;
  readonly list?: boolean;
  readonly cancel?: string;
  readonly poll: string;
  readonly yes?: boolean;
}

export function addReplayCommand(program: Command): void {
  program
    .command("replay")
    .description(
      "deliver archived events again: of the global bus to the accounts you choose, of a bus to its rules",
    )
    .option(
      "--from <time>",
      "first moment by the events' own time: ISO 8601 with a zone, or how long ago (2h)",
    )
    .option("--to <time>", "last moment, as --from; or now")
    .option("--contract <key>", "replay the rules that carry this contract (they carry their others too)")
    .option(
      "--account <name>",
      "deliver again to this account only; the backbone's own account: to the log of the global bus; with --to-rule, --list, --follow and --cancel: whose archive it is",
    )
    .option(
      "--to-rule <rule>",
      "replay the archive of --account (archive.local) to this rule on its bus only; may be given several times",
      collect,
    )
    .option("--dry-run", "only say what would be delivered again, and to whom")
    .option("--list", "start nothing; list the replays of the archive of the global bus, or of --account")
    .option("--follow <replay>", "start nothing; follow a replay that runs already")
    .option("--cancel <replay>", "end a replay early; what it has delivered stays delivered")
    .option("--poll <time>", "how long between two looks at the replay", "10s")
    .addOption(yesOption())
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ environment, account, archive, archiveState: { state, reason?, events?, retentionDays, createdAt? }, from, to, rules: [{ name, arn, account, wanted: [contract], besides: [contract] }], seenAgain: [{ account, rules?: [{ name, state, certain }], because? }], warnings, replay?: { name, state, reason?, from?, to?, reached? } }; with --list { environment, archive, replays }; with --follow and --cancel { replay }",
      ),
    )
    .addHelpText(
      "after",
      [
        "",
        `AWS runs ${concurrentReplays} replays at a time in an account and Region.`,
        "Exits with 0 if AWS says that the replay is completed (or cancelled, with --cancel), with 1 if not.",
      ].join("\n"),
    )
    .action(async (options: ReplayOptions) => {
      const isStart = modeOf(options) === "start";
      if (isStart && options.dryRun !== true) requireConsent(options, "a replay");
      const pollMilliseconds = readDuration("--poll", options.poll);
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      if (options.contract !== undefined) {
        requireKnown("--contract", "contract", options.contract, registry.contracts);
      }
      if (options.account !== undefined) {
        requireKnown("--account", "account", options.account, registry.accounts);
      }
      const topology = planTopology(registry, environment);
      const plan = isStart ? readPlan(registry, topology, options) : undefined;
      const owner = plan?.owner ?? topology.stacks.get(options.account ?? registry.backbone);
      if (owner === undefined) throw new Error("no stack for an account of the registry");
      const sessions = await openAccounts(source, environment, [owner.account], options);
      const session = sessionOf(sessions, owner.account);
      const context = { environment: environment.name, registry: options.registry, profile: options.profile };
      try {
        await untilInterrupted((signal) =>
          run({ source, topology, session, owner, plan, pollMilliseconds, signal, options, context }),
        );
      } finally {
        session.close();
      }
    });
}

type Mode = "start" | "list" | "follow" | "cancel";

/** @throws CallError if several things are asked for at once */
function modeOf({ list, follow, cancel, from, to, toRule, contract, dryRun }: ReplayOptions): Mode {
  const asked: Mode[] = [
    ...(list === true ? (["list"] as const) : []),
    ...(follow === undefined ? [] : (["follow"] as const)),
    ...(cancel === undefined ? [] : (["cancel"] as const)),
  ];
  const [mode] = asked;
  const isStart = [from, to, toRule, contract, dryRun].some((option) => option !== undefined);
  if (asked.length > 1 || (mode !== undefined && isStart)) {
    throw new CallError(
      "--list, --follow and --cancel are about replays that run already: name one of them, without --from, --to, --contract, --to-rule and --dry-run",
    );
  }
  return mode ?? "start";
}

/** @throws CallError for times and rules that cannot be meant */
function readPlan(registry: Registry, topology: Topology, options: ReplayOptions): ReplayPlan {
  const { from, to } = options;
  if (from === undefined || to === undefined) {
    throw new CallError("a replay needs --from and --to; or --follow, to follow one that runs");
  }
  const now = new Date();
  const times = { from: readTime("--from", from, now), to: readTime("--to", to, now) };
  if (times.from >= times.to) throw new CallError("--from must be before --to");
  if (times.to > now) throw new CallError("--to is in the future, of which nothing is archived");
  return planReplay(registry, topology, options, times);
}

interface Run {
  readonly source: RegistrySource;
  readonly topology: Topology;
  /** Of the account whose archive it is. */
  readonly session: AccountSession;
  readonly owner: StackPlan;
  /** Undefined if nothing is to be started. */
  readonly plan: ReplayPlan | undefined;
  readonly pollMilliseconds: number;
  readonly signal: AbortSignal;
  readonly options: ReplayOptions;
  readonly context: CommandContext;
}

async function run(call: Run): Promise<void> {
  const { plan, options } = call;
  if (options.list === true) return list(call);
  if (options.cancel !== undefined) return cancel(call, options.cancel);
  if (options.follow !== undefined) return follow(call, options.follow, undefined);
  if (plan === undefined) throw new Error("neither a plan nor a replay to follow");
  const facts = await factsOf(call, plan);
  const explanation = renderReplayPlan(facts);
  if (options.json) process.stderr.write(`${explanation}\n`);
  else await writeText(explanation);
  const isAgreed = options.dryRun !== true && (await confirm(options, "Start this replay?", call.signal));
  if (isAgreed) return start(call, facts);
  if (options.json) await writeJson(replayToJson(facts, undefined));
  else await writeText("Nothing was started.");
}

async function list({ session, owner, topology, options }: Run): Promise<void> {
  const { describeArchive, listReplays } = await import("../../operations/replay.js");
  const name = owner.archive?.name ?? owner.bus.name;
  const { arn } = await describeArchive(session, name);
  const replays = await listReplays(session, arn);
  if (options.json) await writeJson(replaysToJson(topology.environment.name, name, replays));
  else await writeText(renderReplayList(name, replays));
}

async function cancel({ session, owner, options, context }: Run, name: string): Promise<void> {
  const { cancelReplay } = await import("../../operations/replay.js");
  const progress = await cancelReplay(session, name);
  if (options.json) await writeJson(replayToJson(undefined, { name, ...progress }));
  else await writeText(renderReplayEnd(name, progress, owner.account, context));
  if (!["CANCELLING", "CANCELLED"].includes(progress.state)) throw new Failure("");
}

async function factsOf(call: Run, plan: ReplayPlan): Promise<ReplayFacts> {
  const { source, topology, session, owner, options } = call;
  const { registry } = source;
  const { environment } = topology;
  const { describeArchive } = await import("../../operations/replay.js");
  const { askForRules } = await import("../../operations/rules.js");
  const archive = await describeArchive(session, plan.archive);
  const warnings = warningsOf(plan, archive, new Date());
  if (plan.toRules.length === 0) {
    const lists = await rulesOfReceivers(call, plan, options);
    return {
      plan,
      archive,
      rules: plan.rules,
      seenAgain: seenAgain(registry, environment, plan.rules, lists),
      warnings,
    };
  }
  const ruleList = await askForRules(session, owner.bus.name);
  const rules = namedRules(registry, environment, plan, ruleList);
  const standing = ruleList.kind === "listed" ? ruleList.rules : [];
  const named = standing.filter(({ name }) => plan.toRules.includes(name));
  return {
    plan,
    archive,
    rules,
    seenAgain: [
      ruleList.kind === "unknown"
        ? { account: owner.account, rules: undefined, because: ruleList.because }
        : {
            account: owner.account,
            rules: named.map(({ name, isEnabled }) => ({
              name,
              state: isEnabled ? ("enabled" as const) : ("disabled" as const),
              certain: true,
            })),
          },
    ],
    warnings: [
      ...warnings,
      ...named.flatMap(({ name, isEnabled }) =>
        isEnabled ? [] : [`rule ${name} is disabled, so it gets nothing; enable it first`],
      ),
    ],
  };
}

/** Rules on the buses of the members that are delivered to; whom one may not ask is named. */
async function rulesOfReceivers(
  { source, topology }: Run,
  { rules, owner }: ReplayPlan,
  options: ReplayOptions,
): Promise<ReadonlyMap<string, RuleList>> {
  const { askForRules } = await import("../../operations/rules.js");
  const members = [...new Set(rules.map(({ account }) => account))].filter(
    (account) => account !== owner.account,
  );
  const { sessions, closed } = await openWhatOpens(source, topology.environment, members, options);
  try {
    const lists = await inParallel(members, async (account): Promise<readonly [string, RuleList]> => {
      const session = sessions.get(account);
      return session === undefined
        ? [account, { kind: "unknown", because: closed.get(account) ?? "" }]
        : [account, await askForRules(session, topology.stacks.get(account)?.bus.name ?? "")];
    });
    return new Map(lists);
  } finally {
    for (const session of sessions.values()) session.close();
  }
}

async function start(call: Run, facts: ReplayFacts): Promise<void> {
  const { session, owner, options } = call;
  const { startReplay } = await import("../../operations/replay.js");
  // The prefix keeps environments that share an account apart, the random part two replays of one second.
  const name = `${owner.bus.name.slice(0, 40)}-${Math.floor(Date.now() / 1_000)}-${randomBytes(4).toString("hex")}`;
  await startReplay(session, {
    name,
    archiveArn: facts.archive.arn,
    bus: owner.bus.arn,
    ruleArns: facts.rules.map(({ arn }) => arn),
    from: facts.plan.from,
    to: facts.plan.to,
  });
  const told = `Replay ${name} has been started.`;
  if (options.json) process.stderr.write(`${told}\n`);
  else await writeText(told);
  await follow(call, name, facts);
}

async function follow(call: Run, name: string, facts: ReplayFacts | undefined): Promise<void> {
  const { session, owner, pollMilliseconds, signal, options, context } = call;
  const { followReplay } = await import("../../operations/replay.js");
  const line = new ReplayProgressLine();
  const end: ReplayProgress = await followReplay(session, name, {
    pollMilliseconds,
    clock: systemClock,
    signal,
    progress: (progress) => {
      line.report(progress);
    },
  });
  line.end();
  if (options.json) await writeJson(replayToJson(facts, { name, ...end }));
  else await writeText(renderReplayEnd(name, end, owner.account, context));
  if (end.state !== "COMPLETED") throw new Failure("");
}
