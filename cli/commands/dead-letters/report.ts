import colors from "picocolors";
import { groupBy } from "../../../infra/registry/index.js";
import type { StackPlan, Topology } from "../../../infra/topology/index.js";
import { helpFor } from "../../../operations/dead-letters/error-codes.js";
import { type StayingLetter, type StayReason, stayReasons } from "../../../operations/dead-letters/fate.js";
import type { LetterHead } from "../../../operations/dead-letters/letter.js";
import type { LetterRow } from "../../../operations/dead-letters/plan.js";
import type { QueueState, Unreleased } from "../../../operations/dead-letters/queue.js";
import type { LostAnswers, ReadingEnd } from "../../../operations/dead-letters/read.js";
import { count, indent, renderTable, section } from "../../../views/table.js";
import { backboneCommand, type CommandContext, findCommand } from "../../terminal/command-line.js";
import { printable } from "../../terminal/printable.js";
import { renderAge } from "../../terminal/time.js";

/** What was found in one queue of one account. */
export interface LetterFacts {
  readonly topology: Topology;
  readonly account: StackPlan;
  readonly queue: { readonly name: string; readonly arn: string; readonly isEncryptionQueue: boolean };
  /** The chosen ones. */
  readonly letters: readonly LetterRow[];
  /** Messages that were read and not chosen. */
  readonly others: number;
  readonly state: QueueState;
  readonly ended: ReadingEnd;
  readonly problem: string | undefined;
  readonly lost: LostAnswers | undefined;
  /** Why the rules of the member's bus could not be listed. */
  readonly rulesProblem: string | undefined;
  readonly now: Date;
  readonly context: CommandContext;
}

/** The summary, and with `all` a row for each letter, soonest gone first. */
export function renderLetters(facts: LetterFacts, all: boolean): string {
  const { topology, account, queue, letters } = facts;
  const title = `Dead letters of ${account.account} in ${topology.environment.name}: ${queue.name}`;
  if (letters.length === 0) return section(title, [noneFound(facts), ...notes(facts)].join("\n"));
  return [
    section(title, [summary(facts), ...notes(facts)].join("\n")),
    ...(all ? [section("Letters, soonest gone first", rows(facts))] : []),
    section("What the codes mean", codes(facts)),
    section("What a redrive does", renderFates(facts, all)),
  ].join("\n");
}

function noneFound({ others, lost, state: { visible, hidden } }: LetterFacts): string {
  if (others > 0) return `none of the ${count(others, "message")} looked at is one that was asked for`;
  if (hidden > 0 && lost !== undefined) return `none that can be had now: about ${hidden} are hidden`;
  if (hidden > 0) {
    return `none that can be had now: about ${hidden} in the hand of somebody, or of a run that ended without letting go, whose letters come back within 15 minutes`;
  }
  return visible > 0 ? `about ${visible}, of which SQS hands out none: look again` : "none";
}

/** What was not looked at, and why. */
function notes({ letters, others, state, ended, problem, lost, rulesProblem }: LetterFacts): string[] {
  const more = Math.max(0, state.visible + state.hidden - letters.length - others);
  const about = more === 0 ? "perhaps more" : `about ${more} more`;
  const reasons = {
    empty: letters.length + others > 0 && more > 0 ? `about ${more} more, in the hand of others` : undefined,
    limit: more === 0 ? undefined : `about ${more} more (raise --limit, or choose with --rule)`,
    interrupted: `${about}: interrupted while reading`,
    failed: `${about}: reading failed: ${printable(problem ?? "")}`,
  };
  const note = reasons[ended];
  return [
    ...(note === undefined ? [] : [note]),
    ...(lost === undefined ? [] : [renderLost(lost)]),
    ...(rulesProblem === undefined ? [] : [printable(rulesProblem)]),
  ];
}

