import colors from "picocolors";
import {
  type Conformity,
  describeConformity,
  type Environment,
  isSourceOfAws,
} from "../../../infra/registry/index.js";
import type { Sighting, TimeWindow } from "../../../operations/logs.js";
import {
  type RuleList,
  rulesTaking,
  rulesTakingSuch,
  type RuleState,
  stateOf,
  type TakingRule,
} from "../../../operations/rules.js";
import { count, indent } from "../../../views/table.js";
import { backboneCommand, type CommandContext, searchable } from "../../terminal/command-line.js";
import { printable } from "../../terminal/printable.js";
import { earliestTime } from "../../terminal/time.js";
import type { JudgedEvent, MissingHop } from "./judge.js";

export interface FoundReport {
  readonly environment: Environment;
  /** What was asked for, by the events' own time. */
  readonly window: TimeWindow;
  /** Since when all logs were read. */
  readonly readFrom: Date;
  /** Accounts whose log was searched. */
  readonly searched: readonly string[];
  /** Accounts whose log was not, and why. */
  readonly unsearched: ReadonlyMap<string, string>;
  readonly interrupted: boolean;
  readonly judged: readonly JudgedEvent[];
  /** Events found and not shown; at least, unless the count is whole. */
  readonly more: number;
  readonly isWhole: boolean;
  /** Contracts that --detail cannot find, where it was asked for. */
  readonly withoutDetail: readonly string[];
  /** Where there are many about the one thing that was asked for: how many, in how many milliseconds. */
  readonly repeats?: { readonly events: number; readonly span: number };
  /** Who should receive what was asked for, where that is events of AWS: nobody else's log can show it. */
  readonly receiversOfAws: readonly string[] | undefined;
  /** Rules as they stand on a bus now, by {@link rulesKey}. */
  readonly rules: ReadonlyMap<string, RuleList>;
  /** Letters in an account's dead-letter queue now, about; an account that could not be asked is left out. */
  readonly letters: ReadonlyMap<string, number>;
  /** What commands to run next have in common with this one. */
  readonly context: CommandContext;
  /** Brings back what an account's stack has emitted. */
  readonly redeploy: (account: string) => string;
}

/** @param other name of a bus other than the account's own */
export function rulesKey(account: string, other?: string): string {
  return other === undefined ? account : `${account} ${other}`;
}

export function renderFound(report: FoundReport): string {
  const { judged, unsearched, interrupted, withoutDetail } = report;
  return [
    ...judged.map((event) => renderEvent(report, event)),
    ...renderCut(report),
    ...renderRepeats(report),
    ...[...unsearched].map(
      ([account, because]) => `${colors.yellow("!")} ${account}: not searched, because ${printable(because)}`,
    ),
    ...(interrupted
      ? [`${colors.yellow("!")} interrupted: the logs were not looked through to their end`]
      : []),
    ...(withoutDetail.length === 0
      ? []
      : [
          `${colors.yellow("!")} logs hold no detail of ${withoutDetail.join(", ")} (sensitive), so --detail does not find their events`,
        ]),
    ...(judged.length === 0 ? renderNothing(report) : [`Looked through ${where(report)}.`]),
  ].join("\n");
}

function where({ searched, environment, window, readFrom, judged }: FoundReport): string {
  const from = judged.length === 0 ? window.from : readFrom;
  return `the event logs of ${searched.join(", ")} (${environment.name}), which hold records by the event's own time, from ${from.toISOString()} to ${window.until.toISOString()}`;
}

function renderCut({ judged, more, isWhole, readFrom, window, interrupted }: FoundReport): string[] {
  if (judged.length === 0) return [];
  return [
    ...(more > 0
      ? [`… and ${isWhole ? "" : "at least "}${count(more, "older event")} that match (raise --limit)`]
      : []),
    ...(readFrom > window.from && !interrupted
      ? [
          `Nothing before ${readFrom.toISOString()} was looked at, as there are enough newer events (raise --limit, or go on with --until ${readFrom.toISOString()})`,
        ]
      : []),
  ];
}

function renderRepeats({ repeats, isWhole }: FoundReport): string[] {
  if (repeats === undefined) return [];
  const minutes = count(Math.max(1, Math.round(repeats.span / 60_000)), "minute");
  return [
    `${colors.yellow("!")} ${isWhole ? "" : "at least "}${count(repeats.events, "event")} of this in ${minutes}: if each is published in answer to another, they go round in a circle`,
  ];
}

function renderNothing(report: FoundReport): string[] {
  const { environment, interrupted } = report;
  if (report.searched.length === 0) return ["Nothing was searched, so nothing is known of it."];
  if (interrupted) return [`Not found so far in ${where(report)}.`];
  return [
    `Not found in ${where(report)}.`,
    "That is no proof that it is nowhere. It may have another time (--since, --until), or not be in the logs yet (wait a minute);",
    `a log takes no record older than 14 days or more than 2 hours ahead when it comes, and keeps it ${environment.logRetentionDays} days.`,
    report.receiversOfAws === undefined
      ? "If it never reached the global bus: look at what PutEvents answered (FailedEntryCount), and whether it named the bus by the ARN in SSM."
      : `Events of AWS never pass the global bus: ${report.receiversOfAws.length === 0 ? "no route brings these to anybody" : `only the logs of ${report.receiversOfAws.join(", ")} can show these`}. Whether AWS sends it at all hangs on the service, as on a bucket's notifications or a trail.`,
  ];
}

