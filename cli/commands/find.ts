import type { Command } from "commander";
import type { Contract, Registry } from "../../infra/registry/index.js";
import { planTopology, type StackPlan } from "../../infra/topology/index.js";
import type { AccountSession } from "../../operations/aws/session.js";
import { systemClock } from "../../operations/clock.js";
import type { FindResult } from "../../operations/find.js";
import { inParallel } from "../../operations/in-parallel.js";
import { latestHeld, type TimeWindow } from "../../operations/log-acceptance.js";
import type { RuleList } from "../../operations/rule-matching.js";
import type { Wanted } from "../../operations/wanted.js";
import { openStage } from "../../rehearsal/stage.js";
import { openWhatOpens, type AccessOptions } from "../access.js";
import { CallError, Failure } from "../errors.js";
import { emittedPlan } from "../evaluate.js";
import { judgeFound, type JudgedEvent } from "../found-event.js";
import { untilInterrupted } from "../interrupt.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { foundToJson, renderFound } from "../report/find.js";
import { readTime } from "../time.js";
import { writeJson, writeText } from "../write.js";
import { collect, profileOption, readCount, requireKnown } from "./access-options.js";
import {
  cacheOption,
  envOption,
  jsonOption,
  planOption,
  registryOption,
  type PlanOptions,
} from "./options.js";

interface FindOptions extends PlanOptions, AccessOptions {
  readonly id?: string;
  readonly detail?: string;
  readonly contract?: string;
  readonly source?: string;
  readonly account?: readonly string[];
  readonly since: string;
  readonly until?: string;
  readonly limit: number;
  readonly insights?: boolean;
}

const fewEvents = 20;

export function addFindCommand(program: Command): void {
  program
    .command("find")
    .description("look for an event in the logs of every account, and say which hop they do not show")
    .argument("[event-id]", "id of the event; the one it was published under finds its redrives as well")
    .option("--id <event-id>", "the same")
    .option(
      "--detail <key=value>",
      "events with a field of their detail: orderId=ord-1001, total.amount=39.5",
    )
    .option("--contract <key>", "events of this contract: orders/Order.Created")
    .option("--source <source>", "events of this source")
    .option("--account <name>", "search this account's log only; may be given several times", collect)
    .option("--since <time>", "the event's own time at the earliest: how long ago (1h), or ISO 8601", "1h")
    .option("--until <time>", "the event's own time at the latest (default: all that a log can hold)")
    .option("--limit <number>", "events to show, at most: the newest", readCount, fewEvents)
    .option(
      "--insights",
      "choose the events by CloudWatch Logs Insights: fast in large logs, costs by what it scans",
    )
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(planOption())
    .addOption(cacheOption())
    .addOption(
      jsonOption(
        "{ environment, since, until, clock, readFrom, searched: [account], unsearched: [{ account, because }], interrupted, more, moreIsExact, found: [{ id, source, detailType, time, contract?, canary, breaches: [text], searched: { from, until }, seen: [{ account, at, id, replay? }], arrived: [{ account, rules?: [{ name, state, certain }] }], missing: [{ account, via, from, to, sender, logGroup, logRule, states: { rule, logRule }, letters: { sender?, receiver? }, next: [text] }], unknown: [{ account, because }], unexpected: [account], note? }] }",
      ),
    )
    .addHelpText(
      "after",
      [
        "",
        "What is given must all hold. Event logs hold records by the event's own time, and CloudWatch Logs takes none that is older",
        "than 14 days or more than 2 hours ahead when it comes: what is not found has not been proven to be nowhere.",
        "",
        "Exits with 0 if every event shown was found wherever its routes bring it, with 1 if not, if nothing was found, if an account",
        "could not be asked or a log not be read to its end (what is known of the others is printed), and with 2 if the call is wrong.",
      ].join("\n"),
    )
    .action(async (eventId: string | undefined, options: FindOptions) => {
      readWindow(options, new Date());
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const wanted = readWanted(registry, eventId, options);
      for (const name of options.account ?? []) requireKnown("--account", "account", name, registry.accounts);
      const { stacks } = planTopology(registry, environment);
      const chosen = [...stacks.keys()].filter((account) => options.account?.includes(account) ?? true);
      const { sessions, closed } = await openWhatOpens(source, environment, chosen, options);
      // Whose clock is wrong means AWS's hours all the same.
      const skew = [...sessions.values()][0]?.clockSkew ?? 0;
      const now = new Date(Date.now() + (Math.abs(skew) > tolerableSkew ? skew : 0));
      const window = readWindow(options, now);
      try {
        const found = await search({
          stacks,
          sessions,
          wanted,
          window,
          backbone: registry.backbone,
          options,
        });
        const unsearched = new Map([
          ...[...stacks.keys()].flatMap((account) =>
            chosen.includes(account) ? [] : [[account, "--account leaves it out"] as const],
          ),
          ...closed,
          ...found.unread,
        ]);
        const facts = { stacks, unsearched, now };
        // Evaluating the program takes seconds, and without an event there is nothing to compare it with.
        const opened =
          found.found.length === 0
            ? undefined
            : openStage(registry, environment, await emittedPlan(source, environment, options));
        if (opened?.ok === false) {
          throw new Failure(["The emitted resources cannot be rehearsed:", ...opened.problems].join("\n  "));
        }
        const judged =
          opened === undefined ? [] : found.found.map((event) => judgeFound(opened.stage, facts, event));
        const report = {
          environment,
          window,
          readFrom: found.readFrom,
          searched: chosen.filter((account) => !unsearched.has(account)),
          unsearched: new Map([...closed, ...found.unread]),
          interrupted: found.interrupted,
          judged,
          more: found.count - judged.length,
          isWhole: found.isWhole,
          rules: await askRules(stacks, sessions, judged),
          letters: await askQueues(stacks, sessions, judged),
          context: { environment: environment.name, registry: options.registry, profile: options.profile },
        };
        if (options.json) await writeJson(foundToJson(report));
        else await writeText(renderFound(report));
        if (report.unsearched.size > 0 || found.interrupted || !isWell(judged, chosen)) throw new Failure("");
      } finally {
        for (const session of sessions.values()) session.close();
      }
    });
}

