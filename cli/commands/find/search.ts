import { names } from "../../../infra/aws/names.js";
import {
  byText,
  isSourceOfAws,
  type Registry,
  sensitiveContracts,
  sourcesOf,
} from "../../../infra/registry/index.js";
import type { StackPlan } from "../../../infra/topology/index.js";
import { countLetters } from "../../../operations/dead-letters/queue.js";
import { findEvents, type FindResult } from "../../../operations/find.js";
import type { TimeWindow } from "../../../operations/logs.js";
import type { RuleList } from "../../../operations/rules.js";
import { askForRules } from "../../../operations/rules.js";
import { inParallel, systemClock } from "../../../operations/run.js";
import type { Wanted } from "../../../operations/wanted.js";
import type { Sessions } from "../../project/access.js";
import type { EmissionOptions } from "../../project/evaluate.js";
import type { Project } from "../../project/registry.js";
import { redeployCommand } from "../../project/stacks.js";
import { untilInterrupted } from "../../terminal/interrupt.js";
import { Progress } from "../../terminal/progress.js";
import { emittedStage } from "../trace.js";
import { type JudgedEvent, judgeFound } from "./judge.js";
import { type FoundReport, rulesKey } from "./report.js";

export interface SearchOptions extends EmissionOptions {
  readonly limit: number;
  readonly contract?: string;
  readonly insights?: boolean;
}

export interface Search {
  readonly project: Project;
  readonly stacks: ReadonlyMap<string, StackPlan>;
  /** Accounts whose log was asked for. */
  readonly chosen: readonly string[];
  readonly sessions: Sessions;
  /** Accounts that could not be opened, and why. */
  readonly closed: ReadonlyMap<string, string>;
  readonly wanted: Wanted;
  readonly window: TimeWindow;
  readonly now: Date;
  readonly options: SearchOptions;
}

export interface SearchResult {
  readonly report: FoundReport;
  /** Whether every event was seen wherever it belongs, and every log was looked through. */
  readonly isWell: boolean;
}

/** Looks through the logs, compares with the rehearsal, and asks about the hops that no log shows. */
export async function searchLogs(search: Search): Promise<SearchResult> {
  const { project, stacks, chosen, sessions, closed, wanted, window } = search;
  const found = await find(search);
  const unsearched = new Map([...closed, ...found.unread]);
  const judged = await judge(search, found);
  const report = {
    environment: project.environment,
    window,
    readFrom: found.readFrom,
    searched: chosen.filter((account) => !unsearched.has(account)),
    unsearched,
    interrupted: found.interrupted,
    judged,
    more: found.count - judged.length,
    ...(isRepeated(search.wanted, found) ? { repeats: { events: found.count, span: found.span } } : {}),
    isWhole: found.isWhole,
    rules: await askRules(search, judged),
    letters: await askQueues(stacks, sessions, judged),
    receiversOfAws: receiversOfAws(project.registry, wanted, search.options),
    withoutDetail: wanted.detail === undefined ? [] : detailless(project.registry, wanted),
    context: project.context,
    redeploy: (account: string) => redeployCommand(project, account),
  };
  return { report, isWell: unsearched.size === 0 && !found.interrupted && isWell(judged, chosen) };
}

/** Whose logs alone can show what is wanted, where that is events of AWS. */
function receiversOfAws(
  { contracts, routes }: Registry,
  { sources }: Wanted,
  { contract }: SearchOptions,
): readonly string[] | undefined {
  if (sources?.every(isSourceOfAws) !== true) return undefined;
  const meant = [...contracts.values()].filter((one) =>
    contract === undefined ? sourcesOf(one).some((source) => sources.includes(source)) : one.key === contract,
  );
  const receivers = routes.filter((route) => meant.some(({ key }) => route.contracts.includes(key)));
  return [...new Set(receivers.map(({ to }) => to))].sort(byText);
}

/** Sensitive contracts that would be meant too. */
function detailless(registry: Registry, { sources, detailType }: Wanted): string[] {
  return sensitiveContracts(registry)
    .filter((one) => sources === undefined || sourcesOf(one).some((source) => sources.includes(source)))
    .filter((one) => detailType === undefined || one.detailType === detailType)
    .map(({ key }) => key);
}

const manyEvents = 10;