export function renderLost({ letters, hiddenUntil, problem }: LostAnswers): string {
  return `answers of SQS to this run were lost: up to ${count(letters, "letter")} may be hidden by them until ${hiddenUntil.toISOString()}: look again then (${printable(problem)})`;
}

function summary(facts: LetterFacts): string {
  const groups = groupBy(facts.letters, ({ letter }) =>
    JSON.stringify([letter.errorCode, letter.ruleArn, letter.targetArn]),
  );
  return renderTable(
    [
      { title: "Letters", align: "right" },
      { title: "Error" },
      { title: "Rule" },
      { title: "Target" },
      { title: "Oldest", align: "right" },
      { title: "First gone" },
    ],
    groups
      .sort((left, right) => right.length - left.length)
      .map((group) => {
        const [{ letter }] = group;
        const times = group.flatMap((one) => one.letter.sentAt?.getTime() ?? []);
        const oldest = times.length === 0 ? undefined : new Date(times.reduce((a, b) => Math.min(a, b)));
        return [
          group.length.toLocaleString("en"),
          printable(letter.errorCode ?? "?"),
          printable(ruleName(letter.ruleArn)),
          printable(targetName(letter.targetArn)),
          age(oldest, facts.now),
          gone(oldest, facts),
        ];
      }),
  );
}

function rows(facts: LetterFacts): string {
  const bySentAt = [...facts.letters].sort(
    (left, right) => (left.letter.sentAt?.getTime() ?? 0) - (right.letter.sentAt?.getTime() ?? 0),
  );
  return renderTable(
    [
      { title: "Gone" },
      { title: "Age", align: "right" },
      { title: "Error" },
      { title: "Tries" },
      { title: "Rule" },
      { title: "Target" },
      { title: "Event time" },
      { title: "Event" },
      { title: "Id" },
    ],
    bySentAt.map(({ letter: { event, ...letter } }) => [
      gone(letter.sentAt, facts),
      age(letter.sentAt, facts.now),
      printable(letter.errorCode ?? "?"),
      printable([letter.retryAttempts ?? "?", letter.exhausted ?? ""].join(" ").trim()),
      printable(ruleName(letter.ruleArn)),
      printable(targetName(letter.targetArn)),
      printable(event?.time ?? "?"),
      event === undefined ? "no event" : printable(`${event.source} "${event.detailType}"`),
      printable(event?.id ?? letter.messageId),
    ]),
  );
}

function age(sentAt: Date | undefined, now: Date): string {
  return sentAt === undefined ? "?" : renderAge(now.getTime() - sentAt.getTime());
}

/** Never more time than there is. */
function gone(sentAt: Date | undefined, { state, now }: LetterFacts): string {
  const expires = expiry(sentAt, state);
  if (expires === undefined) return "?";
  const minutes = Math.floor((expires.getTime() - now.getTime()) / 60_000);
  const left =
    minutes < 120
      ? `${Math.max(0, minutes)} min`
      : minutes < 2_880
        ? `${Math.floor(minutes / 60)} h`
        : `${Math.floor(minutes / 1_440)} d`;
  return `in ${left} (${expires.toISOString().slice(0, 16)}Z)`;
}

/** SQS counts from when the message was sent. */
function expiry(sentAt: Date | undefined, { retentionSeconds }: QueueState): Date | undefined {
  return sentAt === undefined || retentionSeconds === undefined
    ? undefined
    : new Date(sentAt.getTime() + retentionSeconds * 1_000);
}

function codes({ topology, letters }: LetterFacts): string {
  const buses = new Set<string>([...topology.stacks.values()].map(({ bus }) => bus.arn));
  return groupBy(letters, ({ letter }) =>
    JSON.stringify([letter.errorCode, buses.has(letter.targetArn ?? "")]),
  )
    .map((group) => {
      const [{ letter }] = group;
      const { meaning, mend, mendOwn } = helpFor(letter.errorCode);
      const messages = new Set(group.flatMap((one) => one.letter.errorMessage ?? []));
      return [
        `${colors.bold(printable(letter.errorCode ?? "?"))} (${group.length}): ${meaning}`,
        indent(`mend: ${buses.has(letter.targetArn ?? "") ? mend : (mendOwn ?? mend)}`),
        ...[...messages].slice(0, 3).map((message) => indent(colors.dim(`AWS says: ${printable(message)}`))),
      ].join("\n");
    })
    .join("\n");
}