function renderEvent(report: FoundReport, judged: JudgedEvent): string {
  const { event, firstId, contract, missing, unknown, unexpected, note } = judged;
  const key = keyOf(contract);
  const breach = describeConformity(contract, event);
  const title = `${printable(event.source)} "${printable(event.detailType)}"`;
  const kinds = [
    ...(key === undefined ? [] : [key]),
    ...(event.detail === undefined ? ["its detail is not logged"] : []),
    ...(judged.isCanary ? ["a canary"] : []),
  ];
  return [
    `${colors.bold(title)} ${printable(firstId)} of ${printable(event.time)}${kinds.length === 0 ? "" : ` (${kinds.join(", ")})`}`,
    ...(breach === undefined ? [] : [indent(`${colors.yellow("!")} ${printable(breach)}`)]),
    ...judged.sightings.map((sighting) => indent(renderSighting(judged, sighting))),
    ...arrivalsOf(report, judged).map(({ account, rules }) =>
      indent(`${colors.green("✓")} ${account}: arrived; ${renderRules(rules, event.detail !== undefined)}`),
    ),
    ...missing.map((hop) => indent(renderMissing(report, judged, hop))),
    ...unknown.map(({ account, because }) =>
      indent(`${colors.yellow("?")} ${account}: ${printable(because)}`),
    ),
    ...unexpected.map((account) =>
      indent(`${colors.yellow("!")} ${account}: seen, although no route brings it there today`),
    ),
    ...(note === undefined ? [] : [indent(colors.yellow(printable(note)))]),
  ].join("\n");
}

function renderSighting({ firstId }: JudgedEvent, { account, at, event }: Sighting): string {
  const how = [
    ...(event.id === firstId ? [] : [`redriven as ${printable(event.id)}`]),
    ...(event.replayName === undefined ? [] : [`by replay ${printable(event.replayName)}`]),
  ];
  return `${colors.green("✓")} ${account}: seen at ${at.toISOString()}${how.length === 0 ? "" : ` (${how.join(", ")})`}`;
}

function keyOf(contract: Conformity): string | undefined {
  return contract.kind === "undeclared" ? undefined : contract.contract;
}

interface Arrival {
  readonly account: string;
  /** Undefined if they are not known. */
  readonly rules: readonly TakingRule[] | undefined;
}

/** The local buses that have the event, and the rules there that take it. */
function arrivalsOf({ rules }: FoundReport, { sightings, backbone }: JudgedEvent): Arrival[] {
  const latest = new Map(sightings.map((sighting) => [sighting.account, sighting]));
  return [...latest.values()]
    .filter(({ account }) => account !== backbone.account)
    .map(({ account, event }) => {
      const list = rules.get(account);
      if (list?.kind !== "listed") return { account, rules: undefined };
      // A logging rule takes everything; that it did is why the event is here.
      const consumers = list.rules.filter(({ name }) => !backbone.logRules.includes(name));
      const taking = event.detail === undefined ? rulesTakingSuch : rulesTaking;
      return { account, rules: taking(consumers, event.text) };
    });
}

function renderRules(rules: readonly TakingRule[] | undefined, hasDetail: boolean): string {
  if (rules === undefined) return "its rules could not be listed";
  if (rules.length === 0) return "no rule of its bus takes it";
  const doubt = hasDetail ? ", pattern unreadable" : ", if its detail fits";
  const named = rules.map(
    ({ name, state, certain }) => `${printable(name)} (${state}${certain ? "" : doubt})`,
  );
  return `rules that take it: ${named.join(", ")}`;
}

function statesOf(
  { rules }: FoundReport,
  { event: { source } }: JudgedEvent,
  { account, sender, from, via, logRule }: MissingHop,
) {
  const unlisted: RuleList = { kind: "unknown", because: "" };
  return {
    rule: stateOf(rules.get(rulesKey(sender, isSourceOfAws(source) ? from : undefined)) ?? unlisted, via),
    logRule: stateOf(rules.get(account) ?? unlisted, logRule),
  };
}

const stateWords: Readonly<Record<RuleState, string>> = {
  enabled: "enabled",
  disabled: "disabled now",
  gone: "not there now",
  unknown: "its state could not be looked at",
};