const tolerableSkew = 60_000;

/** @throws CallError for times that cannot be meant */
function readWindow({ since, until }: FindOptions, now: Date): TimeWindow {
  const latest = latestHeld(now);
  const window = {
    from: readTime("--since", since, now),
    until: until === undefined ? latest : readTime("--until", until, now),
  };
  // A producer's clock may be ahead, and its events with it.
  if (window.from > latest)
    throw new CallError(`--since: "${since}" is in the future; write an earlier time`);
  if (window.until > latest) {
    throw new CallError(
      `--until: no log holds anything of more than 2 hours ahead; leave it out to search to there`,
    );
  }
  if (window.from >= window.until) throw new CallError("--since must be before --until");
  return window;
}

function readWanted(
  registry: Registry,
  argument: string | undefined,
  { id, detail, contract, source }: FindOptions,
): Wanted {
  if (argument !== undefined && id !== undefined && argument !== id) {
    throw new CallError("name one event id, as the argument or with --id");
  }
  const wantedId = argument ?? id;
  if (wantedId === undefined && detail === undefined && contract === undefined && source === undefined) {
    throw new CallError("name an event id, --detail key=value, --contract or --source");
  }
  if (wantedId === "") throw new CallError("the event id is empty");
  const declared = contract === undefined ? undefined : requireContract(registry, contract);
  if (declared !== undefined && source !== undefined && source !== declared.source) {
    throw new CallError(
      `--source: events of ${declared.key} have the source ${declared.source}; leave it out`,
    );
  }
  const wantedSource = declared?.source ?? source;
  return {
    ...(wantedId === undefined ? {} : { id: wantedId }),
    ...(wantedSource === undefined ? {} : { source: wantedSource }),
    ...(declared === undefined ? {} : { detailType: declared.detailType }),
    ...(detail === undefined ? {} : { detail: readDetail(detail) }),
  };
}

function requireContract(registry: Registry, key: string): Contract | undefined {
  requireKnown("--contract", "contract", key, registry.contracts);
  return registry.contracts.get(key);
}

function readDetail(detail: string): NonNullable<Wanted["detail"]> {
  const { key, value } = /^(?<key>[\w-]+(?:\.[\w-]+)*)=(?<value>.*)$/s.exec(detail)?.groups ?? {};
  if (key === undefined || value === undefined) {
    throw new CallError(
      `--detail: "${detail}" is no key=value; write a field of the event's detail, such as orderId=ord-1001 or total.currency=EUR`,
    );
  }
  return { path: key.split("."), value };
}

interface SearchCall {
  readonly stacks: ReadonlyMap<string, StackPlan>;
  readonly sessions: ReadonlyMap<string, AccountSession>;
  readonly wanted: Wanted;
  readonly window: TimeWindow;
  readonly backbone: string;
  readonly options: FindOptions;
}

/** Pages after which somebody waits long enough to be told of Logs Insights. */
const manyPages = 200;

async function search({
  stacks,
  sessions,
  wanted,
  window,
  backbone,
  options,
}: SearchCall): Promise<FindResult> {
  const { findEvents } = await import("../../operations/find.js");
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
        backbone,
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

/** The rules of every bus that a sentence is about: where a hop is missing, and where an event arrived. */
async function askRules(
  stacks: ReadonlyMap<string, StackPlan>,
  sessions: ReadonlyMap<string, AccountSession>,
  judged: readonly JudgedEvent[],
): Promise<ReadonlyMap<string, RuleList>> {
  if (judged.length === 0) return new Map();
  const { askForRules } = await import("../../operations/bus-rules.js");
  const concerned = new Set(
    judged.flatMap(({ sightings, missing, backbone }) => [
      ...sightings.map(({ account }) => account).filter((account) => account !== backbone.account),
      ...missing.flatMap(({ account, sender }) => [account, sender]),
    ]),
  );
  const asked = [...concerned].flatMap((account) => {
    const session = sessions.get(account);
    const bus = stacks.get(account)?.bus.name;
    return session === undefined || bus === undefined ? [] : [{ account, session, bus }];
  });
  const lists = await inParallel(
    asked,
    async ({ account, session, bus }) => [account, await askForRules(session, bus)] as const,
  );
  return new Map(lists);
}

/** How full the queues are in which an event may be that a log does not show. */
async function askQueues(
  stacks: ReadonlyMap<string, StackPlan>,
  sessions: ReadonlyMap<string, AccountSession>,
  judged: readonly JudgedEvent[],
): Promise<ReadonlyMap<string, number>> {
  const concerned = new Set(
    judged.flatMap(({ missing }) => missing.flatMap((hop) => [hop.sender, hop.account])),
  );
  if (concerned.size === 0) return new Map();
  const { countLetters } = await import("../../operations/dead-letters/queue.js");
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
