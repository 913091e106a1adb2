import colors from "picocolors";
import type { ArchiveFacts, ReplayProgress } from "../../operations/replay/replay.js";
import type { ReplayedRule } from "../../operations/replay/select-rules.js";
import { renderTable, section } from "../table.js";

/** What a replay would do; nothing has been asked of AWS for it. */
export interface ReplayPlan {
  readonly environment: string;
  /** Name of the archive. */
  readonly archive: string;
  readonly from: Date;
  readonly to: Date;
  readonly rules: readonly ReplayedRule[];
  readonly warnings: readonly string[];
}

export function renderReplayPlan(plan: ReplayPlan, archive: ArchiveFacts): string {
  const { rules, from, to, warnings } = plan;
  const besides = rules.some((rule) => rule.besides.length > 0);
  return [
    section(
      `Replay of ${plan.archive} in ${plan.environment}, ${from.toISOString()} to ${to.toISOString()}`,
      renderTable(
        [
          { title: "Rule" },
          { title: "Delivers again to" },
          { title: "What you asked for" },
          ...(besides ? [{ title: "And besides" }] : []),
        ],
        rules.map(({ name, account, wanted, besides: others }) => [
          name,
          account,
          wanted.join(", "),
          ...(besides ? [others.join(", ") || "nothing"] : []),
        ]),
      ),
    ),
    ...(besides
      ? [`${colors.yellow("note:")} a replay is limited by rules, so these deliver all they carry.`]
      : []),
    "Events come again with the same id and a replay-name, not in their first order; consumers must bear both.",
    ...warningsOf(plan, archive).map((warning) => `${colors.yellow("warning:")} ${warning}`),
    ...warnings.map((warning) => `${colors.yellow("warning:")} ${warning}`),
  ].join("\n");
}

function warningsOf({ from }: ReplayPlan, { state, retentionDays, createdAt }: ArchiveFacts): string[] {
  const oldest = retentionDays === 0 ? undefined : new Date(Date.now() - retentionDays * 86_400_000);
  return [
    ...(state === "ENABLED" ? [] : [`the archive is ${state}, not ENABLED`]),
    ...(createdAt !== undefined && from < createdAt
      ? [`the archive exists since ${createdAt.toISOString()} only; nothing before can be replayed`]
      : []),
    ...(oldest !== undefined && from < oldest
      ? [`the archive keeps ${retentionDays} days; nothing older can be replayed`]
      : []),
  ];
}

export function renderReplayEnd(name: string, { state, reason, reached }: ReplayProgress): string {
  const until = reached === undefined ? "" : ` up to ${reached.toISOString()}`;
  switch (state) {
    case "COMPLETED":
      return `${colors.green("✓")} replay ${name} has delivered everything${until}.`;
    case "CANCELLED":
    case "FAILED":
      return `${colors.red("✗")} replay ${name} is ${state}${until}: ${reason ?? "AWS gives no reason"}`;
    default:
      return [
        `${colors.yellow("!")} replay ${name} goes on in AWS (${state}${until}).`,
        `follow it:  backbone replay --follow ${name}`,
        `cancel it:  aws events cancel-replay --replay-name ${name}`,
      ].join("\n");
  }
}

/** What `replay --json` prints. */
export function replayToJson(
  plan: ReplayPlan | undefined,
  replay: (ReplayProgress & { readonly name: string }) | undefined,
): unknown {
  return {
    ...(plan === undefined
      ? {}
      : {
          environment: plan.environment,
          archive: plan.archive,
          from: plan.from.toISOString(),
          to: plan.to.toISOString(),
          rules: plan.rules,
          warnings: plan.warnings,
        }),
    ...(replay === undefined
      ? {}
      : {
          replay: {
            name: replay.name,
            state: replay.state,
            reason: replay.reason,
            reached: replay.reached?.toISOString(),
          },
        }),
  };
}