/** Where letters go and why others stay, with what is right to do with those. */
function renderFates(facts: LetterFacts, all: boolean): string {
  const { letters, account } = facts;
  const going = groupBy(
    letters.flatMap(({ letter: { digest }, fate }) => (fate.kind === "goes" ? [{ digest, ...fate }] : [])),
    ({ bus }) => bus,
  ).map((group) => {
    const events = new Set(group.map(({ digest }) => digest)).size;
    const also = agreed(group.flatMap((one) => one.also));
    return `${count(events, "event")} in ${count(group.length, "letter")} to ${lastPart(group[0].bus)}${also}`;
  });
  const sent = letters.filter(({ fate }) => fate.kind === "sent").length;
  const staying = groupBy(
    letters.flatMap(({ letter, fate }) => (fate.kind === "stays" ? [{ letter, ...fate }] : [])),
    ({ reason }) => reason,
  ).map((group) => renderStaying(group, facts, all));
  return [
    ...going,
    ...(sent === 0
      ? []
      : [`${count(sent, "letter")} of an earlier run, whose events are on the bus already: only deleted`]),
    ...staying,
    ...(going.length === 0 ? ["nothing can be sent"] : [whatChanges(account)]),
  ].join("\n");
}

type Staying = StayingLetter & { readonly letter: LetterHead };

function renderStaying(
  group: readonly [Staying, ...Staying[]],
  { account, queue, context }: LetterFacts,
  all: boolean,
): string {
  const [{ reason }] = group;
  const { because, then } = stayReasons[reason];
  const queueArgs = queue.isEncryptionQueue ? ["--queue", "encryption-failures"] : [];
  const file = `${account.account}-${reason}.jsonl`;
  const discard = [
    "dead-letters",
    account.account,
    ...queueArgs,
    "--reason",
    reason,
    "--discard",
    "--to",
    file,
  ];
  // Each has an answer of its own: one command for all of them would throw away what nobody has.
  if (reason === "in-doubt") return renderDoubts(group, { account, context }, all);
  return [
    `${colors.yellow(`${count(group.length, "letter")} ${group.length === 1 ? "stays" : "stay"}:`)} ${because}`,
    ...few(group.flatMap(({ detail }) => (detail === undefined ? [] : [printable(detail)]))),
    indent(`then: ${then === "discard" ? "discard it" : then}`),
    ...(then.includes("discard") ? [indent(backboneCommand(discard, context))] : []),
  ].join("\n");
}

/** For each letter: how to look for its event, and what to do then. */
function renderDoubts(
  group: readonly Staying[],
  { account, context }: Pick<LetterFacts, "account" | "context">,
  all: boolean,
): string {
  const own = ({ messageId }: LetterHead, ...args: readonly string[]) =>
    backboneCommand(["dead-letters", account.account, "--id", messageId, ...args], context);
  const shown = all ? group : group.slice(0, 3);
  const more = group.length - shown.length;
  return [
    `${colors.yellow(`${count(group.length, "letter")} ${group.length === 1 ? "stays" : "stay"}:`)} ${stayReasons["in-doubt"].because}`,
    ...shown.flatMap(({ letter, detail = "" }) => [
      indent(`${printable(letter.event?.id ?? letter.messageId)}, ${printable(detail)}; look for it:`),
      ...(letter.event === undefined
        ? []
        : [
            indent(
              indent(findCommand({ firstId: letter.event.rounds.firstId, time: letter.event.time }, context)),
            ),
          ]),
      indent(indent(`there:     ${own(letter, "--discard", "--to", `${account.account}-in-doubt.jsonl`)}`)),
      indent(indent(`not there: ${own(letter, "--redrive", "--again")}`)),
    ]),
    ...(more === 0 ? [] : [indent(`… and ${more} more (--all shows them)`)]),
  ].join("\n");
}