function renderMissing(report: FoundReport, judged: JudgedEvent, hop: MissingHop): string {
  const { account, logGroup, via, from, to, logRule } = hop;
  const { searched, event } = judged;
  const states = statesOf(report, judged, hop);
  const on = isSourceOfAws(event.source) ? `bus ${from} of ${hop.sender}` : from;
  return [
    `${colors.red("✗")} ${account}: not found in ${logGroup}, which holds records by the event's own time, from ${searched.from.toISOString()} to ${searched.until.toISOString()}`,
    indent(
      `rule ${via} on ${on} (${stateWords[states.rule]}) should have carried it to ${to}, and rule ${logRule} there (${stateWords[states.logRule]}) should have logged it`,
    ),
    indent(renderLetterCounts(report, hop)),
    ...nextSteps(report, judged, hop).map((step, index) =>
      indent(`${index === 0 ? "next:" : "then:"} ${step}`),
    ),
  ].join("\n");
}

function renderLetterCounts({ letters }: FoundReport, { sender, account }: MissingHop): string {
  const told = [sender, account].map((name) => {
    const number = letters.get(name);
    return `${name} ${number === undefined ? "could not be asked" : `about ${number}`}`;
  });
  return `letters in the dead-letter queues now: ${told.join(", ")}`;
}

/** What finds out more of this event, and what sees whether it has come. */
function nextSteps(report: FoundReport, judged: JudgedEvent, hop: MissingHop): string[] {
  const { context, environment } = report;
  const now = new Date();
  const { event, firstId, searched } = judged;
  const key = keyOf(judged.contract);
  const states = statesOf(report, judged, hop);
  const again = backboneCommand(
    ["find", firstId, "--since", searchable(searched.from, now), "--until", searchable(searched.until, now)],
    context,
  );
  const isDown = (state: RuleState) => state === "disabled" || state === "gone";
  if (isDown(states.rule)) {
    const back = `${report.redeploy(hop.sender)} (brings the rule back; what it does not take leaves no dead letter)`;
    if (isSourceOfAws(event.source))
      return [back, `${again} (of events of AWS nothing but the receivers' own archives could replay any)`];
    const time = Date.parse(event.time);
    const from = new Date(time - 60_000);
    const to = new Date(Math.min(time + 60_000, now.getTime()));
    const replay = backboneCommand(
      [
        "replay",
        ...["--from", from.toISOString(), "--to", to.toISOString()],
        ...(key === undefined ? [] : ["--contract", key]),
        ...["--account", hop.account],
      ],
      context,
    );
    return [
      back,
      environment.archive === undefined
        ? `${again} (there is no archive to replay it from)`
        : from < to && from > earliestTime
          ? replay
          : `${again} (no replay can be from and to the event's own time)`,
    ];
  }
  const isEmpty = (account: string) => report.letters.get(account) === 0;
  const letters = (account: string, how: string) =>
    isEmpty(account)
      ? []
      : [`${backboneCommand(["dead-letters", account], context)} (where it is if ${how})`];
  return [
    ...letters(hop.sender, `${hop.to} refused it`),
    ...(isDown(states.logRule)
      ? [
          `${report.redeploy(hop.account)} (brings the rule back; until then its log shows nothing of what arrives)`,
        ]
      : letters(hop.account, `only the log of ${hop.account} refused it`)),
    again,
    ...(isEmpty(hop.sender) && isEmpty(hop.account)
      ? [
          "neither queue has a letter, as far as SQS tells: it is on its way, or its letter expired, was redriven or discarded",
        ]
      : []),
  ];
}

/** What `find --json` prints. */
export function foundToJson(report: FoundReport): unknown {
  const { environment, window, readFrom, searched, unsearched, interrupted, judged, more, isWhole, repeats } =
    report;
  return {
    environment: environment.name,
    since: window.from.toISOString(),
    until: window.until.toISOString(),
    clock: "the event's own time",
    readFrom: readFrom.toISOString(),
    searched,
    unsearched: reasons(unsearched),
    interrupted,
    more,
    moreIsExact: isWhole,
    repeats: repeats && { events: repeats.events, seconds: Math.round(repeats.span / 1_000) },
    found: judged.map((event) => eventToJson(report, event)),
  };
}

function eventToJson(report: FoundReport, judged: JudgedEvent): unknown {
  const { event, firstId, contract, sightings, missing, unknown, unexpected, note, searched } = judged;
  return {
    id: firstId,
    source: event.source,
    detailType: event.detailType,
    time: event.time,
    contract: keyOf(contract),
    canary: judged.isCanary,
    breaches: contract.kind === "breaks" ? contract.problems : [],
    searched: { from: searched.from.toISOString(), until: searched.until.toISOString() },
    seen: sightings.map(({ account, at, event: { id, replayName } }) => ({
      account,
      at: at.toISOString(),
      id,
      replay: replayName,
    })),
    arrived: arrivalsOf(report, judged),
    missing: missing.map((hop) => ({
      ...hop,
      states: statesOf(report, judged, hop),
      letters: { sender: report.letters.get(hop.sender), receiver: report.letters.get(hop.account) },
      next: nextSteps(report, judged, hop),
    })),
    unknown,
    unexpected,
    note,
  };
}

function reasons(unsearched: ReadonlyMap<string, string>): unknown {
  return [...unsearched].map(([account, because]) => ({ account, because }));
}
