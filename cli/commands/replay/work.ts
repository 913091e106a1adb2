import { randomBytes } from "node:crypto";
import type { StackPlan, Topology } from "../../../infra/topology/index.js";
import type { AccountSession } from "../../../operations/aws/session.js";
import {
  cancelReplay,
  describeArchive,
  followReplay,
  listReplays,
  type ReplayProgress,
  startReplay,
} from "../../../operations/replay.js";
import type { RuleList } from "../../../operations/rules.js";
import { askForRules } from "../../../operations/rules.js";
import { inParallel, systemClock } from "../../../operations/run.js";
import { inSomeAccounts } from "../../project/access.js";
import type { Project } from "../../project/registry.js";
import { confirm, type ConsentOptions } from "../../terminal/confirm.js";
import { Progress } from "../../terminal/progress.js";
import { writeText } from "../../terminal/write.js";
import type { Answer } from "../command.js";
import { namedRules, type ReplayPlan, seenAgain, warningsOf } from "./plan.js";
import {
  renderReplayEnd,
  renderReplayList,
  renderReplayPlan,
  type ReplayFacts,
  replaysToJson,
  replayToJson,
} from "./report.js";

/** What is to be done, where no replay is to be started, and how. */
export interface ReplayWorkOptions extends ConsentOptions {
  readonly dryRun?: boolean;
  readonly follow?: string;
  readonly list?: boolean;
  readonly cancel?: string;
}

export interface ReplayCall {
  readonly project: Project;
  readonly topology: Topology;
  /** Of the account whose archive it is. */
  readonly session: AccountSession;
  readonly owner: StackPlan;
  /** Undefined if nothing is to be started. */
  readonly plan: ReplayPlan | undefined;
  readonly pollMilliseconds: number;
  readonly signal: AbortSignal;
  readonly options: ReplayWorkOptions;
  readonly answer: (answer: Answer) => Promise<void>;
}

/** @returns whether AWS has done what was asked for, as far as it says */
export async function workOnReplay(call: ReplayCall): Promise<boolean> {
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
  await call.answer({ json: () => replayToJson(facts, undefined), text: () => "Nothing was started." });
  return true;
}

async function list({ project, session, owner, answer }: ReplayCall): Promise<boolean> {
  const name = owner.archive?.name ?? owner.bus.name;
  const { arn } = await describeArchive(session, name);
  const replays = await listReplays(session, arn);
  await answer({
    json: () => replaysToJson(project.environment.name, name, replays),
    text: () => renderReplayList(name, replays),
  });
  return true;
}

async function cancel({ project, session, owner, answer }: ReplayCall, name: string): Promise<boolean> {
  const progress = await cancelReplay(session, name);
  await answer({
    json: () => replayToJson(undefined, { name, ...progress }),
    text: () => renderReplayEnd(name, progress, owner.account, project.context),
  });
  return ["CANCELLING", "CANCELLED"].includes(progress.state);
}

async function factsOf(call: ReplayCall, plan: ReplayPlan): Promise<ReplayFacts> {
  const { project, session, owner } = call;
  const { registry, environment } = project;
  const archive = await describeArchive(session, plan.archive);
  const warnings = warningsOf(plan, archive, new Date());
  if (plan.toRules.length === 0) {
    const lists = await rulesOfReceivers(call, plan);
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
  { project, topology }: ReplayCall,
  { rules, owner }: ReplayPlan,
): Promise<ReadonlyMap<string, RuleList>> {
  const members = [...new Set(rules.map(({ account }) => account))].filter(
    (account) => account !== owner.account,
  );
  return inSomeAccounts(project, members, async (sessions, closed) => {
    const lists = await inParallel(members, async (account): Promise<readonly [string, RuleList]> => {
      const session = sessions.get(account);
      return session === undefined
        ? [account, { kind: "unknown", because: closed.get(account) ?? "" }]
        : [account, await askForRules(session, topology.stacks.get(account)?.bus.name ?? "")];
    });
    return new Map(lists);
  });
}

async function start(call: ReplayCall, facts: ReplayFacts): Promise<boolean> {
  const { session, owner, options } = call;
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
  return follow(call, name, facts);
}

async function follow(call: ReplayCall, name: string, facts: ReplayFacts | undefined): Promise<boolean> {
  const { project, session, owner, pollMilliseconds, signal, answer } = call;
  const line = new Progress("minutes replayed");
  const end: ReplayProgress = await followReplay(session, name, {
    pollMilliseconds,
    clock: systemClock,
    signal,
    progress: (progress) => {
      reportMinutes(line, progress);
    },
  });
  line.end();
  await answer({
    json: () => replayToJson(facts, { name, ...end }),
    text: () => renderReplayEnd(name, end, owner.account, project.context),
  });
  return end.state === "COMPLETED";
}

/** How far a replay has come, in minutes of the time it replays: AWS counts no events. */
function reportMinutes(line: Progress, { from, to, reached }: ReplayProgress): void {
  if (from === undefined || to === undefined) return;
  const minutes = (until: Date) => Math.round((until.getTime() - from.getTime()) / 60_000);
  line.report(reached === undefined ? 0 : minutes(reached), minutes(to));
}
