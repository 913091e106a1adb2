import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import { names } from "../../infra/aws/names.js";
import { suggest, type Registry } from "../../infra/registry/index.js";
import { planTopology, type BackbonePlan, type Topology } from "../../infra/topology/index.js";
import { systemClock } from "../../operations/clock.js";
import type { AccountSession } from "../../operations/aws/session.js";
import { selectRules } from "../../operations/replay/select-rules.js";
import type { ReplayProgress } from "../../operations/replay/replay.js";
import { openAccounts, sessionOf, type AccessOptions } from "../access.js";
import { confirm, requireConsent } from "../confirm.js";
import { CallError, Failure } from "../errors.js";
import { untilInterrupted } from "../interrupt.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { ReplayProgressLine } from "../replay-progress.js";
import { renderReplayEnd, renderReplayPlan, replayToJson, type ReplayPlan } from "../report/replay.js";
import { readDuration, readTime } from "../time.js";
import { writeJson, writeText } from "../write.js";
import { profileOption, yesOption } from "./access-options.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

interface ReplayOptions extends RegistryOptions, AccessOptions {
  readonly from?: string;
  readonly to?: string;
  readonly contract?: string;
  readonly account?: string;
  readonly dryRun?: boolean;
  readonly follow?: string;
  readonly poll: string;
  readonly yes?: boolean;
}

export function addReplayCommand(program: Command): void {
  program
    .command("replay")
    .description("deliver archived events of the global bus again, to the accounts you choose")
    .option("--from <time>", "first moment: ISO 8601 with a zone, or how long ago (2h)")
    .option("--to <time>", "last moment, as --from; or now")
    .option("--contract <key>", "replay the rules that carry this contract (they carry their others too)")
    .option(
      "--account <name>",
      "deliver again to this account only; the backbone's own account: to the log of the global bus",
    )
    .option("--dry-run", "only say what would be delivered again, and to whom")
    .option("--follow <replay>", "start nothing; follow a replay that runs already")
    .option("--poll <time>", "how long between two looks at the replay", "10s")
    .addOption(yesOption())
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ environment, archive, from, to, rules: [{ name, account, wanted: [contract], besides: [contract] }], warnings, replay?: { name, state, reason?, reached? } }",
      ),
    )
    .action(async (options: ReplayOptions) => {
      if (options.dryRun !== true && options.follow === undefined) requireConsent(options, "a replay");
      const pollMilliseconds = readDuration("--poll", options.poll);
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const topology = planTopology(registry, environment);
      const backbone = backboneOf(topology);
      const plan = options.follow === undefined ? readPlan(registry, topology, backbone, options) : undefined;
      const sessions = await openAccounts(source, environment, [registry.backbone], options);
      const session = sessionOf(sessions, registry.backbone);
      try {
        await untilInterrupted((signal) =>
          run({ session, backbone, plan, pollMilliseconds, signal, options }),
        );
      } finally {
        session.close();
      }
    });
}

function backboneOf({ stacks }: Topology): BackbonePlan {
  for (const stack of stacks.values()) if (stack.kind === "backbone") return stack;
  throw new Error("no backbone in the topology");
}

/** @throws CallError for times, contracts and accounts that cannot be meant */
function readPlan(
  registry: Registry,
  { environment }: Topology,
  backbone: BackbonePlan,
  { from, to, contract, account }: ReplayOptions,
): ReplayPlan {
  if (from === undefined || to === undefined) {
    throw new CallError("a replay needs --from and --to; or --follow, to follow one that runs");
  }
  const now = new Date();
  const times = { from: readTime("--from", from, now), to: readTime("--to", to, now) };
  if (times.from >= times.to) throw new CallError("--from must be before --to");
  if (times.to > now) throw new CallError("--to is in the future, of which nothing is archived");
  if (contract !== undefined && !registry.contracts.has(contract)) {
    throw new CallError(
      `--contract: no contract is "${contract}"; ${suggest(contract, [...registry.contracts.keys()], "name another")}`,
    );
  }
  if (account !== undefined && !registry.accounts.has(account)) {
    throw new CallError(
      `--account: no account is named "${account}"; ${suggest(account, [...registry.accounts.keys()], "name another")}`,
    );
  }
  const selection = {
    ...(contract === undefined ? {} : { contract }),
    ...(account === undefined ? {} : { account }),
  };
  const rules = selectRules(registry, backbone, selection);
  if (rules.length === 0) {
    throw new CallError(
      `no rule of the global bus carries ${contract ?? "anything"} to ${account ?? "anybody"}; look at the routes (backbone check)`,
    );
  }
  return {
    environment: environment.name,
    archive: names.archive(environment.prefix, registry.backbone),
    ...times,
    rules,
    warnings: warningsOf(times.to, now),
  };
}

/** Events take up to ten minutes to reach the archive (user guide, eb-archive). */
const archiveDelayMilliseconds = 600_000;

function warningsOf(to: Date, now: Date): string[] {
  return now.getTime() - to.getTime() < archiveDelayMilliseconds
    ? ["the last ten minutes may not be in the archive yet; choose an earlier --to, or replay them later"]
    : [];
}

interface Run {
  readonly session: AccountSession;
  readonly backbone: BackbonePlan;
  /** Undefined to follow a replay that runs already. */
  readonly plan: ReplayPlan | undefined;
  readonly pollMilliseconds: number;
  readonly signal: AbortSignal;
  readonly options: ReplayOptions;
}

async function run({ session, backbone, plan, pollMilliseconds, signal, options }: Run): Promise<void> {
  const { describeArchive, followReplay, startReplay } = await import("../../operations/replay/replay.js");
  let name = options.follow;
  if (plan !== undefined) {
    const archive = await describeArchive(session, plan.archive);
    const explanation = renderReplayPlan(plan, archive);
    if (options.json) process.stderr.write(`${explanation}\n`);
    else await writeText(explanation);
    const isAgreed = options.dryRun !== true && (await confirm(options, "Start this replay?", signal));
    if (!isAgreed) {
      if (options.json) await writeJson(replayToJson(plan, undefined));
      else await writeText("Nothing was started.");
      return;
    }
    // The prefix keeps environments that share an account apart, the random part two replays of one second.
    name = `${backbone.bus.name.slice(0, 40)}-${Math.floor(Date.now() / 1_000)}-${randomBytes(4).toString("hex")}`;
    await startReplay(session, {
      name,
      archiveArn: archive.arn,
      globalBus: backbone.bus.arn,
      ruleArns: plan.rules.map(({ arn }) => arn),
      from: plan.from,
      to: plan.to,
    });
    if (!options.json) await writeText(`Replay ${name} has been started.`);
  }
  if (name === undefined) throw new Error("neither a plan nor a replay to follow");
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
  if (options.json) await writeJson(replayToJson(plan, { name, ...end }));
  else await writeText(renderReplayEnd(name, end));
  if (end.state !== "COMPLETED") throw new Failure("");
}
