import colors from "picocolors";
import type { ArchiveFacts, ListedReplay, ReplayedRule, ReplayProgress } from "../../../operations/replay.js";
import { renderTable, section } from "../../../views/table.js";
import { backboneCommand, type CommandContext } from "../../terminal/command-line.js";
import { printable } from "../../terminal/printable.js";
import type { ReplayPlan, SeenAgain } from "./plan.js";

/** A replay with all that AWS says about what it would do. */
export interface ReplayFacts {
  readonly plan: ReplayPlan;
  readonly archive: ArchiveFacts;
  readonly rules: readonly ReplayedRule[];
  readonly seenAgain: readonly SeenAgain[];
  readonly warnings: readonly string[];
}

export function renderReplayPlan({ plan, rules, seenAgain, warnings }: ReplayFacts): string {
  const { from, to, owner } = plan;
  const besides = rules.some((rule) => rule.besides.length > 0);
  return [
    section(
      `Replay of ${plan.archive} in ${plan.environment}, ${from.toISOString()} to ${to.toISOString()} by the events' own time`,
      renderTable(
        [
          { title: "Rule" },
          { title: "Delivers again to" },
          { title: plan.toRules.length === 0 ? "What you asked for" : "Takes" },
          ...(besides ? [{ title: "And besides" }] : []),
        ],
        rules.map(({ name, account, wanted, besides: others }) => [
          printable(name),
          plan.toRules.length === 0 ? account : `targets of ${printable(name)}`,
          wanted.join(", ") || "not known",
          ...(besides ? [others.join(", ") || "nothing"] : []),
        ]),
      ),
    ),
    ...seenAgain.map((one) => renderSeenAgain(one, owner.account, plan.toRules)),
    ...(besides
      ? [`${colors.yellow("note:")} a replay is limited by rules, so these deliver all they carry.`]
      : []),
    "Events come again with the same id and a replay-name, not in their first order; consumers must bear both.",
    ...warnings.map((warning) => `${colors.yellow("warning:")} ${printable(warning)}`),
  ].join("\n");
}

function renderSeenAgain(
  { account, rules, because = "" }: SeenAgain,
  owner: string,
  toRules: readonly string[],
): string {
  if (rules === undefined) {
    return `${colors.yellow("!")} which rules of ${account} will see them again is not known: ${printable(because)}`;
  }
  const named = rules.map(
    ({ name, state, certain }) => `${printable(name)} (${state}${certain ? "" : ", perhaps: by its detail"})`,
  );
  const limited = account === owner && toRules.length > 0 ? ", and no other rule" : "";
  return `Seen again in ${account} by: ${named.length === 0 ? "no rule" : named.join(", ")}${limited}`;
}

export function renderReplayEnd(
  name: string,
  { state, reason, reached, from, to }: ReplayProgress,
  account: string,
  context: CommandContext,
): string {
  const until = reached === undefined ? "" : ` up to ${reached.toISOString()}`;
  const shown = printable(name);
  const look = (option: string) => backboneCommand(["replay", option, name, "--account", account], context);
  const why = reason === undefined ? "AWS gives no reason" : printable(reason);
  switch (state) {
    case "COMPLETED":
      return reached === undefined
        ? `${colors.yellow("!")} AWS says that replay ${shown} is completed, and names no event that was replayed: the archive may hold none from ${from?.toISOString() ?? "then"} to ${to?.toISOString() ?? "then"}.`
        : `${colors.green("✓")} AWS says that replay ${shown} is completed${until}. What a target then refused is in a dead-letter queue: ${backboneCommand(["dead-letters", account], context)}`;
    case "CANCELLING":
      return [
        `${colors.yellow("!")} replay ${shown} is being cancelled${until}: it may deliver some events yet.`,
        `follow it:  ${look("--follow")}`,
      ].join("\n");
    case "CANCELLED":
    case "FAILED":
      return `${colors.red("✗")} replay ${shown} is ${state}${until}; what it delivered by then stays delivered: ${why}`;
    default:
      return [
        `${colors.yellow("!")} replay ${shown} goes on in AWS (${printable(state)}${until}).`,
        `follow it:  ${look("--follow")}`,
        `cancel it:  ${look("--cancel")}`,
      ].join("\n");
  }
}

export function renderReplayList(archive: string, replays: readonly ListedReplay[]): string {
  if (replays.length === 0) return `No replay of ${archive} is known to AWS.`;
  return section(
    `Replays of ${archive}`,
    renderTable(
      [{ title: "Name" }, { title: "State" }, { title: "From" }, { title: "To" }, { title: "Reached" }],
      replays.map(({ name, state, from, to, reached, reason }) => [
        printable(name),
        `${printable(state)}${reason === undefined ? "" : `: ${printable(reason)}`}`,
        from?.toISOString() ?? "",
        to?.toISOString() ?? "",
        reached?.toISOString() ?? "AWS names no event",
      ]),
    ),
  );
}

/** What `replay --json` prints. */
export function replayToJson(facts: ReplayFacts | undefined, replay: ListedReplay | undefined): unknown {
  return {
    ...(facts === undefined
      ? {}
      : {
          environment: facts.plan.environment,
          account: facts.plan.owner.account,
          archive: facts.plan.archive,
          archiveState: {
            state: facts.archive.state,
            reason: facts.archive.stateReason,
            events: facts.archive.events,
            retentionDays: facts.archive.retentionDays,
            createdAt: facts.archive.createdAt?.toISOString(),
          },
          from: facts.plan.from.toISOString(),
          to: facts.plan.to.toISOString(),
          rules: facts.rules,
          seenAgain: facts.seenAgain,
          warnings: facts.warnings,
        }),
    ...(replay === undefined ? {} : { replay: progressToJson(replay) }),
  };
}

/** What `replay --list --json` prints. */
export function replaysToJson(
  environment: string,
  archive: string,
  replays: readonly ListedReplay[],
): unknown {
  return { environment, archive, replays: replays.map(progressToJson) };
}

function progressToJson({ name, state, reason, from, to, reached }: ListedReplay): unknown {
  return {
    name,
    state,
    reason,
    from: from?.toISOString(),
    to: to?.toISOString(),
    reached: reached?.toISOString(),
  };
}