/** The first of several lines, and how many more there are. */
function few(lines: readonly string[]): string[] {
  const different = [...new Set(lines)];
  const more = different.length > 3 ? [`… and ${different.length - 3} more`] : [];
  return [...different.slice(0, 3), ...more].map(indent);
}

function agreed(rules: readonly string[]): string {
  const names = [...new Set(rules)];
  return names.length === 0 ? "" : `, where ${printable(names.join(", "))} will see them too, as agreed`;
}

function whatChanges({ kind }: StackPlan): string {
  const targets =
    kind === "member" ? " Every target of a letter's rule gets the event, also one that had it." : "";
  return `Nothing is sent before the redrive role has seen the bus. Each event gets a new id, the account of the redrive role as its account, and a mark of its first id in resources; source, detail-type, detail and time stay. An event in several letters is sent once.${targets}`;
}

export function renderUnreleased({ messages, until, problem }: Unreleased): string {
  return `${count(messages, "message stays", "messages stay")} hidden from everybody until about ${until.toISOString()}: ${printable(problem)}`;
}

/** What `dead-letters --json` prints. */
export function lettersToJson(facts: LetterFacts): Readonly<Record<string, unknown>> {
  const { topology, account, queue, letters, others, state, ended, problem, lost, now } = facts;
  return {
    environment: topology.environment.name,
    account: account.account,
    queue: queue.arn,
    total: Math.max(state.visible + state.hidden, letters.length + others),
    ended,
    ...(problem === undefined ? {} : { problem }),
    ...(lost === undefined ? {} : { lost }),
    letters: letters.map(({ letter, fate }) => ({
      messageId: letter.messageId,
      ...(letter.sentAt === undefined
        ? {}
        : {
            sentAt: letter.sentAt,
            ageSeconds: Math.round((now.getTime() - letter.sentAt.getTime()) / 1_000),
            expiresAt: expiry(letter.sentAt, state),
          }),
      errorCode: letter.errorCode,
      errorMessage: letter.errorMessage,
      retryAttempts: letter.retryAttempts,
      exhaustedRetryCondition: letter.exhausted,
      rule: letter.ruleArn,
      target: letter.targetArn,
      eventId: letter.event?.id,
      eventTime: letter.event?.time,
      source: letter.event?.source,
      detailType: letter.event?.detailType,
      ...(letter.event === undefined || letter.event.rounds.count === 0
        ? {}
        : { redriven: letter.event.rounds }),
      ...fateToJson(fate),
    })),
  };
}

function fateToJson(fate: LetterRow["fate"]): Readonly<Record<string, unknown>> {
  switch (fate.kind) {
    case "goes":
      return { goesTo: fate.bus, ...(fate.also.length === 0 ? {} : { alsoSeenBy: fate.also }) };
    case "sent":
      return { sentBefore: { bus: fate.bus, newEventId: fate.newEventId } };
    case "stays":
      return { stays: fate.reason, staysBecause: because(fate.reason), detail: fate.detail };
  }
}

function because(reason: StayReason): string {
  return stayReasons[reason].because;
}

function ruleName(arn: string | undefined): string {
  return lastPart(arn);
}

/** A log group is called like the bus it belongs to; the whole name tells them apart. */
function targetName(arn: string | undefined): string {
  return /:log-group:([^:]+)/.exec(arn ?? "")?.[1] ?? lastPart(arn);
}

/** The name at the end of an ARN, which is what people know. */
export function lastPart(arn: string | undefined): string {
  return arn?.split(/[/:]/).at(-1) ?? "?";
}
