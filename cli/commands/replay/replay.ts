import { Option } from "commander";
import { concurrentReplays } from "../../../infra/aws/limits.js";
import { planTopology, type Topology } from "../../../infra/topology/index.js";
import { CallError } from "../../errors.js";
import { inAccounts, sessionOf } from "../../project/access.js";
import { type Project, requireAccount, requireKnown } from "../../project/registry.js";
import { requireConsent } from "../../terminal/confirm.js";
import { untilInterrupted } from "../../terminal/interrupt.js";
import { readDuration, readTime } from "../../terminal/time.js";
import { collect, defineCommand, type SharedOptions } from "../command.js";
import { planReplay, type ReplayPlan } from "./plan.js";

interface ReplayOptions extends SharedOptions {
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
}

export const replayCommand = defineCommand<ReplayOptions>({
  name: "replay",
  description:
    "deliver archived events again: of the global bus to the accounts you choose, of a bus to its rules",
  options: [
    new Option(
      "--from <time>",
      "first moment by the events' own time: ISO 8601 with a zone, or how long ago (2h)",
    ),
    new Option("--to <time>", "last moment, as --from; or now"),
    new Option("--contract <key>", "replay the rules that carry this contract (they carry their others too)"),
    new Option(
      "--account <name>",
      "deliver again to this account only; the backbone's own account: to the log of the global bus; with --to-rule, --list, --follow and --cancel: whose archive it is",
    ),
    new Option(
      "--to-rule <rule>",
      "replay the archive of --account (archive.local) to this rule on its bus only; may be given several times",
    ).argParser(collect),
    new Option("--dry-run", "only say what would be delivered again, and to whom"),
    new Option("--list", "start nothing; list the replays of the archive of the global bus, or of --account"),
    new Option("--follow <replay>", "start nothing; follow a replay that runs already"),
    new Option("--cancel <replay>", "end a replay early; what it has delivered stays delivered"),
    new Option("--poll <time>", "how long between two looks at the replay").default("10s"),
  ],
  takes: ["yes", "profile"],
  json: "{ environment, account, archive, archiveState: { state, reason?, events?, retentionDays, createdAt? }, from, to, rules: [{ name, arn, account, wanted: [contract], besides: [contract] }], seenAgain: [{ account, rules?: [{ name, state, certain }], because? }], warnings, replay?: { name, state, reason?, from?, to?, reached? } }; with --list { environment, archive, replays }; with --follow and --cancel { replay }",
  help: [
    `AWS runs ${concurrentReplays} replays at a time in an account and Region.`,
    "Exits with 0 if AWS says that the replay is completed (or cancelled, with --cancel), with 1 if not.",
  ],
  run: async ({ options, project, answer }) => {
    const isStart = modeOf(options) === "start";
    if (isStart && options.dryRun !== true) requireConsent(options, "a replay");
    const pollMilliseconds = readDuration("--poll", options.poll);
    const opened = await project();
    const { registry, environment } = opened;
    const { contract, account } = options;
    if (contract !== undefined) requireKnown(contract, registry.contracts, "--contract: no contract is");
    if (account !== undefined) requireAccount(opened, account, "--account: no account is");
    const topology = planTopology(opened.source.registry, environment);
    const plan = isStart ? readPlan(opened, topology, options) : undefined;
    const owner = plan?.owner ?? topology.stacks.get(account ?? registry.backbone);
    if (owner === undefined) throw new Error("no stack for an account of the registry");
    return inAccounts(opened, [owner.account], async (sessions) => {
      const session = sessionOf(sessions, owner.account);
      const { workOnReplay } = await import("./work.js");
      return untilInterrupted((signal) =>
        workOnReplay({
          project: opened,
          topology,
          session,
          owner,
          plan,
          pollMilliseconds,
          signal,
          options,
          answer,
        }),
      );
    });
  },
});

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
function readPlan({ registry }: Project, topology: Topology, options: ReplayOptions): ReplayPlan {
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
