import { Option } from "commander";
import {
  type Contract,
  type Environment,
  isSourceOfAws,
  type Registry,
  sourcesOf,
} from "../../../infra/registry/index.js";
import { planTopology } from "../../../infra/topology/index.js";
import { latestHeld, type TimeWindow } from "../../../operations/logs.js";
import type { Wanted } from "../../../operations/wanted.js";
import { CallError } from "../../errors.js";
import { inSomeAccounts } from "../../project/access.js";
import { type Project, requireAccount, requireKnown } from "../../project/registry.js";
import { readTime } from "../../terminal/time.js";
import { collect, defineCommand, readCount, type SharedOptions } from "../command.js";

interface FindOptions extends SharedOptions {
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

export const findCommand = defineCommand<FindOptions>({
  name: "find",
  description: "look for an event in the logs of every account, and say which hop they do not show",
  argument: ["[event-id]", "id of the event; the one it was published under finds its redrives as well"],
  options: [
    new Option("--id <event-id>", "the same"),
    new Option(
      "--detail <key=value>",
      "events with a field of their detail: orderId=ord-1001, total.amount=39.5",
    ),
    new Option("--contract <key>", "events of this contract: orders/Order.Created"),
    new Option("--source <source>", "events of this source"),
    new Option("--account <name>", "search this account's log only; may be given several times").argParser(
      collect,
    ),
    new Option(
      "--since <time>",
      "the event's own time at the earliest: how long ago (1h), or ISO 8601",
    ).default("1h"),
    new Option("--until <time>", "the event's own time at the latest (default: all that a log can hold)"),
    new Option("--limit <number>", "events to show, at most: the newest")
      .argParser(readCount)
      .default(fewEvents),
    new Option(
      "--insights",
      "choose the events by CloudWatch Logs Insights: fast in large logs, costs by what it scans",
    ),
  ],
  takes: ["profile", "plan", "cache"],
  json: "{ environment, since, until, clock, readFrom, searched: [account], unsearched: [{ account, because }], interrupted, more, moreIsExact, repeats?: { events, seconds }, found: [{ id, source, detailType, time, contract?, canary, breaches: [text], searched: { from, until }, seen: [{ account, at, id, replay? }], arrived: [{ account, rules?: [{ name, state, certain }] }], missing: [{ account, via, from, to, sender, logGroup, logRule, states: { rule, logRule }, letters: { sender?, receiver? }, next: [text] }], unknown: [{ account, because }], unexpected: [account], note? }] }",
  help: [
    "What is given must all hold. Event logs hold records by the event's own time, and CloudWatch Logs takes none that is older",
    "than 14 days or more than 2 hours ahead when it comes: what is not found has not been proven to be nowhere.",
    "",
    "Exits with 0 if every event shown was found wherever its routes bring it, with 1 if not, if nothing was found, if an account",
    "could not be asked or a log not be read to its end (what is known of the others is printed), and with 2 if the call is wrong.",
  ],
  run: async ({ args: [eventId], options, project, answer }) => {
    readWindow(options, new Date());
    const opened = await project();
    const { registry, environment } = opened;
    const wanted = readWanted(opened, eventId, options);
    for (const name of options.account ?? []) requireAccount(opened, name, "--account: no account is");
    const { stacks } = planTopology(opened.source.registry, environment);
    const isOfAws = wanted.sources?.every(isSourceOfAws) === true;
    const chosen = [...stacks.keys()].filter(
      (account) => options.account?.includes(account) ?? !(isOfAws && account === registry.backbone),
    );
    return inSomeAccounts(opened, chosen, async (sessions, closed) => {
      const { searchLogs } = await import("./search.js");
      const { foundToJson, renderFound } = await import("./report.js");
      // Whose clock is wrong means AWS's hours all the same.
      const skew = [...sessions.values()][0]?.clockSkew ?? 0;
      const now = new Date(Date.now() + (Math.abs(skew) > tolerableSkew ? skew : 0));
      const window = readWindow(options, now);
      const { report, isWell } = await searchLogs({
        project: opened,
        stacks,
        chosen,
        sessions,
        closed,
        wanted,
        window,
        now,
        options,
      });
      await answer({ json: () => foundToJson(report), text: () => renderFound(report) });
      return isWell;
    });
  },
});

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
  { registry, environment }: Project,
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
  const declared =
    contract === undefined
      ? undefined
      : requireKnown(contract, registry.contracts, "--contract: no contract is");
  const declaredSources = declared && sourcesOf(declared);
  if (declared !== undefined && source !== undefined && declaredSources?.includes(source) === false) {
    throw new CallError(
      `--source: events of ${declared.key} have the source ${declaredSources.join(" or ")}; leave it out`,
    );
  }
  const sources = source === undefined ? declaredSources : [source];
  if (declared?.sensitive === true && detail !== undefined) {
    throw new CallError(
      `--detail: logs hold no detail of ${declared.key}, which is sensitive; leave it out, or name the event's id`,
    );
  }
  return {
    ...(wantedId === undefined ? {} : { id: wantedId }),
    ...(sources === undefined ? {} : { sources }),
    ...(declared === undefined
      ? {}
      : { detailType: declared.detailType, ...accountsTelling(registry, environment, declared) }),
    ...(detail === undefined ? {} : { detail: readDetail(detail) }),
  };
}

/** Of whose bus events are, where contracts of the same source and detail-type are told apart by that. */
function accountsTelling(
  { contracts }: Registry,
  { accountIds }: Environment,
  { key, source, detailType, origin }: Contract,
): Pick<Wanted, "accounts"> {
  const isAlike = (one: Contract) =>
    one.key !== key && one.detailType === detailType && sourcesOf(one).includes(source);
  if (origin === undefined || ![...contracts.values()].some(isAlike)) return {};
  return { accounts: origin.accounts.flatMap((name) => accountIds.get(name) ?? []) };
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
