import colors from "picocolors";
import { groupBy } from "../../../infra/registry/index.js";
import { errorOf, helpFor } from "../../../operations/dead-letters/error-codes.js";
import type { Unreleased } from "../../../operations/dead-letters/queue.js";
import type { LostAnswers } from "../../../operations/dead-letters/read.js";
import { count, indent, renderTable, section } from "../../../views/table.js";
import { printable } from "../../terminal/printable.js";
import { renderAge } from "../../terminal/time.js";
import { expiry, lastPart, type LetterFacts } from "./facts.js";
import { renderFates } from "./fates.js";

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
    JSON.stringify([errorOf(letter, facts.queue), letter.ruleArn, letter.targetArn]),
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
          printable(errorOf(letter, facts.queue) ?? "?"),
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
      printable(errorOf(letter, facts.queue) ?? "?"),
      printable(
        facts.queue.kind === "given-up"
          ? String(letter.receives)
          : [letter.retryAttempts ?? "?", letter.exhausted ?? ""].join(" ").trim(),
      ),
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

function codes({ topology, queue, letters }: LetterFacts): string {
  const says = queue.kind === "given-up" ? "it says" : "AWS says";
  const buses = new Set<string>([...topology.stacks.values()].map(({ bus }) => bus.arn));
  return groupBy(letters, ({ letter }) =>
    JSON.stringify([errorOf(letter, queue), buses.has(letter.targetArn ?? "")]),
  )
    .map((group) => {
      const [{ letter }] = group;
      const code = errorOf(letter, queue);
      const { meaning, mend, mendOwn } = helpFor(code);
      const messages = new Set(group.flatMap((one) => one.letter.errorMessage ?? []));
      return [
        `${colors.bold(printable(code ?? "?"))} (${group.length}): ${meaning}`,
        indent(`mend: ${buses.has(letter.targetArn ?? "") ? mend : (mendOwn ?? mend)}`),
        ...[...messages].slice(0, 3).map((message) => indent(colors.dim(`${says}: ${printable(message)}`))),
      ].join("\n");
    })
    .join("\n");
}

export function renderUnreleased({ messages, until, problem }: Unreleased): string {
  return `${count(messages, "message stays", "messages stay")} hidden from everybody until about ${until.toISOString()}: ${printable(problem)}`;
}

function ruleName(arn: string | undefined): string {
  return lastPart(arn);
}

/** A log group is called like the bus it belongs to; the whole name tells them apart. */
function targetName(arn: string | undefined): string {
  return /:log-group:([^:]+)/.exec(arn ?? "")?.[1] ?? lastPart(arn);
}