/** Many events in short about one thing: perhaps they go round in a circle. Of a contract or a source that is traffic. */
function isRepeated({ detail }: Wanted, { count, span }: FindResult): boolean {
  return detail !== undefined && count >= manyEvents && span <= count * 60_000;
}

async function judge(
  { project, stacks, chosen, closed, now, options }: Search,
  { found, unread }: FindResult,
): Promise<JudgedEvent[]> {
  // Evaluating the program takes seconds, and without an event there is nothing to compare it with.
  if (found.length === 0) return [];
  const leftOut = [...stacks.keys()].filter((account) => !chosen.includes(account));
  const unsearched = new Map([
    ...leftOut.map((account) => [account, "--account leaves it out"] as const),
    ...closed,
    ...unread,
  ]);
  const stage = await emittedStage(project, options);
  return found.map((event) => judgeFound(stage, { stacks, unsearched, now }, event));
}

/** Pages after which somebody waits long enough to be told of Logs Insights. */
const manyPages = 200;

async function find({ stacks, sessions, wanted, window, project, options }: Search): Promise<FindResult> {
  const logs = [...sessions].flatMap(([account, session]) => {
    const log = stacks.get(account)?.log;
    return log === undefined ? [] : [{ session, logGroup: log.logGroupName }];
  });
  const progress = new Progress("event logs searched");
  try {
    return await untilInterrupted((signal) =>
      findEvents(logs, {
        ...window,
        wanted,
        backbone: project.registry.backbone,
        limit: options.limit,
        signal,
        ...(options.insights === true ? { insights: { clock: systemClock, pollMilliseconds: 1_000 } } : {}),
        progress: (done, total, pages) => {
          const hint = pages > manyPages && options.insights !== true ? " (--insights is faster)" : "";
          progress.report(done, total, `, ${pages} pages${hint}`);
        },
      }),
    );
  } finally {
    progress.end();
  }
}

/** An account, and the name of a bus there other than its own. */
interface RulesOf {
  readonly account: string;
  readonly other?: string;
}

/** The rules of every bus that a sentence is about: where a hop is missing, and where an event arrived. */
async function askRules(
  { stacks, sessions, project }: Search,
  judged: readonly JudgedEvent[],
): Promise<ReadonlyMap<string, RuleList>> {
  const concerned = judged.flatMap(({ event, sightings, missing, backbone }): RulesOf[] => [
    ...sightings.filter(({ account }) => account !== backbone.account).map(({ account }) => ({ account })),
    ...missing.flatMap(({ account, sender, from }) => [
      { account },
      { account: sender, ...(isSourceOfAws(event.source) ? { other: from } : {}) },
    ]),
  ]);
  const asked = [...new Map(concerned.map((one) => [rulesKey(one.account, one.other), one]))].flatMap(
    ([key, { account, other }]) => {
      const session = sessions.get(account);
      const bus = other ?? stacks.get(account)?.bus.name;
      // A bus that is there without the backbone has rules of others, which are nobody's business here.
      const prefix = other === undefined ? undefined : names.awsEventsRule(project.environment.prefix, "", 0);
      return session === undefined || bus === undefined ? [] : [{ key, session, bus, prefix }];
    },
  );
  const lists = await inParallel(
    asked,
    async ({ key, session, bus, prefix }) => [key, await askForRules(session, bus, prefix)] as const,
  );
  return new Map(lists);
}

/** How full the queues are in which an event may be that a log does not show. */
async function askQueues(
  stacks: ReadonlyMap<string, StackPlan>,
  sessions: Sessions,
  judged: readonly JudgedEvent[],
): Promise<ReadonlyMap<string, number>> {
  const concerned = new Set(
    judged.flatMap(({ missing }) => missing.flatMap((hop) => [hop.sender, hop.account])),
  );
  if (concerned.size === 0) return new Map();
  const counts = await inParallel([...concerned], async (account): Promise<[string, number][]> => {
    const session = sessions.get(account);
    const queue = stacks.get(account)?.deadLetterQueue.name;
    const number = session && queue !== undefined ? await countLetters(session, queue) : undefined;
    return number === undefined ? [] : [[account, number]];
  });
  return new Map(counts.flat());
}

function isWell(judged: readonly JudgedEvent[], chosen: readonly string[]): boolean {
  const isSeen = ({ missing, unknown }: JudgedEvent) =>
    missing.length === 0 && !unknown.some(({ account }) => chosen.includes(account));
  return judged.length > 0 && judged.every(isSeen);
}
